"""Seeding makes the feeds' rows once, and never undoes what staff changed."""

from datetime import timedelta

import pytest
from django.conf import settings

from streams.collectors.models import Feed
from streams.collectors.sources import Counts, load, seed

pytestmark = pytest.mark.django_db


def test_every_source_becomes_a_feed_once() -> None:
    rows = load(settings.FEEDS_FILE)

    assert seed(settings.FEEDS_FILE) == Counts(created=len(rows), kept=0)
    assert seed(settings.FEEDS_FILE) == Counts(created=0, kept=len(rows))
    assert Feed.objects.filter(demo=False).count() == len(rows)


def test_a_feed_carries_what_the_list_says_of_it() -> None:
    seed(settings.FEEDS_FILE)

    feed = Feed.objects.get(url="https://feeds.bbci.co.uk/hindi/rss.xml")
    said = (feed.outlet, feed.country, feed.language, feed.owner, feed.checked)
    assert said == ("BBC Hindi", "GB", "hi", "British Broadcasting Corporation", "unverified")
    assert "BBC" in feed.owner_source


def test_what_staff_changed_stays() -> None:
    seed(settings.FEEDS_FILE)
    Feed.objects.filter(outlet="NOS").update(owner="Somebody else", active=False)

    seed(settings.FEEDS_FILE)

    feed = Feed.objects.get(outlet="NOS")
    assert (feed.owner, feed.active) == ("Somebody else", False)


def test_a_feed_that_moved_is_not_seeded_a_second_time() -> None:
    seed(settings.FEEDS_FILE)
    old = Feed.objects.get(outlet="NOS")
    Feed.objects.filter(pk=old.pk).update(url="https://new.example/rss", moved_to=old.url)

    assert seed(settings.FEEDS_FILE).created == 0


def test_the_first_polls_are_spread_over_a_minute() -> None:
    seed(settings.FEEDS_FILE)

    times = list(Feed.objects.order_by("next_at").values_list("next_at", flat=True))
    assert len(set(times)) == len(times)
    assert timedelta(seconds=50) < times[-1] - times[0] <= timedelta(seconds=60)
