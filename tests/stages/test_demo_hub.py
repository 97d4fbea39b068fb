"""The demonstration's hub: verifies who subscribes, signs what it pushes, stays on this machine."""

import hashlib
import hmac
from datetime import UTC, datetime

import feedparser
import pytest

from streams.collectors.demo.hub import Refused, is_here, read_wish
from streams.collectors.demo.press import Press
from streams.collectors.demo.scenario import recorded
from streams.collectors.demo.server import running
from tests.eventually import eventually
from tests.press import ITALIAN, LATER, SECRET, Clock, ask, read, subscriber


async def test_a_subscriber_gets_the_news_signed() -> None:
    clock = Clock()
    async with running(clock=clock) as server, subscriber() as one:
        before = await read(server)
        assert await ask(server, one, hub_lease_seconds="3600") == 202
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
        await read(server)
        clock.now += LATER
        await eventually(lambda: server.press.has_news(ITALIAN))

        await ask(server, one)

        await eventually(lambda: one.pushed)


async def test_a_subscription_that_nobody_meant_is_not_made() -> None:
    async with running(clock=Clock()) as server, subscriber(echo=False) as one:
        await ask(server, one)
        await eventually(lambda: one.asked and not server.hub._tasks)

        assert server.hub.wanted(ITALIAN) == 0


async def test_a_subscription_ends_when_asked_to_and_when_the_callback_is_gone() -> None:
    clock = Clock()
    async with running(clock=clock) as server, subscriber() as one, subscriber(status=410) as gone:
        await read(server)
        await ask(server, one)
        await ask(server, gone)
        await eventually(lambda: server.hub.wanted(ITALIAN) == 2)

        clock.now += LATER
        await eventually(lambda: server.hub.wanted(ITALIAN) == 1)
        await ask(server, one, hub_mode="unsubscribe")
        await eventually(lambda: server.hub.wanted(ITALIAN) == 0)

        assert len(gone.pushed) == 1


async def test_the_hub_talks_to_this_machine_only() -> None:
    async with running(clock=Clock()) as server, subscriber() as one:
        assert await ask(server, one, hub_callback="https://elsewhere.example/hook") == 400


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
