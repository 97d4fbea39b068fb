"""What one poll changes about its feed; pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from streams.collectors import decide
from streams.collectors.fetch import Fetched
from streams.collectors.parse import KEY, Parsed

GOOD = {"ok", "unchanged"}
COLUMNS = (
    "etag", "last_modified", "body_hash", "window", "parser_trust", "next_at", "interval_s",
    "floor_s", "failures", "failure_class", "failing_since_at", "last_status", "last_error",
    "last_error_detail", "last_tried_at", "last_fetched_at", "last_full_at", "last_new_at",
    "last_article_at", "muted_at", "moved_to", "moves", "hub_url", "topic_url",
)  # fmt: skip
"""What a poll writes of a feed; everything else belongs to staff and hubs."""
PUSHED = ("last_new_at", "last_article_at")
"""What a push writes."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One document, or why there is none. parsed: only where a body was parsed; chance in [0, 1)
    spreads the next poll; pushed: by a hub, then `inbox` is its row."""

    feed: Any
    fetched: Fetched
    now: datetime
    chance: float
    parsed: Parsed | None = None
    inbox: Any = None

    @property
    def pushed(self) -> bool:
        return self.inbox is not None

    @property
    def code(self) -> str:
        """ok, unchanged, or the failure's code (of the document where the answer was good)."""
        return (self.parsed.code if self.parsed else "") or self.fetched.code

    @property
    def detail(self) -> str:
        """More about a failure, in the words of server or parser."""
        text = (self.parsed.detail if self.parsed else "") or self.fetched.detail
        return "".join(c if c.isprintable() else " " for c in text)[:200]

    @property
    def backfill(self) -> bool:
        """Whether what it brought is older news to us (law 17)."""
        return decide.is_backfill(self.feed.last_fetched_at, self.feed.interval_s, self.now)


def advance(arrival: Arrival, new: int) -> dict[str, Any]:
    """The feed's columns that change by this arrival, which brought `new` articles."""
    if arrival.code not in GOOD:
        return _failed(arrival)
    values = _good(arrival, new)
    if arrival.parsed is not None:
        values |= _read(arrival, arrival.parsed)
    return values


def _good(arrival: Arrival, new: int) -> dict[str, Any]:
    now, feed = arrival.now, arrival.feed
    if arrival.pushed:
        return {"last_new_at": now} if new else {}
    fetched = arrival.fetched
    hints = arrival.parsed.hints if arrival.parsed else None
    floor = max(fetched.floor_s, hints.every_s) if hints else feed.floor_s
    pace = decide.pace(feed.interval_s, new, floor, feed.websub_state == "live", arrival.chance)
    target, moves = decide.has_moved(fetched.moved_to, feed.moved_to, feed.moves)
    values = {
        "etag": fetched.etag,
        "last_modified": fetched.last_modified,
        "body_hash": fetched.body_hash,
        "next_at": now + timedelta(seconds=pace.wait_s),
        "interval_s": pace.interval_s,
        "floor_s": floor,
        "failures": 0,
        "failure_class": "",
        "failing_since_at": None,
        "last_status": arrival.code,
        "last_error": "",
        "last_error_detail": "",
        "last_tried_at": now,
        "last_fetched_at": now,
        "moved_to": target[:1000],
        "moves": moves,
    }
    if fetched.status == 200:
        values["last_full_at"] = now
    return values | ({"last_new_at": now} if new else {})


def _read(arrival: Arrival, parsed: Parsed) -> dict[str, Any]:
    feed = arrival.feed
    values: dict[str, Any] = {}
    if not arrival.pushed:
        values["window"] = window(feed.window, parsed.keys)[0]
        values["parser_trust"] = parsed.trust
        values["hub_url"] = (arrival.fetched.hub or parsed.hints.hub)[:1000]
        values["topic_url"] = (arrival.fetched.topic or parsed.hints.topic)[:1000]
    if parsed.newest_at:
        last = feed.last_article_at
        values["last_article_at"] = max(last, parsed.newest_at) if last else parsed.newest_at
    return values


def _failed(arrival: Arrival) -> dict[str, Any]:
    now, feed = arrival.now, arrival.feed
    if arrival.pushed:
        return {}  # a hub's bad document says nothing about the feed
    since = feed.failing_since_at or now
    failures = feed.failures + 1
    back = decide.setback(
        arrival.code, failures, now - since, arrival.fetched.retry_s, arrival.chance
    )
    return {
        "next_at": now + timedelta(seconds=back.wait_s),
        "failures": failures,
        "failure_class": back.grade,
        "failing_since_at": since,
        "last_status": arrival.code,
        "last_error": arrival.code,
        "last_error_detail": arrival.detail,
        "last_tried_at": now,
        "muted_at": now if back.muted and not feed.moves else None,
        "moves": 0,  # where it moved to fails: back to the address that we were given
    }


def window(old: bytes, keys: bytes) -> tuple[bytes, list[int]]:
    """The keys to remember with the feed after a document with `keys`, and those that leave.

    As many older keys stay as the document has entries (at least 50): servers behind one
    address often disagree for a while, and entries come and go.
    """
    present = {keys[at : at + KEY] for at in range(0, len(keys), KEY)}
    earlier = (old[at : at + KEY] for at in range(0, len(old), KEY))
    gone = [key for key in earlier if key not in present]
    keep = max(len(present), 50)
    left = [int.from_bytes(key, "big", signed=True) for key in gone[keep:]]
    return keys + b"".join(gone[:keep]), left


def matters(arrival: Arrival, new: int, dropped: int) -> bool:
    """Whether the feed's history gets a line."""
    ended_a_failure = arrival.code in GOOD and arrival.feed.failures > 0
    return bool(new or dropped or arrival.code not in GOOD or ended_a_failure)
