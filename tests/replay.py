"""Serves a recorded week of real feeds on loopback, as they stood at any moment of that week."""

import asyncio
import gzip
import http.server
import json
import threading
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import time_machine
from django.conf import settings
from django.utils import timezone

from streams.collectors.collector import Collector, in_database
from streams.collectors.fetch import Fetcher
from streams.collectors.limits import from_settings
from streams.collectors.models import Feed
from streams.collectors.workers import Parsers
from tests.postgres import free_port

SHOWN = 60
"""Entries that a feed shows at a time."""


class Week:
    """The entries of one file by outlet, in the order in which they arrived."""

    def __init__(self, file: Path) -> None:
        self.outlets: dict[str, list[dict[str, Any]]] = defaultdict(list)
        with gzip.open(file, "rt") as lines:
            rows = sorted((json.loads(line) for line in lines), key=lambda row: row["collectedAt"])
        for row in rows:
            row["at"] = datetime.fromisoformat(row["collectedAt"])
            self.outlets[row["source"]].append(row)
        self.start, self.end = rows[0]["at"], rows[-1]["at"]

    def document(self, outlet: str, now: datetime) -> bytes:
        """What the outlet's feed showed at `now`."""
        shown = [row for row in self.outlets[outlet] if row["at"] <= now][-SHOWN:]
        items = "".join(_item(row) for row in reversed(shown))
        head = f"<?xml version='1.0'?><rss version='2.0'><channel><title>{escape(outlet)}</title>"
        return f"{head}<link>https://outlet.example/</link>{items}</channel></rss>".encode()


def _item(row: dict[str, Any]) -> str:
    published = datetime.fromisoformat(row["pubDate"]).astimezone(UTC)
    return (
        f"<item><guid isPermaLink='false'>{row['id']}</guid><title>{escape(row['title'])}</title>"
        f"<link>{row['link']}</link><description>{escape(row['description'])}</description>"
        f"<pubDate>{format_datetime(published)}</pubDate></item>"
    )


class Press(http.server.ThreadingHTTPServer):
    """One server for all outlets; `now` is the moment that it shows."""

    daemon_threads = True

    def __init__(self, week: Week) -> None:
        super().__init__(("127.0.0.1", free_port()), _Handler)
        self.week, self.now = week, week.start
        self.names = list(week.outlets)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def url(self, outlet: str) -> str:
        """Where an outlet's feed is."""
        return f"http://127.0.0.1:{self.server_port}/{self.names.index(outlet)}"


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Press

    def do_GET(self) -> None:
        week, outlet = self.server.week, self.server.names[int(self.path.strip("/"))]
        body = week.document(outlet, self.server.now)
        self.send_response(200)
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the base's name
        pass


def make_feeds(press: Press) -> None:
    """A row for each outlet; each is its own owner."""
    settings.COLLECT_ALLOW = [("127.0.0.1", press.server_port)]
    settings.COLLECT_HOST_GAP_MS = 0
    Feed.objects.bulk_create([
        Feed(url=press.url(name), outlet=name, owner=name, language="en") for name in press.names
    ])  # fmt: skip


async def poll_all() -> None:
    """One poll of every feed, as the collector makes it."""
    async with Fetcher(from_settings()) as fetcher, Parsers(1) as parsers:
        await in_database(Feed.objects.update, next_at=timezone.now())
        feeds = await in_database(lambda: list(Feed.objects.order_by("url")))
        await Collector(fetcher, parsers, lambda: 0.5).poll_once(feeds)


def moments(week: Week, step: timedelta) -> list[datetime]:
    """The moments from the week's start to its end, and one after it."""
    n = int((week.end - week.start) / step) + 2
    return [week.start + step * k for k in range(1, n)]


def play(press: Press, moment: datetime) -> None:
    """Travels to a moment of the week and polls there."""
    press.now = moment
    with time_machine.travel(moment, tick=True):
        asyncio.run(poll_all())
