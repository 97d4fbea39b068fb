"""The collector as a process: seeds, polls what is due, takes the inbox, ends when told to."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings
from django.utils import timezone

from streams.collectors import due
from streams.collectors.collector import Collector
from streams.collectors.fetch import Fetcher
from streams.collectors.models import Article, Feed, Inbox
from streams.management.commands import collect
from tests.stages.collect_kit import QUICK, Inline, item, rss


@pytest.mark.django_db
def test_polls_pushes_and_troubles_run_side_by_side_until_told_to_end() -> None:
    feed = Feed.objects.create(url="http://10.0.0.1/feed", next_at=timezone.now())
    Inbox.objects.create(feed=feed, body=rss([item(1)]), content_type="application/rss+xml")

    async def run() -> None:
        async with Fetcher(QUICK) as fetcher:
            running = Collector(fetcher, Inline())
            ended = asyncio.create_task(running.run(lambda: bool(done)))
            for _ in range(200):
                await asyncio.sleep(0.05)
                if running.counts["collect.polls"] and running.counts["collect.articles"]:
                    break
            done.append(True)
            async with asyncio.timeout(5):
                await ended

    done: list[bool] = []
    async_to_sync(run)()
    assert Article.objects.get().title == "Title 1"
    assert Feed.objects.get().last_error == "private_address"
    assert not Inbox.objects.exists()


@pytest.mark.django_db
def test_an_error_of_ours_does_not_end_the_collecting(monkeypatch: pytest.MonkeyPatch) -> None:
    Feed.objects.create(url="http://10.0.0.1/feed", next_at=timezone.now())
    calls = 0
    real = due.feeds

    def stumbles(now: datetime, most: int, busy: Collection[UUID]) -> list[Feed]:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise RuntimeError("as code may")
        return real(now, most, busy)

    monkeypatch.setattr(due, "feeds", stumbles)

    async def run() -> None:
        async with Fetcher(QUICK) as fetcher:
            running = Collector(fetcher, Inline())
            await running.run(lambda: bool(running.counts["collect.polls"]))

    async_to_sync(run)()
    assert calls >= 2


@pytest.mark.django_db
def test_a_feed_in_work_is_not_begun_again() -> None:
    Feed.objects.create(url="http://10.0.0.1/feed", next_at=timezone.now())

    async def run() -> int:
        async with Fetcher(QUICK) as fetcher:
            running = Collector(fetcher, Inline())
            await running._poll_due()
            assert not running._busy  # another collector may have the turn
            await running._keep_turn()
            await running._poll_due()
            await running._poll_due()
            return len(running._busy)

    assert async_to_sync(run)() == 1


@pytest.mark.django_db
def test_a_faulty_starter_list_stops_nobody(tmp_path: Path, settings: object) -> None:
    broken = tmp_path / "feeds.toml"
    broken.write_text("[[feed]]\nurl = 'nonsense'\n")
    settings.FEEDS_FILE = broken  # type: ignore[attr-defined]
    collect.seed()
    assert not Feed.objects.exists()


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    given = os.environ | {
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    manage = [sys.executable, str(settings.ROOT / "manage.py")]
    subprocess.run([*manage, "migrate", "-v0"], env=given, check=True)
    return given


def wait_for(what: Callable[[], bool], seconds: float = 140) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


def ask(database: Path, sql: str) -> int:
    with sqlite3.connect(database, timeout=20) as connection:
        return int(connection.execute(sql).fetchone()[0])


def test_the_command_beats_and_ends_on_sigterm(environment: dict[str, str], tmp_path: Path) -> None:
    database = tmp_path / "rrmm.sqlite3"
    process = subprocess.Popen(
        [sys.executable, str(settings.ROOT / "manage.py"), "collect"],
        env=environment | {"COLLECT_TIMEOUT": "2"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        wait_for(lambda: ask(database, "SELECT count(*) FROM streams_heartbeat") > 0)
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 0
    assert "Traceback" not in said, said
