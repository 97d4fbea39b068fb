"""The fetcher's limits as the settings say."""

from django.conf import settings

from streams.collectors.fetch import Limits


def from_settings() -> Limits:
    """How politely and how safely we fetch."""
    return Limits(
        agent=settings.COLLECT_AGENT,
        allow=tuple(settings.COLLECT_ALLOW),
        total_s=float(settings.COLLECT_TIMEOUT),
        idle_s=min(10.0, float(settings.COLLECT_TIMEOUT)),
        connect_s=min(10.0, float(settings.COLLECT_TIMEOUT)),
        host_gap_s=settings.COLLECT_HOST_GAP_MS / 1000,
        together=settings.COLLECT_TOGETHER,
    )
