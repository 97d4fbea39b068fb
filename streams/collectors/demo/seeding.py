"""The demonstration's feeds as rows, marked as what they are."""

from streams.collectors.demo.scenario import recorded
from streams.collectors.sources import Counts, Subscription, create

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


def seed_demo(base_url: str) -> Counts:
    """Makes a row with `demo=True` for every feed of the demonstration that has none."""
    return create(demo_feeds(base_url), demo=True)
