"""Which time zones a country has, from the IANA database's zone.tab. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo, available_timezones

_ELSEWHERE = {"XK": ("Europe/Belgrade",)}
"""Countries that zone.tab does not list."""


@cache
def zones_of(country: str) -> tuple[str, ...]:
    """The IANA zones of a country (ISO 3166-1 alpha-2); of those that always show the same time
    only the first, so that Germany has one and Argentina too."""
    seen: dict[object, str] = {}
    for zone in _table().get(country, _ELSEWHERE.get(country, ())):
        seen.setdefault(_clock(zone), zone)
    return tuple(seen.values())


@cache
def known() -> frozenset[str]:
    """All IANA zone names."""
    return frozenset(available_timezones())


@cache
def _table() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    text = files("tzdata.zoneinfo").joinpath("zone.tab").read_text("utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            country, _place, zone = line.split("\t")[:3]
            found[country] = (*found.get(country, ()), zone)
    return found


def _clock(zone: str) -> tuple[object, ...]:
    """What the zone's clocks show in the middle of each month of this decade's middle year."""
    there = ZoneInfo(zone)
    return tuple(
        datetime(2026, m, 15, tzinfo=UTC).astimezone(there).utcoffset() for m in range(1, 13)
    )
