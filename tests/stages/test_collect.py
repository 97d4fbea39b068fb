"""Feeds in, articles and events out: what is new, what is known, what is dropped."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from django.db import IntegrityError, OperationalError
from django.utils import timezone

from streams import tally
from streams.collectors import collector as collector_module
from streams.collectors.fetch import Fetched
from streams.collectors.models import Article, Entry, Feed, Poll
from streams.collectors.parse import Fresh, Job, Parsed
from streams.collectors.state import Arrival
from streams.collectors.store import store
from streams.events import ArticleFetched
from streams.log import load
from streams.models import Delivery, Record
from tests.stages.collect_kit import Inline, Press, answers, in_turn, item, rss

pytestmark = pytest.mark.django_db


@pytest.fixture
def press() -> Press:
    return Press()


def fetched_events() -> list[ArticleFetched]:
    events = load(Record.objects.filter(kind="ArticleFetched").order_by("id"))
    return [event for event in events if isinstance(event, ArticleFetched)]


def test_a_new_feeds_entries_become_articles_and_events(press: Press) -> None:
    press.at("/a", answers(rss([item(1), item(2)])), country="KE", language="sw", owner="Trust")
    press.poll()
    assert set(Article.objects.values_list("title", flat=True)) == {"Title 1", "Title 2"}
    event = fetched_events()[0]
    assert (event.country, event.language, event.owner, event.outlet) == ("KE", "sw", "Trust", "a")
    assert event.title == "Title 1"
    assert event.url == "https://news.example/1"
    assert Delivery.objects.filter(stage="assess").count() == 2


def test_the_log_keeps_a_reference_and_not_the_text(press: Press) -> None:
    press.at("/a", answers(rss([item(1)])))
    press.poll()
    assert "Text of 1" not in Record.objects.get(kind="ArticleFetched").payload
    assert fetched_events()[0].summary == "Text of 1."
    Article.objects.all().delete()
    assert fetched_events()[0].title == "", "a pruned article leaves its event readable"


def test_only_the_first_poll_is_backfill(press: Press) -> None:
    press.at("/a", in_turn(answers(rss([item(1)])), answers(rss([item(2), item(1)]))))
    press.poll()
    press.poll()
    marks = {article.title: article.backfill for article in Article.objects.all()}
    assert marks == {"Title 1": True, "Title 2": False}
    assert [event.backfill for event in fetched_events()] == [True, False]


def test_after_a_gap_what_comes_is_backfill_again(press: Press) -> None:
    press.at("/a", in_turn(answers(rss([item(1)])), answers(rss([item(2)]))))
    press.poll()
    Feed.objects.update(last_fetched_at=timezone.now() - timedelta(hours=7))
    press.poll()
    assert Article.objects.get(title="Title 2").backfill


def test_an_empty_first_poll_still_makes_the_next_one_news(press: Press) -> None:
    press.at("/a", in_turn(answers(rss([])), answers(rss([item(1)]))))
    press.poll()
    press.poll()
    assert not Article.objects.get().backfill


def test_an_unchanged_body_is_not_parsed(press: Press) -> None:
    press.at("/a", answers(rss([item(1)])))
    press.poll()
    counts = press.poll()
    assert len(press.parsers.jobs) == 1
    assert counts["collect.unchanged"] == 1
    assert press.feed("/a").last_status == "unchanged"


def test_conditions_are_sent_and_304_is_good_news(press: Press) -> None:
    stamp = "Fri, 20 Nov 2026 08:00:00 GMT"
    press.at(
        "/a",
        in_turn(answers(rss([item(1)]), ETag='"v1"', Last_Modified=stamp), answers(status=304)),
    )
    press.poll()
    press.poll()
    assert press.asked[1].headers["If-None-Match"] == '"v1"'
    assert press.asked[1].headers["If-Modified-Since"] == stamp
    feed = press.feed("/a")
    assert (feed.last_status, feed.failures, feed.etag) == ("unchanged", 0, '"v1"')


def test_a_modification_date_in_the_future_is_not_believed(press: Press) -> None:
    press.at("/a", answers(rss([item(1)]), Last_Modified="Fri, 20 Nov 2099 08:00:00 GMT"))
    press.poll()
    press.poll()
    assert "If-Modified-Since" not in press.asked[1].headers


def test_after_a_week_of_304_one_request_has_no_conditions(press: Press) -> None:
    press.at("/a", in_turn(answers(rss([item(1)]), ETag='"v1"'), answers(rss([item(2)]))))
    press.poll()
    Feed.objects.update(last_full_at=timezone.now() - timedelta(days=8))
    press.poll()
    assert "If-None-Match" not in press.asked[1].headers
    assert Article.objects.filter(title="Title 2").exists()


def test_the_same_address_in_two_feeds_is_one_article(press: Press) -> None:
    press.at("/a", answers(rss([item(1, link="https://news.example/x?utm_source=a")])))
    press.at("/b", answers(rss([item(9, link="https://news.example/x#top")])))
    counts = press.poll()
    assert Article.objects.count() == 1
    assert counts["collect.duplicate_url"] == 1
    assert len(fetched_events()) == 1


def test_an_entry_known_from_long_ago_is_known_when_it_comes_back(press: Press) -> None:
    press.at("/a", in_turn(answers(rss([item(1)])), answers(rss([item(1), item(2)]))))
    press.poll()
    Feed.objects.update(window=b"")
    Article.objects.all().delete()  # as after two weeks
    counts = press.poll()
    assert counts["collect.known"] == 1
    assert set(Article.objects.values_list("title", flat=True)) == {"Title 2"}


def test_what_is_too_old_at_arrival_is_dropped_once_and_then_known(press: Press) -> None:
    old = item(1, pubDate="Fri, 20 Nov 2020 08:00:00 GMT")
    press.at("/a", in_turn(answers(rss([old])), answers(rss([old, item(2)]))))
    assert press.poll()["collect.too_old"] == 1
    assert press.poll()["collect.too_old"] == 0
    assert Entry.objects.count() == 2
    assert Poll.objects.order_by("pk").first().detail == "too_old 1"  # type: ignore[union-attr]


def test_a_demonstration_feeds_flag_is_carried_everywhere(press: Press) -> None:
    press.at("/a", answers(rss([item(1)])), demo=True)
    press.poll()
    assert Article.objects.get().demo
    assert fetched_events()[0].demo
    assert Record.objects.get().demo


def test_a_feeds_pace_follows_its_yield_and_the_servers_wish(press: Press) -> None:
    press.at("/busy", answers(rss([item(n) for n in range(5)])))
    press.at("/slow", answers(rss([item(9)], head="<ttl>120</ttl>"), Cache_Control="max-age=60"))
    press.poll()
    now = timezone.now()
    assert press.feed("/busy").interval_s < 300
    assert press.feed("/slow").next_at > now + timedelta(minutes=119)


def test_counts_reach_the_books(
    press: Press, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    press.at("/a", answers(rss([item(1), item(1, guid="again")])))
    with django_capture_on_commit_callbacks(execute=True):
        press.poll()
    booked = tally.of_day()
    assert booked["collect.articles"] == 1
    assert booked["collect.duplicate_url"] == 1
    assert booked["collect.polls"] == 1


def test_one_host_is_asked_one_request_at_a_time(press: Press) -> None:
    now, most = 0, 0

    async def watched(_request: web.Request) -> web.Response:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.02)
        now -= 1
        return web.Response(body=rss([]))

    for name in "abcd":
        press.at(f"/{name}", watched)
    press.poll()
    assert most == 1
    assert len(press.asked) == 4


# --- the database's moods -----------------------------------------------------------------------


class Surrogate(Inline):
    """Brings a title that no database takes, for one feed."""

    async def parse(self, job: Job) -> Parsed:
        parsed = await super().parse(job)
        if not job.url.endswith("/bad"):
            return parsed
        bad = Fresh(1, "https://bad.example/", "\ud800", "", job.now, "")
        return Parsed(fresh=(bad,), keys=parsed.keys)


def test_what_another_collector_has_just_stored_is_known_at_the_second_look(
    press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = press.at("/feed", answers(rss([item(1)])))
    calls: list[int] = []

    def collides_at_first(batch: Any) -> Any:
        calls.append(len(batch))
        if len(calls) == 1:
            raise IntegrityError("as when two insert the same row")
        return store(batch)

    monkeypatch.setattr(collector_module, "store", collides_at_first)
    press.poll()
    assert calls == [1, 1]
    assert press.feed(path).last_status == "ok"
    assert Article.objects.count() == 1


def test_what_the_database_refuses_harms_nobody_else(press: Press) -> None:
    press.parsers = Surrogate()
    for path in ("/a", "/bad", "/c"):
        press.at(path, answers(rss([item(ord(path[1]))])))
    counts = press.poll()
    assert Article.objects.count() == 2
    assert counts["collect.failed.not_stored"] == 1
    assert press.feed("/bad").last_error == "not_stored"


def test_a_locked_database_is_waited_for(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    tries = 0

    def locked_twice(batch: Any) -> Any:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise OperationalError("database is locked")
        return store(batch)

    monkeypatch.setattr(collector_module, "store", locked_twice)
    press.at("/a", answers(rss([item(1)])))
    press.poll()
    assert tries == 3
    assert Article.objects.count() == 1


def test_a_batch_that_fails_writes_nothing_of_itself() -> None:
    feed = Feed.objects.create(url="https://a.example/feed")
    now = timezone.now()
    good = Fresh(1, "https://a.example/1", "One", "", now, "")
    bad = Fresh(2, "https://a.example/2", "\ud800", "", now, "")
    arrival = Arrival(feed, Fetched("ok", feed.url, 200), now, 0.5, Parsed(fresh=(good, bad)))
    with pytest.raises(ValueError, match="surrogates"):
        store([arrival])
    assert not Article.objects.exists()
    assert not Record.objects.exists()
