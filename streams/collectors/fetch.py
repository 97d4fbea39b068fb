"""Fetches feeds: conditional, capped, guarded, one at a time per host."""

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

import aiohttp
from aiohttp.abc import AbstractResolver

from streams.collectors import guard, headers
from streams.collectors.failures import Failed, code_of, named
from streams.collectors.hosts import Host, Turn
from streams.collectors.inflate import Bomb, Inflater, TooBig, Unreadable
from streams.plain import storable

MOST_BYTES = 10_000_000
HOPS = 5
REDIRECTS = {301, 302, 303, 307, 308}
PERMANENT = {301, 308}
ACCEPT = (
    "application/atom+xml, application/rss+xml, application/rdf+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1"
)


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds and numbers that keep us polite and safe."""

    agent: str = "RRMM"
    allow: tuple[guard.Pair, ...] = ()
    total_s: float = 30.0
    idle_s: float = 10.0
    connect_s: float = 10.0
    host_gap_s: float = 1.0
    together: int = 64
    most_bytes: int = MOST_BYTES


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: an address and what we know of its last answer."""

    url: str
    etag: str = ""
    last_modified: str = ""
    body_hash: bytes = b""
    accept: str = ACCEPT
    follow: bool = True
    """False: a redirect is the answer (code elsewhere, url its target)."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """One answer, or why there was none.

    code: ok (there is a body to parse), unchanged, or a failure's code; status: of HTTP, 0 where
    no answer came; url: where the answer came from; moved_to: the new address when permanent
    redirects alone led there; retry_s: what the server asks for; floor_s: from max-age.
    """

    code: str
    url: str
    status: int = 0
    body: bytes = b""
    body_hash: bytes = b""
    size: int = 0
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""
    moved_to: str = ""
    retry_s: float = 0.0
    floor_s: int = 0
    hub: str = ""
    topic: str = ""
    detail: str = ""
    ms: int = 0


class Fetcher:
    """One guarded HTTP client for the whole collector. Use as an async context manager."""

    def __init__(self, limits: Limits, resolver: AbstractResolver | None = None) -> None:
        self._limits = limits
        self._resolver = resolver
        self._hosts: dict[str, Host] = {}
        self._together = asyncio.Semaphore(limits.together)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        limits = self._limits
        connector = aiohttp.TCPConnector(
            socket_factory=guard.socket_factory(limits.allow),
            resolver=self._resolver,
            limit=limits.together,
            ttl_dns_cache=300,
            keepalive_timeout=30.0,  # several feeds of one host come one after the other
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            trust_env=False,
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": limits.agent, "Accept-Encoding": "gzip, deflate"},
            timeout=aiohttp.ClientTimeout(
                total=limits.total_s, sock_connect=limits.connect_s, sock_read=limits.idle_s
            ),
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def fetch(self, wanted: Wanted) -> Fetched:
        """One poll. Never raises for what a server does."""
        try:
            host = guard.check_url(wanted.url)
        except guard.BadAddress as error:
            return Fetched("bad_address", wanted.url, detail=str(error)[:200])
        async with self._turn(host), self._together:
            started = time.perf_counter()
            found = await self._safely(wanted)
            ms = round((time.perf_counter() - started) * 1000)
        return _timed(found, ms)

    async def post(self, url: str, form: dict[str, str]) -> int:
        """Sends a form through the same guard; the status. Raises Failed."""
        try:
            guard.check_url(url)
            async with (
                asyncio.timeout(self._limits.total_s),
                self._client().post(url, data=form, allow_redirects=False) as answer,
            ):
                return answer.status
        except Exception as error:
            raise Failed(*named(error)) from error

    @property
    def agent(self) -> str:
        """How we name ourselves."""
        return self._limits.agent

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("use the Fetcher as an async context manager")
        return self._session

    def _turn(self, host: str) -> "Turn":
        ours = host in {name for name, _ in self._limits.allow}
        return Turn(self._hosts, host, 0.0 if ours else self._limits.host_gap_s)

    async def _safely(self, wanted: Wanted) -> Fetched:
        try:
            async with asyncio.timeout(self._limits.total_s):
                return await self._follow(wanted)
        except Failed as failed:
            return Fetched(
                failed.code,
                wanted.url,
                status=failed.status,
                retry_s=failed.retry_s,
                detail=failed.detail[:200],
            )
        except Exception as error:  # whatever a server can make aiohttp raise
            code, detail = named(error)
            return Fetched(code, wanted.url, detail=detail)

    async def _follow(self, wanted: Wanted) -> Fetched:
        url, seen, permanent = wanted.url, [wanted.url], True
        for _hop in range(HOPS + 1):
            async with self._client().get(
                url, headers=_conditions(wanted), allow_redirects=False
            ) as answer:
                if answer.status not in REDIRECTS:
                    moved_to = url if permanent and url != wanted.url else ""
                    return await self._answer(wanted, answer, url, moved_to)
                permanent = permanent and answer.status in PERMANENT
                url = _target(url, answer)
                if not wanted.follow:
                    return Fetched("elsewhere", url, status=answer.status)
                if url in seen:
                    raise Failed("redirect_loop", f"back to {url}"[:200], answer.status)
                seen.append(url)
        raise Failed("too_many_redirects", f"more than {HOPS}", 302)

    async def _answer(
        self, wanted: Wanted, answer: aiohttp.ClientResponse, url: str, moved_to: str
    ) -> Fetched:
        now = datetime.now(UTC)
        given = answer.headers
        if answer.status == 304:
            return Fetched(
                "unchanged",
                url,
                status=304,
                moved_to=moved_to,
                etag=wanted.etag,
                last_modified=wanted.last_modified,
                body_hash=wanted.body_hash,
                floor_s=headers.max_age(given.get("Cache-Control", "")),
            )
        if answer.status != 200:
            raise Failed(
                code_of(answer.status),
                status=answer.status,
                retry_s=headers.retry_after(given.get("Retry-After", ""), now),
            )
        body = await self._body(answer)
        mark = blake2b(body, digest_size=16).digest()
        links = headers.links(given.getall("Link", []))
        same = mark == wanted.body_hash
        return Fetched(
            "unchanged" if same else "ok",
            url,
            status=200,
            body=b"" if same else body,
            body_hash=mark,
            size=len(body),
            content_type=given.get("Content-Type", "")[:200],
            etag=storable(given.get("ETag", ""), 500),
            last_modified=headers.last_modified(given.get("Last-Modified", ""), now),
            moved_to=moved_to,
            floor_s=headers.max_age(given.get("Cache-Control", "")),
            hub=storable(links.get("hub", "")),
            topic=storable(links.get("self", "")),
        )

    async def _body(self, answer: aiohttp.ClientResponse) -> bytes:
        most = self._limits.most_bytes
        try:
            if (answer.content_length or 0) > most:
                raise TooBig
            inflater = Inflater(answer.headers.get("Content-Encoding", ""), most)
            async for piece in answer.content.iter_any():
                inflater.add(piece)
            return inflater.body()
        except TooBig as error:
            raise Failed("too_big", f"more than {most // 1_000_000} MB", 200) from error
        except Bomb as error:
            raise Failed("bomb", "compressed beyond reason", 200) from error
        except Unreadable as error:
            raise Failed("bad_answer", str(error)[:200], 200) from error


def _conditions(wanted: Wanted) -> dict[str, str]:
    asked = {"Accept": wanted.accept}
    if wanted.etag:
        asked["If-None-Match"] = wanted.etag
    if wanted.last_modified:
        asked["If-Modified-Since"] = wanted.last_modified
    return asked


def _target(url: str, answer: aiohttp.ClientResponse) -> str:
    target = urljoin(url, answer.headers.get("Location", "")).partition("#")[0]
    if not answer.headers.get("Location"):
        raise Failed("bad_redirect", "no Location", answer.status)
    try:
        guard.check_url(target)
    except guard.BadAddress as error:
        raise Failed("bad_redirect", str(error), answer.status) from error
    return target


def _timed(found: Fetched, ms: int) -> Fetched:
    object.__setattr__(found, "ms", ms)  # not yet handed out
    return found
