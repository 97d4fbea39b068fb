"""Expected against seen, per country and language of our sources."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Min, Q, Sum
from django.utils import timezone

from streams.collectors.models import Feed, FeedDay, FeedHour
from streams.collectors.usual import WEEKS, expected, state

WATCHED = Q(active=True, muted_at__isnull=True, demo=False)


@dataclass(frozen=True, slots=True)
class Sight:
    """Sources of one country and language ("" where they say none): how many are watched, how
    many answer, what was expected of them in the last 24 hours and what came."""

    country: str
    language: str
    sources: int
    answering: int
    expected: float | None
    seen: int
    state: str


def sights(now: datetime | None = None) -> list[Sight]:
    """Every country and language that has a watched source. Nothing of the demo is in it, nor
    what a first poll brought."""
    now = now or timezone.now()
    days, since = _days(now), _since(now)
    came = _came(now)
    return [
        Sight(
            *key,
            sources=sources,
            answering=answering,
            expected=(usual := expected(days.get(key, {}), since, now) if since else None),
            seen=came.get(key, 0),
            state=state(sources, usual, came.get(key, 0)),
        )
        for key, (sources, answering) in sorted(_sources().items())
    ]


def watched() -> int:
    """How many sources are watched."""
    return Feed.objects.filter(WATCHED).count()


def language(code: str) -> str:
    """pt-BR -> pt: declared languages as they are compared."""
    return code.replace("_", "-").partition("-")[0].lower()


def _key(country: str, code: str) -> tuple[str, str]:
    return country.upper(), language(code)


def _sources() -> dict[tuple[str, str], tuple[int, int]]:
    good = Q(last_error="", last_fetched_at__isnull=False)
    rows = Feed.objects.filter(WATCHED).values_list("country", "language")
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for country, code, n, answering in rows.annotate(
        n=Count("pk"), answering=Count("pk", filter=good)
    ):
        before = found.get(_key(country, code), (0, 0))
        found[_key(country, code)] = (before[0] + n, before[1] + answering)
    return found


def _days(now: datetime) -> dict[tuple[str, str], dict[date, int]]:
    """By group the articles of each day that says what is usual."""
    oldest = now.date() - timedelta(days=7 * WEEKS + 1)
    ours = Feed.objects.filter(WATCHED).values("pk")
    rows = (
        FeedDay.objects.filter(day__gte=oldest, feed__in=ours)
        .values_list("feed__country", "feed__language", "day")
        .annotate(n=Sum("articles"))
        .order_by()
    )
    found: dict[tuple[str, str], dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for country, code, day, n in rows:
        found[_key(country, code)][day] += n
    return found


def _since(now: datetime) -> date | None:
    """The first day that was counted whole; the very first may have begun at any hour."""
    first = FeedDay.objects.aggregate(first=Min("day"))["first"]
    return first + timedelta(days=1) if first and first < now.date() else None


def _came(now: datetime) -> dict[tuple[str, str], int]:
    """Of the last 24 hours, the first of them whole: silence is noticed up to an hour late."""
    first = now.replace(minute=0, second=0, microsecond=0) - timedelta(days=1)
    ours = Feed.objects.filter(WATCHED).values("pk")
    rows = (
        FeedHour.objects.filter(hour__gte=first, feed__in=ours)
        .values_list("feed__country", "feed__language")
        .annotate(n=Sum("articles"))
        .order_by()
    )
    found: dict[tuple[str, str], int] = defaultdict(int)
    for country, code, n in rows:
        found[_key(country, code)] += n
    return found
