"""Pages of flagged articles are read as robots.txt allows, by a collector whose turn it is."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import web
from asgiref.sync import async_to_sync

from streams.collectors import pages
from streams.collectors.collector import Collector, in_database
from streams.collectors.fetch import Fetcher, Limits
from streams.collectors.models import Article, Page
from streams.collectors.pages import Due, Outcome
from streams.collectors.reader import Reader
from tests import watching
from tests.stages.collect_kit import Handler, Inline, answers, never

pytestmark = pytest.mark.django_db

SENTENCE = "Neighbours of the old harbour met the council on Friday and spoke about the fire. "
PAGE = f"""<html lang="en"><head><title>Harbour</title></head><body><nav>Home News Sport</nav>
<article><h1>Fire in a prayer room</h1>{"".join(f"<p>{SENTENCE}{n}</p>" for n in range(8))}
</article><footer>Imprint</footer></body></html>"""
HTML = {"Content_Type": "text/html; charset=utf-8"}


class Sites:
    """One server; pages by path. Every path that is asked for is remembered."""

    def __init__(self, **limits: Any) -> None:
        self.handlers: dict[str, Handler] = {}
        self.asked: list[str] = []
        self.limits = {"agent": "RRMM/0.1", "total_s": 2.0, "idle_s": 1.0, "host_gap_s": 0.0}
        self.limits |= limits

    def read(self, *paths: str, host: str = "127.0.0.1") -> list[Outcome]:
        """The outcome of each path, read at the same time by one reader."""
        return async_to_sync(self._read)(paths, host)

    async def _read(self, paths: tuple[str, ...], host: str) -> list[Outcome]:
        async with self._serving() as fetcher:
            reader = Reader(fetcher)
            due = [Due(uuid4(), f"http://{host}:{self.port}{path}") for path in paths]
            return list(await asyncio.gather(*map(reader.read, due)))

    def collect(self) -> Counter[str]:
        """One look of the collector for due pages, of articles at /a."""
        return async_to_sync(self._collect)()

    async def _collect(self) -> Counter[str]:
        async with self._serving() as fetcher:
            collector = Collector(fetcher, Inline())
            await in_database(Article.objects.update, url=f"http://127.0.0.1:{self.port}/a")
            await collector._read_pages()
            assert not collector.counts, "it is not this collector's turn"
            assert await in_database(collector._turn.keep)
            await collector._read_pages()
            await collector._read_pages()
            await in_database(collector._turn.release)
            return collector.counts

    @asynccontextmanager
    async def _serving(self) -> AsyncIterator[Fetcher]:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.port = runner.addresses[0][1]
        limits = Limits(allow=(("127.0.0.1", self.port),), **self.limits)  # type: ignore[arg-type]
        try:
            async with Fetcher(limits) as fetcher:
                yield fetcher
        finally:
            await runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        handler = self.handlers.get(request.path)
        return await handler(request) if handler else web.Response(status=404)


def page(text: str = PAGE, **headers: str) -> Handler:
    named: dict[str, Any] = {**HTML, **headers}
    return answers(text.encode(), **named)


@pytest.fixture
def sites() -> Sites:
    found = Sites()
    found.handlers["/a"] = page()
    return found


def codes(outcomes: list[Outcome]) -> list[str]:
    return [one.code for one in outcomes]


# --- reading ------------------------------------------------------------------------------------


def test_the_text_is_read_without_what_stands_around_it(sites: Sites) -> None:
    (found,) = sites.read("/a")
    assert found.code == "ok"
    assert SENTENCE.strip() in found.text
    assert "Imprint" not in found.text
    assert sites.asked == ["/robots.txt", "/a"]


def test_robots_is_asked_once_for_a_host_and_obeyed(sites: Sites) -> None:
    sites.handlers["/robots.txt"] = answers(b"User-agent: RRMM\nDisallow: /closed")
    sites.handlers["/closed/1"] = page()
    assert codes(sites.read("/a", "/closed/1", "/a")) == ["ok", "robots", "ok"]
    assert sites.asked.count("/robots.txt") == 1
    assert "/closed/1" not in sites.asked


@pytest.mark.parametrize("robots", [answers(b"", 500), answers(b"", 503), answers(b"", 429), never])
def test_a_host_whose_robots_cannot_be_had_is_left_alone(sites: Sites, robots: Handler) -> None:
    sites.handlers["/robots.txt"] = robots
    assert codes(sites.read("/a")) == ["robots_unreachable"]
    assert "/a" not in sites.asked


def test_robots_is_asked_where_a_redirect_leads_too(sites: Sites) -> None:
    sites.handlers["/robots.txt"] = answers(b"User-agent: *\nDisallow: /closed")
    sites.handlers["/to"] = answers(status=302, Location="/closed/1")
    sites.handlers["/away"] = answers(status=301, Location="/a")
    sites.handlers["/round"] = answers(status=302, Location="/round")
    assert codes(sites.read("/to", "/away", "/round")) == ["robots", "ok", "too_many_redirects"]
    assert "/closed/1" not in sites.asked


def test_no_private_address_is_asked_not_even_for_its_robots(sites: Sites) -> None:
    sites.handlers["/in"] = answers(status=302, Location="http://127.0.0.2:9/x")
    assert codes(sites.read("/in")) == ["robots_unreachable"]


def test_invented_outlets_are_not_asked(sites: Sites) -> None:
    assert codes(sites.read("/a", host="outlet.example")) == ["reserved"]
    assert sites.asked == []


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        ("<html><body><p>Short.</p></body></html>", "text/html", "nothing"),
        ("", "text/html", "nothing"),
        ("%PDF-1.7", "application/pdf", "not_html"),
        (PAGE.replace("</head>", '<script type="application/ld+json">{"@graph": [{"@type": '
                      '"NewsArticle", "isAccessibleForFree": "False"}]}</script></head>'),
         "text/html", "paywall"),
        ("<html><body><article><p>" + "Subscribe to continue reading this story. " * 8
         + "</p></article></body></html>", "text/html", "paywall"),
        ("<html><body><main><p>" + "We and our partners use cookies; give your consent. " * 8
         + "</p></main></body></html>", "text/html", "consent"),
    ],
)  # fmt: skip
def test_what_nobody_can_use_has_a_name(sites: Sites, body: str, kind: str, code: str) -> None:
    sites.handlers["/x"] = page(body, Content_Type=kind)
    (found,) = sites.read("/x")
    assert (found.code, found.text) == (code, "")


@pytest.mark.parametrize("charset", ["windows-1256", "utf-8", ""])
def test_the_text_is_read_in_its_own_letters(sites: Sites, charset: str) -> None:
    words = "اجتمع سكان الميناء القديم مع المجلس يوم الجمعة وتحدثوا عن الحريق. "
    meta = '<meta charset="utf-8">' if not charset else ""
    text = PAGE.replace(SENTENCE, words).replace("<head>", f"<head>{meta}")
    kind = f"text/html; charset={charset}" if charset else "text/html"
    sites.handlers["/ar"] = answers(text.encode(charset or "utf-8"), Content_Type=kind)
    (found,) = sites.read("/ar")
    assert found.code == "ok"
    assert words.strip() in found.text


def test_slow_and_failing_servers_cost_only_their_page(sites: Sites) -> None:
    sites.handlers |= {"/never": never, "/gone": answers(status=410), "/busy": answers(status=503)}
    assert codes(sites.read("/never", "/gone", "/busy", "/a")) == [
        "timeout", "gone", "unavailable", "ok",
    ]  # fmt: skip


def test_the_collector_whose_turn_it_is_reads_what_is_due_once(sites: Sites) -> None:
    pages.want([watching.flagged()])
    assert sites.collect() == Counter({"read.ok": 1})
    row = Page.objects.get()
    assert (row.code, row.tries, row.next_at) == ("ok", 1, None)
    assert SENTENCE.strip() in row.text
    assert sites.asked == ["/robots.txt", "/a"]
