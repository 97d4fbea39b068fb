"""The demonstration's feeds come in marked, start afresh with their server, and go in one go."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.utils import timezone

from streams.collectors.collector import Collector
from streams.collectors.demo.scenario import recorded
from streams.collectors.demo.seeding import seed_demo
from streams.collectors.demo.server import running
from streams.collectors.fetch import Fetcher, Limits
from streams.collectors.models import Article, Feed, Inbox
from streams.collectors.services import remove_demo
from streams.collectors.sources import Counts
from streams.collectors.subscriptions import Pushed, receive
from streams.collectors.workers import Parsers

BASE = "http://127.0.0.1:8010"
HOW_MANY = len(recorded().outlets)


@pytest.mark.django_db
def test_every_outlet_becomes_a_marked_feed_once() -> None:
    assert seed_demo(BASE) == Counts(created=HOW_MANY, kept=0)
    assert seed_demo(f"{BASE}/") == Counts(created=0, kept=HOW_MANY)

    feeds = Feed.objects.all()
    assert {(feed.demo, feed.checked) for feed in feeds} == {
        (True, "invented for the demonstration")
    }
    assert len({feed.owner for feed in feeds}) == HOW_MANY


@pytest.mark.django_db
def test_a_new_start_of_the_server_asks_its_forgetful_hub_again() -> None:
    seed_demo(BASE)
    Feed.objects.update(websub_state="live", websub_asked_at=timezone.now())

    seed_demo(BASE)

    assert not Feed.objects.exclude(websub_state="").exists()
    assert not Feed.objects.filter(websub_asked_at__isnull=False).exists()


@pytest.mark.django_db
def test_feeds_of_a_server_that_is_elsewhere_now_are_switched_off() -> None:
    Feed.objects.create(url="https://real.example/rss")
    seed_demo(BASE)
    seed_demo("http://127.0.0.1:8011")

    assert Feed.objects.filter(active=True, demo=True).count() == HOW_MANY
    assert not Feed.objects.filter(active=True, url__startswith=BASE).exists()
    assert Feed.objects.get(url="https://real.example/rss").active


@pytest.mark.django_db
def test_one_call_removes_the_demonstration_and_nothing_else() -> None:
    real = Feed.objects.create(url="https://real.example/rss")
    seed_demo(BASE)
    times = {"published_at": timezone.now(), "seen_at": timezone.now()}
    for number, feed in enumerate(Feed.objects.all()):
        Article.objects.create(
            feed=feed, url=str(number), url_key=number, title="x", demo=feed.demo, **times
        )
    Inbox.objects.create(feed=Feed.objects.filter(demo=True)[0], body=b"")

    assert remove_demo() == {"articles": HOW_MANY, "feeds": HOW_MANY}

    assert list(Feed.objects.all()) == [real]
    assert [article.feed for article in Article.objects.all()] == [real]
    assert remove_demo() == {"articles": 0, "feeds": 0}


@pytest.mark.django_db(transaction=True)
async def test_our_own_collector_takes_it_and_its_push() -> None:
    async with running() as server, _collector(server.address) as collector:
        await sync_to_async(seed_demo)(server.address)
        feeds = [feed async for feed in Feed.objects.all()]
        counts = await collector.poll_once(feeds)
        old = [item for item in recorded().items if item.at < 0]
        assert counts["collect.articles"] == len(old)
        assert await Article.objects.filter(demo=True, backfill=True).acount() == len(old)

        feed = await Feed.objects.aget(outlet="La Nota del Porto")
        assert (feed.hub_url, feed.topic_url) == (f"{server.address}/hub", feed.url)
        feed.websub_token, feed.websub_secret = "a token", "a secret"
        await feed.asave()
        document = server.press.document("la-nota-del-porto")
        headers = server.hub._headers("la-nota-del-porto", document, "a secret")
        pushed = Pushed(document.body, document.content_type, headers["X-Hub-Signature"])

        assert await sync_to_async(receive)(feed.pk, "a token", pushed) == 202
        assert await Inbox.objects.filter(feed=feed).acount() == 1


class _collector:  # noqa: N801  reads like a function
    def __init__(self, address: str) -> None:
        host, _, port = address.removeprefix("http://").partition(":")
        self.fetcher = Fetcher(Limits(allow=((host, int(port)),), host_gap_s=0.0))
        self.parsers = Parsers(1)

    async def __aenter__(self) -> Collector:
        await self.fetcher.__aenter__()
        await self.parsers.__aenter__()
        return Collector(self.fetcher, self.parsers, chance=lambda: 0.5)

    async def __aexit__(self, *error: object) -> None:
        await self.parsers.__aexit__(None, None, None)
        await self.fetcher.__aexit__(None, None, None)


# --- the command --------------------------------------------------------------------------------


@contextmanager
def _served(port: int) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "manage.py", "demo_feeds", "--no-seed", "--port", str(port)]
    process = subprocess.Popen(
        command,
        cwd=settings.ROOT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_the_command_ends_when_asked_without_a_traceback(ending: signal.Signals) -> None:
    with _served(_free_port()) as process:
        assert process.stdout is not None
        assert "invented outlets" in process.stdout.readline()

        process.send_signal(ending)
        _, errors = process.communicate(timeout=20)

    assert (process.returncode, errors) == (0, "")


def test_a_port_that_is_taken_is_told_in_words() -> None:
    async def both() -> None:
        async with running() as server:
            port = int(server.address.rpartition(":")[2])
            with _served(port) as process:
                _, errors = await asyncio.to_thread(process.communicate, timeout=60)
            assert process.returncode == 1
            assert f"127.0.0.1:{port} cannot be used" in errors
            assert "Traceback" not in errors

    asyncio.run(both())
