"""A small WebSub hub (W3C Recommendation, 23 January 2018) that talks to this machine only."""

import asyncio
import hashlib
import hmac
import ipaddress
import logging
import secrets
import time
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import aiohttp

from streams.collectors.demo.press import Document, Press

log = logging.getLogger(__name__)
LEASE = 86_400
SHORTEST, LONGEST = 60, 864_000
"""Seconds of a lease."""
TRIES = (0.0, 1.0, 2.0, 4.0)
"""Seconds to wait before each try of a verification or a push."""
_GONE = {404, 410}


class Refused(ValueError):
    """The request is not one that this hub takes; the message says why."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a subscriber asks for; checked, not verified yet."""

    mode: str
    outlet: str
    topic: str
    callback: str
    lease: int
    secret: str


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A verified subscription; `until` is monotonic time in seconds."""

    secret: str
    until: float


class Hub:
    """Keeps who wants which feed, and pushes to them. `address` is the hub's own."""

    def __init__(self, press: Press, address: str) -> None:
        self.press = press
        self.address = address
        self._subscribers: dict[tuple[str, str], Subscriber] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None

    def take(self, form: Mapping[str, str]) -> None:
        """Takes a request; its intent is verified afterwards. Raises Refused."""
        self._spawn(self._verify(read_wish(form, self.press)))

    def publish(self, outlet: str) -> None:
        """Pushes the outlet's document as it stands to everybody who wants it."""
        now = time.monotonic()
        self._subscribers = {k: one for k, one in self._subscribers.items() if one.until > now}
        for (topic, callback), one in self._subscribers.items():
            if topic == self.press.feed_url(outlet):
                self._spawn(self._push(outlet, callback, one))

    def wanted(self, outlet: str) -> int:
        """How many subscribers an outlet has."""
        topic = self.press.feed_url(outlet)
        return sum(wanted == topic for wanted, _ in self._subscribers)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=5)
            self._session = aiohttp.ClientSession(timeout=timeout, trust_env=False)
        return self._session

    async def _verify(self, wish: Wish) -> None:
        challenge = secrets.token_urlsafe(24)
        if not await self._echoes(wish, challenge):
            log.info("demo hub: %s of %s was not verified", wish.mode, wish.outlet)
            return
        key = (wish.topic, wish.callback)
        if wish.mode == "unsubscribe":
            self._subscribers.pop(key, None)
            return
        self._subscribers[key] = Subscriber(wish.secret, time.monotonic() + wish.lease)
        if self.press.has_news(wish.outlet):
            await self._push(wish.outlet, wish.callback, self._subscribers[key])

    async def _echoes(self, wish: Wish, challenge: str) -> bool:
        address = with_query(wish, challenge)
        for wait in TRIES:
            await asyncio.sleep(wait)
            try:
                async with self._client().get(address, allow_redirects=False) as answer:
                    said = await answer.content.read(200)
            except (aiohttp.ClientError, TimeoutError):
                continue
            if 200 <= answer.status < 300:
                return hmac.compare_digest(said, challenge.encode())
            if answer.status in _GONE:
                return False
        return False

    async def _push(self, outlet: str, callback: str, subscriber: Subscriber) -> None:
        document = self.press.document(outlet)
        headers = self._headers(outlet, document, subscriber.secret)
        for wait in TRIES:
            await asyncio.sleep(wait)
            try:
                async with self._client().post(
                    callback, data=document.body, headers=headers, allow_redirects=False
                ) as answer:
                    status = answer.status
            except (aiohttp.ClientError, TimeoutError):
                continue
            if status in _GONE:
                self._subscribers.pop((self.press.feed_url(outlet), callback), None)
            if status in _GONE or 200 <= status < 300:
                return
        log.info("demo hub: a push of %s was not taken", outlet)

    def _headers(self, outlet: str, document: Document, secret: str) -> dict[str, str]:
        own = self.press.feed_url(outlet)
        headers = {
            "Content-Type": document.content_type,
            "Link": f'<{self.address}>; rel="hub", <{own}>; rel="self"',
        }
        if secret:
            signature = hmac.new(secret.encode(), document.body, hashlib.sha256).hexdigest()
            headers["X-Hub-Signature"] = f"sha256={signature}"
        return headers


def read_wish(form: Mapping[str, str], press: Press) -> Wish:
    """The form of a subscription request (section 5.1), checked. Raises Refused."""
    mode, topic = form.get("hub.mode", ""), form.get("hub.topic", "")
    callback, secret = form.get("hub.callback", ""), form.get("hub.secret", "")
    if mode not in {"subscribe", "unsubscribe"}:
        raise Refused("hub.mode must be subscribe or unsubscribe")
    found = [one.slug for one in press.scenario.outlets if press.feed_url(one.slug) == topic]
    if not found:
        raise Refused("hub.topic is not a feed of this server")
    if not is_here(callback):
        raise Refused("hub.callback must be an http address of this machine")
    if len(secret.encode()) >= 200:
        raise Refused("hub.secret must be shorter than 200 bytes")
    given = form.get("hub.lease_seconds", "") or str(LEASE)
    if not (given.isascii() and given.isdigit() and len(given) < 12):
        raise Refused("hub.lease_seconds must be a number")
    lease = min(max(int(given), SHORTEST), LONGEST)
    return Wish(mode, found[0], topic, callback, lease, secret)


def is_here(callback: str) -> bool:
    """Whether an address lies on this machine's loopback (or is named localhost)."""
    try:
        parts = urlsplit(callback)
        host = parts.hostname or ""
        return parts.scheme == "http" and (
            host == "localhost" or ipaddress.ip_address(host).is_loopback
        )
    except ValueError:
        return False


def with_query(wish: Wish, challenge: str) -> str:
    """The callback with the parameters of the verification (section 5.3) beside its own."""
    parts = urlsplit(wish.callback)
    query = [
        *parse_qsl(parts.query, keep_blank_values=True),
        ("hub.mode", wish.mode),
        ("hub.topic", wish.topic),
        ("hub.challenge", challenge),
        ("hub.lease_seconds", str(wish.lease)),
    ]
    return urlunsplit(parts._replace(query=urlencode(query), fragment=""))
