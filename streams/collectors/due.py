"""What waits for the collector: feeds whose time has come, and documents that hubs pushed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from streams.collectors.models import Feed, Inbox

MOST_PUSHED = 20


@dataclass(frozen=True, slots=True)
class PushedDocument:
    """A row of the inbox, with its feed."""

    pk: UUID
    feed: Feed
    body: bytes
    kind: str


def feeds(now: datetime, most: int, busy: Collection[UUID]) -> list[Feed]:
    """At most `most` feeds due at `now`, the longest overdue first, without the busy ones."""
    found = Feed.objects.filter(active=True, muted_at__isnull=True, next_at__lte=now)
    return [f for f in found.order_by("next_at")[: most + len(busy)] if f.pk not in busy][:most]


def inbox(taken: Collection[UUID]) -> list[PushedDocument]:
    """The oldest documents in the inbox that are not in work, one per feed at most.

    One per feed: two documents of one feed, stored in one transaction, would each be judged by
    the feed's state before the other.
    """
    ids = list(Inbox.objects.order_by("id").values_list("id", flat=True)[: MOST_PUSHED * 2])
    wanted = [ident for ident in ids if ident not in taken][:MOST_PUSHED]
    if not wanted:
        return []
    rows = Inbox.objects.filter(pk__in=wanted).select_related("feed").order_by("id")
    first = {row.feed_id: row for row in reversed(rows)}
    return [PushedDocument(r.pk, r.feed, bytes(r.body), r.content_type) for r in first.values()]
