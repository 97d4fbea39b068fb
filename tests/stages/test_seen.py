"""Counting what came, by feed and day, and what should have come, by country and language."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from streams.collectors import jobs, services
from streams.collectors.models import Article, Feed, FeedDay, FeedHour
from streams.collectors.pruning import KEEP_FEED_DAYS
from streams.collectors.seen import Sight, sights
from tests.stages.collect_kit import Press, answers, item, rss

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def feed(country: str = "ML", language: str = "fr", **given: Any) -> Feed:
    return Feed.objects.create(
        url=f"https://{uuid4().hex}.example/feed", country=country, language=language, **given
    )


def usual(source: Feed, n: int, days: int = 35) -> None:
    FeedDay.objects.bulk_create(
        FeedDay(feed=source, day=NOON.date() - timedelta(days=back), articles=n)
        for back in range(1, days)
    )


def came(source: Feed, n: int, hours_ago: int = 1) -> None:
    hour = NOON - timedelta(hours=hours_ago)
    FeedHour.objects.update_or_create(feed=source, hour=hour, defaults={"articles": n})


def one(country: str = "ML") -> Sight:
    (found,) = [sight for sight in sights(NOON) if sight.country == country]
    return found


def test_silence_of_all_sources_of_a_country_and_language_is_seen() -> None:
    for _ in range(2):
        usual(feed(), 5)
    assert one() == Sight("ML", "fr", 2, 0, 10.0, 0, "silent")


def test_less_than_half_is_quiet_and_enough_is_seen() -> None:
    source = feed(language="fr-ML", last_fetched_at=NOON)
    usual(source, 20)
    came(source, 5)
    assert one() == Sight("ML", "fr", 1, 1, 20.0, 5, "quiet")
    came(source, 15)
    assert one().state == "seen"


def test_the_demo_and_what_came_before_do_not_count_as_seen() -> None:
    source, invented = feed(), feed(demo=True)
    usual(source, 20)
    came(source, 30, hours_ago=25)
    came(invented, 30)
    assert (one().seen, one().sources) == (0, 1)
    came(source, 3, hours_ago=24)
    assert one().seen == 3


def test_a_source_that_is_switched_off_is_neither_expected_nor_seen() -> None:
    source, off = feed(), feed(active=False)
    usual(source, 10)
    usual(off, 90)
    came(source, 10)
    came(off, 50)
    assert (one().expected, one().seen, one().state) == (10.0, 10, "seen")
    Feed.objects.update(active=False)
    assert sights(NOON) == []


def test_before_anything_was_counted_nothing_is_called_silent() -> None:
    feed()
    assert one().state == "learning"
    usual(feed(), 50, days=2)
    assert one().state == "learning"


def test_the_collector_counts_new_articles_by_feed_and_day() -> None:
    site = Press()
    body = answers(rss(item(n) for n in range(3)))
    known = timezone.now() - timedelta(minutes=5)
    site.at("/old", body, last_fetched_at=known, last_full_at=known, last_new_at=known)
    site.at("/first", answers(rss(item(n, site="b.example") for n in range(4))))
    site.poll()
    site.poll()
    today = timezone.now().date()
    rows = list(FeedDay.objects.values_list("feed__outlet", "day", "articles"))
    assert rows == [("old", today, 3)]
    hour = FeedHour.objects.get()
    assert (hour.feed.outlet, hour.articles) == ("old", 3)
    assert timedelta() <= timezone.now() - hour.hour < timedelta(hours=1, minutes=1)
    assert Article.objects.filter(backfill=True).count() == 4


def test_counts_are_added_up_over_polls() -> None:
    site = Press()
    known = timezone.now() - timedelta(minutes=5)
    site.at("/a", answers(rss([item(1)])), last_fetched_at=known, last_full_at=known)
    site.poll()
    site.handlers["/a"] = answers(rss([item(1), item(2), item(3)]))
    site.poll()
    assert FeedDay.objects.get().articles == 3


def test_days_that_no_longer_say_what_is_usual_go() -> None:
    source = feed()
    today = timezone.now().date()
    for back in (KEEP_FEED_DAYS, KEEP_FEED_DAYS + 1):
        FeedDay.objects.create(feed=source, day=today - timedelta(days=back), articles=1)
    for hours in (25, 27):
        FeedHour.objects.create(
            feed=source, hour=timezone.now() - timedelta(hours=hours), articles=1
        )
    assert jobs.prune() == 2
    assert FeedHour.objects.count() == 1
    assert FeedDay.objects.get().day == today - timedelta(days=KEEP_FEED_DAYS)


def test_the_counts_go_with_the_demo() -> None:
    source = feed(demo=True)
    FeedDay.objects.create(feed=source, day=date(2026, 11, 1), articles=1)
    services.remove_demo()
    assert not FeedDay.objects.exists()
