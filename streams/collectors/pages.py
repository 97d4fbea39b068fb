"""Pages of flagged articles that wait to be read, and what came of reading them."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from streams.collectors.models import Article, Page
from streams.plain import storable
from streams.tally import count

TRIES = 2
"""One attempt, and one later."""
LEASE = timedelta(minutes=5)
"""How long a page belongs to the collector that took it; after a kill it is due again then."""
LATER = timedelta(minutes=30)
LATEST = timedelta(hours=24)
"""When a page is tried again: after LATER, or when the server asks, at LATEST after a day."""
TRANSIENT = frozenset({
    "timeout", "connection", "dns", "cut_off", "unavailable", "server_error",
    "too_many_requests", "robots_unreachable", "internal",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Due:
    article: UUID
    url: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """code: ok, or why there is no text; retry_s: when the server wants to be asked again."""

    article: UUID
    code: str
    text: str = ""
    retry_s: float = 0.0


def want(articles: Collection[UUID]) -> None:
    """The pages of these articles will be read; those that are gone or known are counted."""
    there = set(Article.objects.filter(pk__in=articles).values_list("pk", flat=True))
    known = set(Page.objects.filter(pk__in=there).values_list("pk", flat=True))
    now = timezone.now()
    fresh = [Page(article_id=pk, next_at=now) for pk in sorted(there - known)]
    Page.objects.bulk_create(fresh, ignore_conflicts=True)
    count("read.wanted", len(fresh))
    count("read.known", len(known))
    count("read.article_gone", len(set(articles) - there))


def claim(most: int, now: datetime) -> list[Due]:
    """Takes at most `most` due pages for LEASE. One that was taken TRIES times and never came to
    an end (it may have ended its reader) is given up."""
    rows = Page.objects.filter(next_at__lte=now).order_by("next_at").select_related("article")
    found: list[Due] = []
    for row in rows[:most]:
        mine = Page.objects.filter(pk=row.pk, next_at=row.next_at)
        if row.tries >= TRIES:
            count("read.given_up", mine.update(next_at=None, code="given_up"))
        elif mine.update(next_at=now + LEASE, tries=F("tries") + 1):
            found.append(Due(row.pk, row.article.url))
    return found


def keep(outcomes: Sequence[Outcome], now: datetime) -> Counter[str]:
    """Stores what came, in one short transaction; the counts, by name."""
    counts: Counter[str] = Counter()
    with transaction.atomic():
        tries = dict(
            Page.objects.filter(pk__in=[one.article for one in outcomes]).values_list("pk", "tries")
        )
        for one in outcomes:
            if one.article not in tries:
                counts["read.article_gone"] += 1
                continue
            again = one.code in TRANSIENT and tries[one.article] < TRIES
            wait = min(max(LATER, timedelta(seconds=one.retry_s)), LATEST)
            Page.objects.filter(pk=one.article).update(
                code=one.code[:30],
                text=storable(one.text),
                fetched_at=now,
                next_at=now + wait if again else None,
            )
            counts[f"read.{'later' if again else 'failed'}.{one.code}" if one.code != "ok"
                   else "read.ok"] += 1  # fmt: skip
        for name, n in counts.items():
            count(name, n)
    return counts
