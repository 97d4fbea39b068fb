"""Nothing grows for ever, and nothing goes too early."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from uuid_utils.compat import uuid7

from rrmm.flashpoints.models import Flag
from streams.collectors import jobs, pruning
from streams.collectors.models import Article, Entry, Feed, Poll

pytestmark = pytest.mark.django_db


@pytest.fixture
def feed() -> Feed:
    return Feed.objects.create(url="https://a.example/feed")


def article(feed: Feed, days: int) -> Article:
    at = timezone.now() - timedelta(days=days)
    number = uuid4().int % 2**60
    return Article.objects.create(
        id=uuid7(), feed=feed, url=f"https://a.example/{number}", url_key=number, title="T",
        published_at=at, seen_at=at,
    )  # fmt: skip


def test_articles_go_after_two_weeks_unless_something_refers_to_them(feed: Feed) -> None:
    young, old, flagged = article(feed, 13), article(feed, 15), article(feed, 15)
    now = timezone.now()
    Flag.objects.create(article=flagged, score=0.9, at=now, published_at=now, seen_at=now)
    jobs.prune()
    assert set(Article.objects.values_list("pk", flat=True)) == {young.pk, flagged.pk}
    assert not Article.objects.filter(pk=old.pk).exists()


def test_entries_are_known_for_ninety_days_after_they_were_last_seen(feed: Feed) -> None:
    now = timezone.now()
    Entry.objects.create(key=1, feed=feed, seen_at=now - timedelta(days=89))
    Entry.objects.create(key=2, feed=feed, seen_at=now - timedelta(days=91))
    jobs.prune()
    assert list(Entry.objects.values_list("key", flat=True)) == [1]


def test_histories_keep_their_newest_lines(feed: Feed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "LINES", 5)
    now = timezone.now()
    Poll.objects.bulk_create(
        Poll(feed=feed, at=now - timedelta(minutes=n), code=f"n{n}") for n in range(20)
    )
    jobs.prune()
    assert set(Poll.objects.values_list("code", flat=True)) == {"n0", "n1", "n2", "n3", "n4"}


def test_old_lines_of_history_go(feed: Feed) -> None:
    Poll.objects.create(feed=feed, at=timezone.now() - timedelta(days=31), code="ok")
    assert jobs.prune() == 1
    assert jobs.prune() == 0


def test_more_than_a_batch_goes_in_one_call(feed: Feed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "BATCH", 3)
    for _ in range(8):
        article(feed, 20)
    assert jobs.prune() == 8


def test_what_stays_is_passed_over_and_does_not_hold_up_the_rest(
    feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "BATCH", 2)
    now, kept = timezone.now(), set()
    for n in range(12):
        found = article(feed, 40 - n)
        if n % 3 == 0:
            Flag.objects.create(article=found, score=0.9, at=now, published_at=now, seen_at=now)
            kept.add(found.pk)
    assert jobs.prune() == 8
    assert set(Article.objects.values_list("pk", flat=True)) == kept


def test_pruning_stops_in_time_and_goes_on_at_the_next_call(
    feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "BATCH", 2)
    monkeypatch.setattr("streams.pruning.PATIENCE", 0.0)
    for _ in range(5):
        article(feed, 20)
    assert [jobs.prune() for _ in range(4)] == [2, 2, 1, 0]
