"""ArticleFlagged -> a page to read: the collector fetches it when it is due (see `reader`)."""

from collections.abc import Sequence
from uuid import UUID

from django.conf import settings

from streams.collectors import pages
from streams.events import ArticleFlagged
from streams.tally import count


def prepare(events: Sequence[ArticleFlagged]) -> list[UUID]:
    """The articles; no page is asked for here: a slow site must not hold a worker."""
    return [event.article for event in events]


def apply(articles: list[UUID]) -> None:
    """Their pages are wanted; none where READ_PAGES is off."""
    if settings.READ_PAGES:
        pages.want(articles)
    else:
        count("read.off", len(articles))
