"""WebSub (W3C 2018): hubs are asked to push, checked, renewed; without them we poll."""

import asyncio
import hashlib
import hmac
import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from streams import wake
from streams.collectors import guard
from streams.collectors.failures import Failed
from streams.collectors.fetch import MOST_BYTES, Fetcher
from streams.collectors.limits import from_settings
from streams.collectors.models import Feed, Inbox, WebSubState
from streams.plain import storable
from streams.tally import count

LEASE = timedelta(days=10)
LONGEST_LEASE = timedelta(days=90)
RENEW_BEFORE = timedelta(days=1)
ASK_AGAIN = timedelta(hours=6)
"""After a hub did not verify, or refused."""
AT_ONCE = 20
"""Hubs asked in one round."""
WAITING = 1000
"""Documents that may wait for the collector; more are refused, and polling brings them later."""
METHODS = {"sha1", "sha256", "sha384", "sha512"}


# --- asking -------------------------------------------------------------------------------------


def renew() -> int:
    """Asks the hubs of all feeds whose subscription is missing or ends soon; how many."""
    waiting = claim()
    return asyncio.run(_ask_all(waiting)) if waiting else 0


def claim() -> list[Feed]:
    """Feeds whose hub is to be asked now, marked as asked, so that nobody asks twice."""
    now = timezone.now()
    ending = Q(websub_lease_until_at__lt=now + RENEW_BEFORE) | ~Q(websub_state=WebSubState.LIVE)
    rested = Q(websub_asked_at__isnull=True) | Q(websub_asked_at__lt=now - ASK_AGAIN)
    feeds = Feed.objects.filter(ending, rested, active=True, muted_at__isnull=True)
    wanted = feeds.exclude(hub_url="").order_by("websub_asked_at")[: AT_ONCE * 5]
    mine = [feed for feed in wanted if may_ask(feed.hub_url) and _mark(feed)]
    return mine[:AT_ONCE]


def _mark(feed: Feed) -> bool:
    now, live = timezone.now(), feed.websub_state == WebSubState.LIVE
    values = {
        "websub_asked_at": now,
        "websub_token": feed.websub_token or secrets.token_urlsafe(16),
        "websub_secret": feed.websub_secret or secrets.token_urlsafe(32),
        "websub_state": WebSubState.LIVE if live else WebSubState.ASKED,
    }
    same = Feed.objects.filter(pk=feed.pk, websub_asked_at=feed.websub_asked_at)
    for name, value in values.items():
        setattr(feed, name, value)
    return bool(same.update(**values))


def may_ask(hub: str) -> bool:
    """Whether the hub could reach us at all: from a private address only hubs next to us can."""
    host = urlsplit(settings.BASE_URL).hostname or ""
    try:
        parts = urlsplit(hub)
        here = (parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
        guard.check_url(hub)
    except ValueError:
        return False
    if here in set(settings.COLLECT_ALLOW):
        return True
    named = host != "localhost" and not _is_literal(host)
    return named or guard.is_public(host)


def _is_literal(host: str) -> bool:
    return host.replace(".", "").isdigit() or ":" in host


async def _ask_all(feeds: Sequence[Feed]) -> int:
    from asgiref.sync import sync_to_async

    async with Fetcher(from_settings()) as fetcher:
        answers = await asyncio.gather(*(ask(fetcher, feed) for feed in feeds))
    await sync_to_async(note_answers)(list(zip(feeds, answers, strict=True)))
    return len(feeds)


async def ask(fetcher: Fetcher, feed: Feed) -> str:
    """Sends the subscription; "" when the hub took it, else why not."""
    form = {
        "hub.mode": "subscribe",
        "hub.topic": topic_of(feed),
        "hub.callback": callback_of(feed),
        "hub.secret": feed.websub_secret,
        "hub.lease_seconds": str(int(LEASE.total_seconds())),
    }
    try:
        status = await fetcher.post(feed.hub_url, form)
    except Failed as failed:
        return failed.code
    return "" if 200 <= status < 300 else f"HTTP {status}"


def note_answers(answers: Sequence[tuple[Feed, str]]) -> None:
    """Writes down what the hubs said; a refused feed is polled as before."""
    for feed, problem in answers:
        count("websub.asked")
        values: dict[str, str] = {"websub_error": problem}
        if problem:
            count("websub.hub_failed")
            values["websub_state"] = WebSubState.REFUSED
        Feed.objects.filter(pk=feed.pk).update(**values)


def callback_of(feed: Feed) -> str:
    """The address that the hub calls: unguessable, and never written to a log."""
    path = reverse("hooks:websub", args=[feed.pk, feed.websub_token])
    return settings.BASE_URL.rstrip("/") + path


def topic_of(feed: Feed) -> str:
    """The topic under which the hub knows the feed."""
    return feed.topic_url or feed.url


# --- what hubs send -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pushed:
    """A document as a hub posted it, with its X-Hub-Signature header."""

    body: bytes
    content_type: str = ""
    signature: str = ""


def verify(feed_id: uuid.UUID, token: str, asked: Mapping[str, str]) -> str | None:
    """The challenge to echo when we did ask for this (WebSub 5.3), else None."""
    feed = _feed(feed_id, token)
    if feed is None or not hmac.compare_digest(
        asked.get("hub.topic", "").encode(), topic_of(feed).encode()
    ):
        count("websub.unknown")
        return None
    if asked.get("hub.mode") == "denied":
        why = storable(f"denied {asked.get('hub.reason', '')}".strip(), 200)
        Feed.objects.filter(pk=feed.pk).update(websub_state=WebSubState.REFUSED, websub_error=why)
        count("websub.denied")
        return ""
    challenge = asked.get("hub.challenge", "")
    if asked.get("hub.mode") != "subscribe" or not challenge:
        return None  # an unsubscription is never asked for
    Feed.objects.filter(pk=feed.pk).update(
        websub_state=WebSubState.LIVE,
        websub_lease_until_at=timezone.now() + _lease(asked.get("hub.lease_seconds", "")),
        websub_error="",
    )
    count("websub.verified")
    return challenge


def _lease(seconds: str) -> timedelta:
    given = timedelta(seconds=int(seconds[:10])) if seconds.isdecimal() else LEASE
    return min(given, LONGEST_LEASE)


def receive(feed_id: uuid.UUID, token: str, pushed: Pushed) -> int:
    """Puts a pushed document into the inbox, where the collector finds it at once.

    Not parsed here: the web process must stay quick. Gives the HTTP status to answer with. A
    wrong signature is answered with 202 too, and dropped, as WebSub 7.1 asks.
    """
    feed = _feed(feed_id, token)
    if feed is None:
        count("websub.unknown")
        return 404
    if not feed.active or feed.muted_at:
        return 410
    if len(pushed.body) > MOST_BYTES:
        count("websub.too_big")
        return 413
    if not is_signed(pushed, feed.websub_secret):
        count("websub.bad_signature")
        return 202
    if Inbox.objects.count() >= WAITING:
        count("websub.inbox_full")
        return 503
    return 202 if _laid_down(feed, pushed) else 410


def _laid_down(feed: Feed, pushed: Pushed) -> bool:
    """Whether it is in the inbox: the feed may have been removed while its hub spoke."""
    try:
        _lay_down(feed, pushed)
    except IntegrityError:
        count("websub.unknown")
        return False
    return True


def _lay_down(feed: Feed, pushed: Pushed) -> None:
    with transaction.atomic():
        content_type = pushed.content_type[:200]
        Inbox.objects.create(feed=feed, body=pushed.body, content_type=content_type)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_notify(%s, '')", [wake.INBOX])
        count("websub.received")


def is_signed(pushed: Pushed, secret: str) -> bool:
    """Whether the signature was made with our secret: method=hex (WebSub 7.1)."""
    method, _, given = pushed.signature.strip().partition("=")
    if not secret or method not in METHODS:
        return False
    right = hmac.new(secret.encode(), pushed.body, getattr(hashlib, method)).hexdigest()
    return hmac.compare_digest(right.encode(), given.strip().lower().encode("utf-8", "replace"))


def _feed(feed_id: uuid.UUID, token: str) -> Feed | None:
    feed = Feed.objects.filter(pk=feed_id).first()
    if feed is None or not feed.websub_token:
        return None
    return feed if hmac.compare_digest(feed.websub_token.encode(), token.encode()) else None
