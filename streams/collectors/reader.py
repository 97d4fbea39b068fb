"""Reads the pages of flagged articles: politely, as robots.txt allows, a few at a time."""

import asyncio
import logging
import time
from urllib.parse import urlsplit

from streams.collectors import robots
from streams.collectors.extract import article_of
from streams.collectors.fetch import HOPS, Fetcher, Wanted
from streams.collectors.pages import Due, Outcome
from streams.collectors.robots import Rules

PAGES_TICK = 1.0
"""Seconds between two looks for pages to read."""
TOGETHER = 8
"""Pages read at the same time."""
ROBOTS_KEPT, UNREACHED_KEPT = 24 * 3600.0, 3600.0
"""Seconds for which a robots.txt is believed (a day at most, RFC 9309), and for which a host
stays closed whose robots.txt could not be had."""
MANY = 1000
"""Hosts whose robots.txt is remembered: some 50 KB each."""
RESERVED = (".example", ".invalid", ".test", ".localhost")
"""Invented outlets live there (RFC 2606): nothing is asked of them."""
EXTRACT_S = 20.0
ACCEPT = "text/html, application/xhtml+xml"

log = logging.getLogger(__name__)


class Reader:
    """Remembers robots.txt of the hosts it met."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._rules: dict[str, tuple[float, asyncio.Task[Rules]]] = {}

    async def read(self, due: Due) -> Outcome:
        """One page, whatever it does."""
        try:
            return await self._read(due)
        except Exception:
            log.exception("a page could not be read")
            return Outcome(due.article, "internal")

    async def _read(self, due: Due) -> Outcome:
        url = due.url
        for _hop in range(HOPS + 1):
            if (urlsplit(url).hostname or "").endswith(RESERVED):
                return Outcome(due.article, "reserved")
            rules = await self._rules_of(url)
            if not rules.may(url):
                return Outcome(due.article, "robots" if rules.reached else "robots_unreachable")
            got = await self._fetcher.fetch(Wanted(url, accept=ACCEPT, follow=False))
            if got.code == "elsewhere":
                url = got.url
                continue
            if got.code != "ok":
                return Outcome(due.article, got.code, retry_s=got.retry_s)
            async with asyncio.timeout(EXTRACT_S):
                found = await asyncio.to_thread(article_of, got.body, got.content_type, got.url)
            return Outcome(due.article, *found)
        return Outcome(due.article, "too_many_redirects")

    async def _rules_of(self, url: str) -> Rules:
        """Of the address's host; asked once, also by several pages at the same time."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        now = time.monotonic()
        until, asking = self._rules.get(origin, (0.0, None))
        if asking is None or until < now:
            if len(self._rules) >= MANY:
                self._rules = {k: v for k, v in self._rules.items() if v[0] >= now and k != origin}
            if len(self._rules) >= MANY:
                self._rules.clear()
            asking = asyncio.ensure_future(self._ask(origin))
            self._rules[origin] = (now + ROBOTS_KEPT, asking)
        rules = await asyncio.shield(asking)
        if not rules.reached:
            self._rules[origin] = (min(self._rules[origin][0], now + UNREACHED_KEPT), asking)
        return rules

    async def _ask(self, origin: str) -> Rules:
        got = await self._fetcher.fetch(Wanted(f"{origin}/robots.txt", accept="text/plain"))
        return await asyncio.to_thread(robots.answered, got.status, got.body, self._fetcher.agent)
