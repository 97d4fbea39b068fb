"""The demonstration's press: served, pushed, signed, and marked as invented everywhere."""

import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import aiohttp
import feedparser
import pytest
from aiohttp import web

from streams.collectors.demo.hub import Refused, is_here, read_wish
from streams.collectors.demo.press import Press
from streams.collectors.demo.scenario import recorded
from streams.collectors.demo.server import Running, running
from tests.eventually import eventually

SECRET = "a secret of the tests"
ITALIAN = "la-nota-del-porto"
LATER = timedelta(seconds=11)


@dataclass
class Clock:
    """A clock that stands still until the test moves it."""

    now: datetime = datetime(2026, 11, 21, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Subscriber:
    """Somebody with a callback: echoes challenges (or not) and keeps what is pushed."""

    echo: bool = True
    status: int = 200
    callback: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    pushed: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)

    async def verify(self, request: web.Request) -> web.Response:
        self.asked.append(dict(request.query))
        text = request.query["hub.challenge"] if self.echo else "something else"
        return web.Response(text=text)

    async def take(self, request: web.Request) -> web.Response:
        self.pushed.append((await request.read(), dict(request.headers)))
        return web.Response(status=self.status)


@asynccontextmanager
async def subscriber(**how: object) -> AsyncIterator[Subscriber]:
    one = Subscriber(**how)  # type: ignore[arg-type]
    app = web.Application()
    app.router.add_get("/hook", one.verify)
    app.router.add_post("/hook", one.take)
    runner = web.AppRunner(app, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    one.callback = f"http://127.0.0.1:{runner.addresses[0][1]}/hook?mine=1"
    try:
        yield one
    finally:
        await runner.cleanup()


async def _get(address: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    async with aiohttp.ClientSession() as client, client.get(address, headers=headers) as answer:
        named = {name.lower(): value for name, value in answer.headers.items()}
        return answer.status, await answer.read(), named


async def _ask(server: Running, one: Subscriber, **more: str) -> int:
    form = {
        "hub.mode": "subscribe",
        "hub.topic": server.press.feed_url(ITALIAN),
        "hub.callback": one.callback,
        "hub.secret": SECRET,
        **{name.replace("hub_", "hub."): value for name, value in more.items()},
    }
    async with (
        aiohttp.ClientSession() as client,
        client.post(f"{server.address}/hub", data=form) as answer,
    ):
        return answer.status


async def _read(server: Running, outlet: str = ITALIAN) -> list[str]:
    _, body, _ = await _get(server.press.feed_url(outlet))
    return [entry.title for entry in feedparser.parse(body).entries]


async def test_every_feed_parses_and_names_its_hub() -> None:
    async with running(clock=Clock()) as server:
        for outlet in recorded().outlets:
            status, body, headers = await _get(server.press.feed_url(outlet.slug))
            found = feedparser.parse(body, response_headers=headers)

            assert (status, found.bozo) == (200, False), outlet.slug
            assert found.feed.title == outlet.name
            rels = {link.rel: link.href for link in found.feed.links}
            assert rels["hub"] == f"{server.address}/hub"
            assert rels["self"] == server.press.feed_url(outlet.slug)
            assert f'<{server.address}/hub>; rel="hub"' in headers["link"]
            for entry in found.entries:
                assert entry.title
                assert entry.summary
                assert entry.id
                assert entry.link.startswith(f"{server.address}/{outlet.slug}/")
                assert entry.published_parsed


async def test_the_first_look_shows_old_and_ordinary_news_only() -> None:
    old = {item.title for item in recorded().items if item.at < 0}
    async with running(clock=Clock()) as server:
        for outlet in recorded().outlets:
            titles = await _read(server, outlet.slug)

            assert titles
            assert set(titles) <= old


async def test_news_appears_when_its_time_has_come() -> None:
    clock = Clock()
    async with running(clock=clock) as server:
        before = await _read(server)
        clock.now += timedelta(seconds=4)
        assert server.press.publish_due(clock()) == set()

        clock.now += timedelta(seconds=2)
        await eventually(lambda: server.press.has_news(ITALIAN))

        assert (await _read(server))[1:] == before


async def test_the_clock_waits_for_the_first_reader() -> None:
    clock = Clock()
    async with running(clock=clock) as server:
        clock.now += timedelta(hours=1)
        assert server.press.publish_due(clock()) == set()

        await _read(server)

        assert server.press.publish_due(clock()) == set()


async def test_an_outlet_that_nobody_has_read_keeps_its_news_back() -> None:
    """So that the first poll of a feed, which is backfill, never holds the event itself."""
    clock = Clock()
    async with running(clock=clock) as server:
        await _read(server)
        clock.now += LATER
        await eventually(lambda: server.press.has_news(ITALIAN))
        assert not server.press.has_news("harbour-wire")

        old = await _read(server, "harbour-wire")
        await eventually(lambda: server.press.has_news("harbour-wire"))

        assert len(await _read(server, "harbour-wire")) == len(old) + 1


async def test_an_unchanged_feed_is_answered_with_304() -> None:
    clock = Clock()
    async with running(clock=clock) as server:
        address = server.press.feed_url(ITALIAN)
        _, _, first = await _get(address)
        tag, modified = first["etag"], first["last-modified"]

        assert (await _get(address, **{"If-None-Match": tag}))[0] == 304
        assert (await _get(address, **{"If-Modified-Since": modified}))[0] == 304
        both = {"If-None-Match": '"another"', "If-Modified-Since": modified}
        assert (await _get(address, **both))[0] == 200

        clock.now += LATER
        await eventually(lambda: server.press.has_news(ITALIAN))
        status, _, second = await _get(address, **{"If-None-Match": tag})
        assert (status, second["etag"] != tag) == (200, True)
        assert (await _get(address, **{"If-Modified-Since": modified}))[0] == 200


async def test_a_subscriber_gets_the_news_signed() -> None:
    clock = Clock()
    async with running(clock=clock) as server, subscriber() as one:
        before = await _read(server)
        assert await _ask(server, one, hub_lease_seconds="3600") == 202
        await eventually(lambda: server.hub.wanted(ITALIAN) == 1)
        assert one.pushed == []

        clock.now += LATER
        await eventually(lambda: one.pushed)

        body, headers = one.pushed[0]
        signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        assert headers["X-Hub-Signature"] == f"sha256={signature}"
        assert f'<{server.press.feed_url(ITALIAN)}>; rel="self"' in headers["Link"]
        assert len(feedparser.parse(body).entries) == len(before) + 1
        assert body == server.press.document(ITALIAN).body
        asked = one.asked[0]
        assert (asked["mine"], asked["hub.mode"], asked["hub.lease_seconds"]) == (
            "1",
            "subscribe",
            "3600",
        )


async def test_who_subscribes_late_gets_what_was_missed() -> None:
    clock = Clock()
    async with running(clock=clock) as server, subscriber() as one:
        await _read(server)
        clock.now += LATER
        await eventually(lambda: server.press.has_news(ITALIAN))

        await _ask(server, one)

        await eventually(lambda: one.pushed)


async def test_a_subscription_that_nobody_meant_is_not_made() -> None:
    async with running(clock=Clock()) as server, subscriber(echo=False) as one:
        await _ask(server, one)
        await eventually(lambda: one.asked and not server.hub._tasks)

        assert server.hub.wanted(ITALIAN) == 0


async def test_a_subscription_ends_when_asked_to_and_when_the_callback_is_gone() -> None:
    clock = Clock()
    async with running(clock=clock) as server, subscriber() as one, subscriber(status=410) as gone:
        await _read(server)
        await _ask(server, one)
        await _ask(server, gone)
        await eventually(lambda: server.hub.wanted(ITALIAN) == 2)

        clock.now += LATER
        await eventually(lambda: server.hub.wanted(ITALIAN) == 1)
        await _ask(server, one, hub_mode="unsubscribe")
        await eventually(lambda: server.hub.wanted(ITALIAN) == 0)

        assert len(gone.pushed) == 1


async def test_the_hub_talks_to_this_machine_only() -> None:
    async with running(clock=Clock()) as server, subscriber() as one:
        assert await _ask(server, one, hub_callback="https://elsewhere.example/hook") == 400


@pytest.mark.parametrize(
    ("address", "here"),
    [
        ("http://127.0.0.1:8000/hook", True),
        ("http://localhost:8000/hook", True),
        ("http://[::1]:8000/hook", True),
        ("http://192.168.1.7/hook", False),
        ("http://localhost.example/hook", False),
        ("http://127.0.0.1@elsewhere.example/hook", False),
        ("ftp://127.0.0.1/hook", False),
        ("http://[broken/hook", False),
        ("", False),
    ],
)
def test_only_loopback_is_this_machine(address: str, here: bool) -> None:
    assert is_here(address) is here


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"hub.mode": "publish"}, "hub.mode"),
        ({"hub.topic": "http://127.0.0.1:1/feeds/no.xml"}, "hub.topic"),
        ({"hub.callback": "http://10.0.0.1/"}, "hub.callback"),
        ({"hub.secret": "x" * 200}, "hub.secret"),
        ({"hub.lease_seconds": "-1"}, "hub.lease_seconds"),
        ({"hub.lease_seconds": "²"}, "hub.lease_seconds"),
    ],
)
def test_a_wrong_subscription_is_refused_in_words(wrong: dict[str, str], words: str) -> None:
    press = Press(recorded(), "http://127.0.0.1:1", datetime.now(UTC))
    form = {
        "hub.mode": "subscribe",
        "hub.topic": press.feed_url(ITALIAN),
        "hub.callback": "http://127.0.0.1:2/",
    }
    assert read_wish(form, press).outlet == ITALIAN

    with pytest.raises(Refused, match=words):
        read_wish({**form, **wrong}, press)


async def test_every_page_says_that_it_is_invented() -> None:
    clock = Clock()
    scenario = recorded()
    async with running(clock=clock) as server:
        for outlet in scenario.outlets:
            await _read(server, outlet.slug)
        clock.now += timedelta(minutes=11)
        await eventually(
            lambda: all(server.press.article(i.outlet, i.slug) for i in scenario.items)
        )
        for item in scenario.items:
            status, page, headers = await _get(f"{server.address}/{item.outlet}/{item.slug}")

            assert status == 200
            assert "Invented article of the demonstration" in page.decode()
            notice = scenario.notices[scenario.outlet(item.outlet).language]
            assert notice.replace("'", "&#x27;") in page.decode() or notice.startswith("Invented")
            assert headers["content-security-policy"] == "default-src 'none'"


async def test_what_has_not_happened_yet_and_what_never_will_is_not_there() -> None:
    async with running(clock=Clock()) as server:
        assert (await _get(f"{server.address}/{ITALIAN}/harbour-it-1"))[0] == 404
        assert (await _get(f"{server.address}/feeds/nobody.xml"))[0] == 404
        status, page, _ = await _get(f"{server.address}/")
        assert (status, b"invented" in page) == (200, True)
