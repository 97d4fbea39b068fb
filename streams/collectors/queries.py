"""What the health page shows of the feeds."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Max, Q
from django.db.models.functions import TruncHour
from django.utils import timezone

from streams.collectors.models import Article, Feed, Page, Poll
from streams.collectors.words import explain

SILENT = timedelta(hours=24)
HOURS = 24
FAILING = Q(active=True, muted_at__isnull=True) & ~Q(last_error="")
"""A feed that did not answer the last time."""


@dataclass(frozen=True, slots=True)
class Health:
    """Feeds by how they do, and how fresh the newest article is.

    answering: good answer the last time; silent: answering, nothing new for a day; waiting: not
    asked yet; newest_at: when the newest article was seen, None before the first.
    """

    feeds: int
    answering: int
    failing: int
    muted: int
    off: int
    waiting: int
    silent: int
    pushed: int
    newest_at: datetime | None
    articles_today: int


@dataclass(frozen=True, slots=True)
class FeedLine:
    """One feed as a line: words is "" while it answers; hours are counts of articles in each of
    the last 24 hours, the oldest first."""

    feed: Feed
    words: str
    hours: tuple[int, ...] = ()


def health(demo: bool | None = None) -> Health:
    """All feeds together; `demo` True or False looks at one kind only."""
    now = timezone.now()
    articles = Article.objects.all() if demo is None else Article.objects.filter(demo=demo)
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    today = articles.filter(seen_at__gte=midnight).count()
    newest = articles.aggregate(at=Max("seen_at"))["at"]
    return Health(**feed_counts(demo), newest_at=newest, articles_today=today)


def newest_at() -> datetime | None:
    """When the newest article was seen."""
    found: datetime | None = Article.objects.aggregate(at=Max("seen_at"))["at"]
    return found


def feed_counts(demo: bool | None = None) -> dict[str, int]:
    """Feeds by how they do, under the names that `Health` explains."""
    now = timezone.now()
    feeds = Feed.objects.all() if demo is None else Feed.objects.filter(demo=demo)
    live = Q(active=True, muted_at__isnull=True)
    good = live & Q(last_error="", last_fetched_at__isnull=False)
    quiet = Q(last_new_at__lt=now - SILENT) | Q(last_new_at__isnull=True)
    return feeds.aggregate(
        feeds=Count("pk"),
        answering=Count("pk", filter=good),
        failing=Count("pk", filter=FAILING),
        muted=Count("pk", filter=Q(active=True, muted_at__isnull=False)),
        off=Count("pk", filter=Q(active=False)),
        waiting=Count("pk", filter=live & Q(last_error="", last_fetched_at__isnull=True)),
        silent=Count("pk", filter=good & quiet),
        pushed=Count("pk", filter=live & Q(websub_state="live")),
    )


def failing(limit: int = 100) -> list[FeedLine]:
    """Feeds that fail or are muted, with plain words, the longest failing first."""
    now = timezone.now()
    muted = Q(active=True, muted_at__isnull=False)
    feeds = Feed.objects.filter(FAILING | muted).order_by("failing_since_at", "outlet")[:limit]
    return [FeedLine(feed, explain(feed, now)) for feed in feeds]


def lines(limit: int = 500, search: str = "") -> list[FeedLine]:
    """All feeds with their words and their last 24 hours, by country and outlet."""
    now = timezone.now()
    feeds = Feed.objects.order_by("country", "outlet", "url")
    if search:
        feeds = feeds.filter(Q(outlet__icontains=search) | Q(url__icontains=search))
    shown = list(feeds[:limit])
    hours = per_hour([feed.pk for feed in shown], now)
    return [FeedLine(feed, explain(feed, now), hours[feed.pk]) for feed in shown]


def per_hour(feeds: Sequence[UUID], now: datetime) -> dict[UUID, tuple[int, ...]]:
    """Articles per hour of the last 24, the oldest first, for each of the feeds."""
    first = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=HOURS - 1)
    rows = (
        Article.objects.filter(feed__in=feeds, seen_at__gte=first)
        .annotate(hour=TruncHour("seen_at"))
        .values_list("feed", "hour")
        .annotate(n=Count("pk"))
        .order_by()
    )
    found: dict[UUID, list[int]] = defaultdict(lambda: [0] * HOURS)
    for feed, hour, n in rows:
        at = int((hour - first).total_seconds() // 3600)
        if 0 <= at < HOURS:
            found[feed][at] += n
    return {feed: tuple(found[feed]) for feed in feeds}


def page_of(article: UUID) -> Page | None:
    """The article's page as it was read, or what kept us from it; None where nobody asked."""
    return Page.objects.filter(pk=article).exclude(code="").first()


def history(feed: UUID, limit: int = 50) -> list[Poll]:
    """The feed's polls that mattered, the newest first."""
    return list(Poll.objects.filter(feed=feed).order_by("-at", "-pk")[:limit])
