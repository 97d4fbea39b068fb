"""A loopback server of many tempers, and a collector that polls it in the test's own thread."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from aiohttp import web
from aiohttp.abc import AbstractResolver
from asgiref.sync import async_to_sync, sync_to_async

from streams.collectors.collector import Collector
from streams.collectors.fetch import Fetcher, Limits
from streams.collectors.models import Feed
from streams.collectors.parse import Job, Parsed, parse
from streams.collectors.workers import Parsers

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
QUICK = Limits(total_s=1.5, idle_s=0.7, connect_s=0.7, host_gap_s=0.0, most_bytes=2_000_000)


class Inline(Parsers):
    """Parses in this process; remembers the jobs."""

    def __init__(self) -> None:
        super().__init__(processes=0)
        self.jobs: list[Job] = []

    async def parse(self, job: Job) -> Parsed:
        self.jobs.append(job)
        return parse(job)


class Press:
    """Feeds on 127.0.0.1: `at(path, handler)` gives the feed's row; `poll()` polls them all."""

    def __init__(self) -> None:
        self.handlers: dict[str, Handler] = {}
        self.asked: list[web.Request] = []
        self.feeds: dict[str, Feed] = {}
        self.parsers = Inline()
        self.port = 0
        self.limits = QUICK
        self.resolver: AbstractResolver | None = None
        self.counts: Counter[str] = Counter()

    def at(self, path: str, handler: Handler, **given: Any) -> str:
        """Answers at the path, and makes it a feed. The path serves as its name."""
        self.handlers[path] = handler
        self.feeds[path] = Feed(url=path, outlet=path.strip("/"), **given)
        return path

    def elsewhere(self, url: str, **given: Any) -> str:
        """A feed at any address."""
        self.feeds[url] = Feed(url=url, outlet="elsewhere", **given)
        return url

    def poll(self) -> Counter[str]:
        """One poll of every feed, stored; the counts."""
        async_to_sync(self._poll)()
        return self.counts

    def feed(self, path: str) -> Feed:
        """The row as it is now."""
        return Feed.objects.get(pk=self.feeds[path].pk)

    async def _poll(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", self.port)
        await site.start()
        self.port = runner.addresses[0][1]
        try:
            await self._collect()
        finally:
            await runner.cleanup()

    async def _collect(self) -> None:
        feeds = await sync_to_async(self._rows)()
        limits = replace(self.limits, allow=(*self.limits.allow, ("127.0.0.1", self.port)))
        async with Fetcher(limits, self.resolver) as fetcher:
            collector = Collector(fetcher, self.parsers, chance=lambda: 0.5)
            self.counts = await collector.poll_once(feeds)

    def _rows(self) -> list[Feed]:
        for feed in self.feeds.values():
            if feed._state.adding:
                feed.url = self.url(feed.url) if feed.url.startswith("/") else feed.url
                feed.save()
        return [Feed.objects.get(pk=feed.pk) for feed in self.feeds.values()]

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        handler = self.handlers.get(request.path)
        return await handler(request) if handler else web.Response(status=404)


def item(number: int, site: str = "news.example", **given: str) -> str:
    """One RSS entry, an hour old."""
    fields = {
        "title": f"Title {number}",
        "link": f"https://{site}/{number}",
        "guid": f"id-{number}",
        "description": f"<p>Text of {number}.</p>",
        "pubDate": format_datetime(datetime.now(UTC) - timedelta(hours=1)),
    } | given
    return "<item>" + "".join(f"<{k}><![CDATA[{v}]]></{k}>" for k, v in fields.items()) + "</item>"


def rss(items: Iterable[str], head: str = "") -> bytes:
    """A feed of these entries."""
    channel = f"<title>N</title>{head}{''.join(items)}"
    return f"<?xml version='1.0'?><rss version='2.0'><channel>{channel}</channel></rss>".encode()


def answers(body: bytes = b"", status: int = 200, **headers: str) -> Handler:
    """Always the same answer; header names with _ for -."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    async def handler(_request: web.Request) -> web.Response:
        return web.Response(body=body, status=status, headers=named)

    return handler


def in_turn(*handlers: Handler) -> Handler:
    """One handler after the other; the last for ever."""
    waiting = list(handlers)

    async def handler(request: web.Request) -> web.StreamResponse:
        return await (waiting.pop(0) if len(waiting) > 1 else waiting[0])(request)

    return handler


async def never(_request: web.Request) -> web.StreamResponse:
    """Takes the request and says nothing."""
    await asyncio.sleep(30)
    return web.Response()


def dripping(piece: bytes, seconds: float) -> Handler:
    """An endless document in small pieces."""

    async def handler(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        while True:
            await answer.write(piece)
            await asyncio.sleep(seconds)

    return handler
