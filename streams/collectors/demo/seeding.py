"""The demonstration's feeds as rows, marked as what they are."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from streams.collectors.demo.scenario import recorded
from streams.collectors.models import Feed, WebSubState
from streams.collectors.sources import ONE_AFTER_ANOTHER, Counts, Subscription, create

INVENTED = "invented for the demonstration"


def demo_feeds(base_url: str) -> list[Subscription]:
    """The invented outlets' feeds as the server at `base_url` serves them."""
    return [
        Subscription(
            url=f"{base_url.rstrip('/')}/feeds/{outlet.slug}.xml",
            outlet=outlet.name,
            country=outlet.country,
            language=outlet.language,
            owner=outlet.owner,
            owner_source=INVENTED,
            checked=INVENTED,
        )
        for outlet in recorded().outlets
    ]


@transaction.atomic
def seed_demo(base_url: str) -> Counts:
    """Makes a row with `demo=True` for every feed of the demonstration that has none.

    To be called at each start of its server: the hub remembers nobody, so the feeds are polled at
    once and subscribed to anew; rows of a server at another address are switched off.
    """
    rows = demo_feeds(base_url)
    Feed.objects.filter(demo=True).exclude(url__in=[row.url for row in rows]).update(active=False)
    counts = create(rows, demo=True)
    if counts.kept:
        _start_afresh(rows)
    return counts


def _start_afresh(rows: Sequence[Subscription]) -> None:
    now = timezone.now()
    for number, row in enumerate(rows):
        Feed.objects.filter(url=row.url, demo=True).update(
            next_at=now + number * ONE_AFTER_ANOTHER,
            websub_state=WebSubState.NONE,
            websub_asked_at=None,
            websub_lease_until_at=None,
        )
