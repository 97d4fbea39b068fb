"""Whatever a server does: a count, a clear line in the feed's history, and the others go on."""

import gzip
import zlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from django.utils import timezone

from streams.collectors import due
from streams.collectors.models import Article, Feed, Poll
from streams.collectors.queries import failing, health
from streams.collectors.words import WORDS, explain
from tests.stages.collect_kit import (
    Handler,
    Press,
    answers,
    dripping,
    in_turn,
    item,
    never,
    rss,
)

pytestmark = pytest.mark.django_db
GOOD = rss([item(1)])
BOMB = gzip.compress(b"<rss>" + b" " * 9_000_000)
LARGE = b"<rss>" + bytes(range(32, 127)) * 40_000


@pytest.fixture
def press() -> Press:
    return Press()


def redirects(location: str, status: int = 302) -> Handler:
    return answers(status=status, Location=location)


async def further(request: web.Request) -> web.StreamResponse:
    n = int(request.query.get("n", "0"))
    raise web.HTTPFound(f"/deep?n={n + 1}")


async def cut_off(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"Content-Length": str(len(GOOD))})
    await answer.prepare(request)
    await answer.write(GOOD[:100])
    assert request.transport is not None
    request.transport.abort()
    return answer


BAD = {
    "forbidden": answers(status=403),
    "not_found": answers(status=404),
    "gone": answers(status=410),
    "too_many_requests": answers(status=429),
    "unavailable": answers(status=503),
    "server_error": answers(status=500),
    "bad_answer": answers(status=418),
    "html_page": answers(b"<!doctype html><html><title>Hello</title></html>"),
    "not_a_feed": answers(b"<?xml version='1.0'?><catalogue><book/></catalogue>"),
    "empty": answers(b""),
    "timeout": never,
    "cut_off": cut_off,
    "too_big": answers(LARGE),
    "bomb": answers(BOMB, Content_Encoding="gzip"),
    "bad_redirect": redirects("file:///etc/passwd"),
    "redirect_loop": redirects("/feed"),
    "too_many_redirects": further,
    "private_address": redirects("http://169.254.169.254/latest/meta-data/"),
}


@pytest.mark.parametrize("code", BAD)
def test_trouble_has_a_name_and_harms_no_other_feed(press: Press, code: str) -> None:
    path = "/deep" if code == "too_many_redirects" else "/feed"
    press.at(path, BAD[code])
    press.at("/good", answers(GOOD))
    counts = press.poll()
    assert counts[f"collect.failed.{code}"] == 1
    assert Article.objects.count() == 1
    line = Poll.objects.get(feed=press.feeds[path])
    assert line.code == code
    feed = press.feed(path)
    assert (feed.last_error, feed.failures) == (code, 1)
    assert feed.failing_since_at is not None
    assert WORDS[code].split(".")[0] in explain(feed, timezone.now())


@pytest.mark.parametrize(
    ("name", "handler", "code"),
    [
        ("endless and quick", dripping(b"<item>" * 10_000, 0), "too_big"),
        ("endless and slow", dripping(b" ", 0.05), "timeout"),
        ("large, announced", answers(LARGE, Content_Length="99999999"), "too_big"),
        ("a redirect without a target", answers(status=302), "bad_redirect"),
        ("an unasked coding", answers(GOOD, Content_Encoding="br"), "bad_answer"),
        ("no gzip after all", answers(b"\x1f\x8bnothing", Content_Encoding="gzip"), "bad_answer"),
        ("half a gzip", answers(gzip.compress(GOOD)[:-20], Content_Encoding="gzip"), "bad_answer"),
        ("a bomb in deflate", answers(zlib.compress(b" " * 9_000_000), Content_Encoding="deflate"),
         "too_big"),
        ("a mapped address", redirects("http://[::ffff:127.0.0.1]:80/"), "private_address"),
        ("a carrying address", redirects("http://[64:ff9b::7f00:1]/"), "private_address"),
        ("another port of ours", redirects("http://127.0.0.1:1/"), "private_address"),
    ],
)  # fmt: skip
def test_more_trouble(press: Press, name: str, handler: Handler, code: str) -> None:
    if name.startswith("a bomb in deflate"):
        press.limits = press.limits.__class__(total_s=1.5, host_gap_s=0, most_bytes=900_000)
    press.at("/feed", handler)
    press.at("/good", answers(GOOD))
    assert press.poll()[f"collect.failed.{code}"] == 1, press.feed("/feed").last_error
    assert Article.objects.count() == 1


@pytest.mark.parametrize("coding", ["gzip", "deflate", "raw deflate", "two members"])
def test_honest_compression_is_taken_off(press: Press, coding: str) -> None:
    bare = zlib.compressobj(wbits=-15)
    packed = {
        "gzip": gzip.compress(GOOD),
        "deflate": zlib.compress(GOOD),
        "raw deflate": bare.compress(GOOD) + bare.flush(),
        "two members": gzip.compress(GOOD[:50]) + gzip.compress(GOOD[50:]),
    }[coding]
    header = "deflate" if "deflate" in coding else "gzip"
    press.at("/a", answers(packed, Content_Encoding=header))
    press.poll()
    assert Article.objects.count() == 1, press.feed("/a").last_error


# --- addresses ----------------------------------------------------------------------------------


class Lying(AbstractResolver):
    """A name server that leads every name to one address."""

    def __init__(self, address: str) -> None:
        self.address, self.asked = address, 0

    async def resolve(self, host: str, port: int = 0, family: Any = 0) -> list[ResolveResult]:
        self.asked += 1
        return [
            ResolveResult(
                hostname=host, host=self.address, port=port, family=family, proto=6, flags=0
            )
        ]

    async def close(self) -> None:
        return None


def test_a_public_name_that_leads_into_a_private_network_is_refused(press: Press) -> None:
    press.resolver = resolver = Lying("10.0.0.7")
    feed = press.elsewhere("http://harmless.example/feed")
    press.poll()
    assert resolver.asked == 1
    assert press.feed(feed).last_error == "private_address"


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.7/feed",
        "http://127.0.0.1:1/feed",
        "http://[::1]/feed",
        "http://[::ffff:10.0.0.7]/feed",
        "http://[2002:a00:7::]/feed",
        "http://169.254.169.254/latest",
        "http://0.0.0.0/feed",
    ],
)
def test_literal_private_addresses_never_see_a_packet(press: Press, url: str) -> None:
    press.resolver = resolver = Lying("93.184.216.34")
    feed = press.elsewhere(url)
    press.poll()
    assert resolver.asked == 0, "literal addresses do not pass a resolver"
    assert press.feed(feed).last_error == "private_address"


def test_a_redirect_from_a_public_name_is_guarded_like_a_first_request(press: Press) -> None:
    press.resolver = Lying("10.0.0.7")
    press.at("/feed", redirects("http://inside.example/secrets"))
    press.poll()
    assert press.feed("/feed").last_error == "private_address"


@pytest.mark.parametrize("url", ["ftp://a.example/feed", "gopher://x/", "http://"])
def test_what_is_no_web_address_is_not_asked(press: Press, url: str) -> None:
    feed = press.elsewhere(url)
    press.poll()
    assert press.feed(feed).last_error == "bad_address"


# --- what failures do to a feed -----------------------------------------------------------------


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_is_obeyed_in_both_forms(press: Press, form: str) -> None:
    at = datetime.now(UTC) + timedelta(hours=5)
    asked = "18000" if form == "seconds" else format_datetime(at, usegmt=True)
    press.at("/a", answers(status=429, Retry_After=asked))
    press.poll()
    feed = press.feed("/a")
    assert abs(feed.next_at - at) < timedelta(minutes=1)
    words = explain(feed, timezone.now())
    assert words.startswith("The server says we ask too often (429). We wait until ")


def test_three_permanent_redirects_move_a_feed_and_a_failure_there_brings_it_back(
    press: Press,
) -> None:
    press.at("/old", redirects("/new", 301))
    press.handlers["/new"] = answers(GOOD)
    for _ in range(3):
        assert press.feeds["/old"]._state.adding or press.feed("/old").address.endswith("/old")
        press.poll()
    moved = press.feed("/old")
    assert moved.address == press.url("/new")
    assert moved.url == press.url("/old")
    press.handlers["/new"] = answers(status=404)
    press.poll()
    assert press.asked[-1].path == "/new"
    assert press.feed("/old").address == press.url("/old")


def test_a_temporary_redirect_moves_nothing(press: Press) -> None:
    press.at("/old", redirects("/new", 302))
    press.handlers["/new"] = answers(GOOD)
    for _ in range(4):
        press.poll()
    assert press.feed("/old").moves == 0


def test_gone_mutes_a_feed_until_staff_say_otherwise(press: Press) -> None:
    press.at("/a", answers(status=410))
    press.poll()
    feed = press.feed("/a")
    assert feed.muted_at is not None
    assert due.feeds(timezone.now() + timedelta(days=400), 10, ()) == []
    assert "Muted since" in explain(feed, timezone.now())


def test_an_answer_ends_a_failure_and_the_history_says_so(press: Press) -> None:
    press.at("/a", in_turn(answers(GOOD), answers(status=500), answers(GOOD)))
    for _ in range(3):
        press.poll()
    feed = press.feed("/a")
    assert (feed.failures, feed.last_error, feed.failure_class) == (0, "", "")
    assert [line.code for line in Poll.objects.order_by("pk")] == [
        "ok",
        "server_error",
        "unchanged",
    ]


def test_a_failure_keeps_what_is_known_of_the_feed(press: Press) -> None:
    press.at("/a", in_turn(answers(GOOD, ETag='"v1"'), answers(status=500), answers(GOOD)))
    for _ in range(3):
        press.poll()
    assert press.asked[2].headers["If-None-Match"] == '"v1"'
    assert Article.objects.count() == 1


def test_health_tells_answering_from_failing_and_muted(press: Press) -> None:
    press.at("/good", answers(GOOD))
    press.at("/bad", answers(status=500))
    press.at("/gone", answers(status=410))
    Feed.objects.create(url="https://later.example/feed", next_at=timezone.now())
    press.poll()
    found = health()
    assert (found.feeds, found.answering, found.failing, found.muted) == (4, 1, 1, 1)
    assert found.waiting == 1
    assert found.articles_today == 1
    assert found.newest_at is not None
    assert [line.feed.outlet for line in failing()] == ["bad", "gone"]
    assert all(line.words for line in failing())


def test_every_code_that_can_happen_has_words() -> None:
    from streams.collectors import decide, failures

    named = {code for _, code in failures._NAMES} | set(failures.STATUS_CODES.values())
    assert named | set(decide.GRADES) | set(BAD) <= set(WORDS)
