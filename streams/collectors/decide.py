"""When a feed is polled next, and how its failures are graded; pure: clock and chance come in."""

from dataclasses import dataclass
from datetime import datetime, timedelta

SHORTEST = 60.0
LONGEST = 6 * 3600.0
"""Bounds of the interval between polls of a healthy feed, seconds."""
FIRST = 300
PUSHED = 1800.0
"""Shortest interval while a hub pushes: polling is then only a check on the hub."""
JITTER = 0.1
"""Share of the interval by which a poll comes earlier or later."""
LONGEST_WAIT = timedelta(days=1)
"""What a server may ask of us at most with Retry-After."""
MOVES_NEEDED = 3
"""Polls in a row that must be sent to the same new place before the address is changed."""
UNCONDITIONAL_AFTER = timedelta(days=7)
"""After 304 for so long we ask once for the whole document: some servers lie."""
GAP = timedelta(hours=2)
"""No good answer for so long (and three intervals): what comes next is backfill."""

SOFT, TEMPORARY, HARD = "soft", "temporary", "hard"
GRADES = {
    # the net had a hiccup, or theirs did: soon again
    "timeout": SOFT,
    "connection": SOFT,
    "dns": SOFT,
    "cut_off": SOFT,
    "server_error": SOFT,
    "parser_lost": SOFT,
    "parser_failed": SOFT,
    "internal": SOFT,
    # the server asks for patience
    "too_many_requests": TEMPORARY,
    "unavailable": TEMPORARY,
    "empty": TEMPORARY,
}
"""Every code that is not here is hard: it stays until somebody changes something."""

_BACKOFF = {  # seconds: first wait, longest wait
    SOFT: (60.0, 6 * 3600.0),
    TEMPORARY: (900.0, 12 * 3600.0),
    HARD: (3600.0, 24 * 3600.0),
}
_SLOW = ((timedelta(days=30), 7 * 86400.0), (timedelta(days=7), 86400.0))
"""Failing for so long: waiting at least so many seconds. A feed is never given up by itself."""


@dataclass(frozen=True, slots=True)
class Pace:
    """interval_s: what the feed's yield asks for; wait_s: seconds until the next poll."""

    interval_s: int
    wait_s: float


@dataclass(frozen=True, slots=True)
class Setback:
    """What a failure means: its grade, how long to wait, whether the feed is muted (410)."""

    grade: str
    wait_s: float
    muted: bool = False


def pace(interval_s: int, new: int, floor_s: int, pushed: bool, chance: float) -> Pace:
    """After a good answer that brought `new` articles.

    The interval is halved for a feed that brings several, shortened for one or two, and grows
    by a quarter when there was nothing; `floor_s` is the server's wish (ttl, max-age), honoured
    up to LONGEST; `chance` in [0, 1) spreads the polls.
    """
    factor = 0.5 if new > 2 else 0.75 if new else 1.25
    interval = min(max(interval_s * factor, SHORTEST), LONGEST)
    wait = max(interval, min(floor_s, LONGEST), PUSHED if pushed else 0)
    return Pace(round(interval), wait * (1 + JITTER * (2 * chance - 1)))


def setback(code: str, failures: int, lasting: timedelta, retry_s: float, chance: float) -> Setback:
    """After a failure.

    failures: in a row, this one included; lasting: since the first of them; retry_s: what the
    server asked for (0: nothing). Waits double from failure to failure up to the grade's limit;
    a feed that fails for a week is asked daily, for a month weekly.
    """
    grade = GRADES.get(code, HARD)
    first, longest = _BACKOFF[grade]
    wait = min(first * 2 ** min(failures - 1, 12), longest)
    slow = next((seconds for since, seconds in _SLOW if lasting >= since), 0.0)
    wait = max(wait, slow) * (1 + JITTER * (2 * chance - 1))
    wait = max(wait, min(retry_s, LONGEST_WAIT.total_seconds()))
    return Setback(grade, wait, muted=code == "gone")


def is_backfill(last_fetched_at: datetime | None, interval_s: int, now: datetime) -> bool:
    """Whether this is the first answer of a feed, or the first after a gap (law 17)."""
    if last_fetched_at is None:
        return True
    return now - last_fetched_at > max(GAP, timedelta(seconds=3 * interval_s))


def wants_whole(last_full_at: datetime | None, now: datetime) -> bool:
    """Whether to leave out the conditions of the request, so that the server cannot say 304."""
    return last_full_at is None or now - last_full_at > UNCONDITIONAL_AFTER


def has_moved(target: str, known: str, moves: int) -> tuple[str, int]:
    """After a good answer reached by permanent redirects only (`target`), or by none ("").

    Gives the target to remember and how often in a row it was seen: from MOVES_NEEDED on the
    feed is asked there.
    """
    if not target:
        return (known, moves) if moves >= MOVES_NEEDED else ("", 0)
    return target, moves + 1 if target == known else 1
