"""Readers and subscribers of the demonstration's press, and a clock that they move."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import aiohttp
import feedparser
from aiohttp import web

from streams.collectors.demo.server import Running

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


async def get(address: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    async with aiohttp.ClientSession() as client, client.get(address, headers=headers) as answer:
        named = {name.lower(): value for name, value in answer.headers.items()}
        return answer.status, await answer.read(), named


async def ask(server: Running, one: Subscriber, **more: str) -> int:
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


async def read(server: Running, outlet: str = ITALIAN) -> list[str]:
    _, body, _ = await get(server.press.feed_url(outlet))
    return [entry.title for entry in feedparser.parse(body).entries]
