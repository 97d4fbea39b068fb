"""The demonstration's feed server: invented outlets, their pages, and their hub, on loopback."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from aiohttp import web

from streams.collectors.demo.documents import article_page, index_page
from streams.collectors.demo.hub import Hub, Refused
from streams.collectors.demo.press import Document, Press
from streams.collectors.demo.scenario import Scenario, recorded

HOST = "127.0.0.1"
TICK = 0.25
"""Seconds between two looks at what is due."""
_STRICT = {
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
Clock = Callable[[], datetime]


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers."""

    address: str
    press: Press
    hub: Hub


async def serve(port: int, told: Callable[[str], None]) -> None:
    """Serves until SIGINT or SIGTERM, then ends within two seconds. OSError: the port is taken."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for ending in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(ending, stop.set)
    async with running(port=port) as server:
        told(server.address)
        await stop.wait()


@contextlib.asynccontextmanager
async def running(
    scenario: Scenario | None = None, *, port: int = 0, clock: Clock = _now
) -> AsyncIterator[Running]:
    """The server on a port of loopback (any free one for 0), with the scenario's clock."""
    app = web.Application(client_max_size=16_384)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5, handle_signals=False)
    pages = Pages(clock)
    pages.lay(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, port).start()
        address = f"http://{HOST}:{runner.addresses[0][1]}"
        press = Press(scenario or recorded(), address, clock())
        pages.server = Running(address, press, Hub(press, f"{address}/hub"))
        ticking = asyncio.create_task(_tick(pages.server, clock))
        try:
            yield pages.server
        finally:
            ticking.cancel()
            await asyncio.gather(ticking, return_exceptions=True)
            await pages.server.hub.close()
    finally:
        await runner.cleanup()


async def _tick(server: Running, clock: Clock) -> None:
    while True:
        for outlet in server.press.publish_due(clock()):
            server.hub.publish(outlet)
        await asyncio.sleep(TICK)


class Pages:
    """The server's addresses."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.server: Running

    def lay(self, app: web.Application) -> None:
        app.router.add_get("/", self.index)
        app.router.add_get("/feeds/{outlet}.xml", self.feed)
        app.router.add_post("/hub", self.subscribe)
        app.router.add_get("/{outlet}/{slug}", self.article)

    async def index(self, request: web.Request) -> web.Response:
        return _html(index_page(self.server.press.scenario, self.server.address))

    async def feed(self, request: web.Request) -> web.Response:
        outlet = request.match_info["outlet"]
        try:
            document = self.server.press.document(outlet)
        except KeyError:
            raise web.HTTPNotFound(text="There is no such feed.") from None
        own = self.server.press.feed_url(outlet)
        headers = {
            "ETag": document.etag,
            "Cache-Control": "no-cache",
            "Link": f'<{self.server.hub.address}>; rel="hub", <{own}>; rel="self"',
        }
        if document.last_modified:
            headers["Last-Modified"] = document.last_modified
        if request.method == "GET":
            self.server.press.read_by_somebody(outlet, self.clock())
        if is_known(request, document):
            return web.Response(status=304, headers=headers)
        headers["Content-Type"] = document.content_type
        return web.Response(body=document.body, headers=headers)

    async def subscribe(self, request: web.Request) -> web.Response:
        form = await request.post()
        texts = {name: value for name, value in form.items() if isinstance(value, str)}
        try:
            self.server.hub.take(texts)
        except Refused as refused:
            return web.Response(status=400, text=f"{refused}\n")
        return web.Response(status=202, text="The intent is being verified.\n")

    async def article(self, request: web.Request) -> web.Response:
        press = self.server.press
        item = press.article(request.match_info["outlet"], request.match_info["slug"])
        if item is None:
            raise web.HTTPNotFound(text="There is no such article.")
        outlet = press.scenario.outlet(item.outlet)
        return _html(article_page(item, outlet, press.scenario.notices[outlet.language]))


def is_known(request: web.Request, document: Document) -> bool:
    """Whether the reader has this document: If-None-Match decides, else If-Modified-Since
    (RFC 9110, section 13.2.2)."""
    if request.if_none_match is not None:
        known = {f'"{tag.value}"' for tag in request.if_none_match}
        return bool({document.etag, '"*"'} & known)
    since = request.if_modified_since
    if since is None or not document.last_modified:
        return False
    return parsedate_to_datetime(document.last_modified) <= since


def _html(page: str) -> web.Response:
    return web.Response(text=page, content_type="text/html", headers=_STRICT)
