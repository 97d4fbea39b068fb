"""What the watch strip says: measured numbers only, read at most every two seconds by a process."""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from django.utils import timezone

from rrmm.accounts import queries as accounts
from rrmm.web import blind, words
from streams import queries as flow
from streams.collectors import queries as collected
from streams.mail import queries as outgoing

KEEP_SECONDS = 2.0
FRESH = timedelta(minutes=10)


@dataclass(frozen=True)
class Watch:
    """One reading. silent, quiet: groups of sources (country and language) that brought nothing
    for a day, or much less than usual; without: countries and territories that have no source;
    learning: what is usual is not known yet."""

    at: datetime
    sources: int = 0
    alive: int = 0
    articles: int = 0
    newest_at: datetime | None = None
    mails_waiting: int = 0
    dead: int = 0
    duty: list[str] = field(default_factory=list)
    duty_short: str = ""
    silent: int = 0
    quiet: int = 0
    without: int = 0
    learning: bool = False

    @property
    def fresh(self) -> bool:
        """Whether an article arrived lately enough for the dot to breathe."""
        return self.newest_at is not None and self.at - self.newest_at < FRESH


class _Kept:
    at: float = float("-inf")
    reading: Watch | None = None
    lock = Lock()


def read() -> Watch:
    """The current reading; at most KEEP_SECONDS old."""
    with _Kept.lock:
        if _Kept.reading is None or time.monotonic() - _Kept.at > KEEP_SECONDS:
            _Kept.reading, _Kept.at = _measure(), time.monotonic()
        return _Kept.reading


def forget() -> None:
    """The next `read` measures anew (after a change that the reader has just made)."""
    _Kept.reading = None
    blind.forget()


def _measure() -> Watch:
    on_duty = accounts.on_duty()
    feeds, box, dark = collected.health(), outgoing.outbox(), blind.read()
    return Watch(
        at=timezone.now(),
        sources=feeds.feeds - feeds.off,
        alive=feeds.answering,
        articles=feeds.articles_today,
        newest_at=feeds.newest_at,
        mails_waiting=box.waiting,
        dead=flow.buried_count(),
        duty=[words.person(user) for user in on_duty],
        duty_short=", ".join(words.short_person(user) for user in on_duty[:3]),
        silent=len(dark.of("silent")),
        quiet=len(dark.of("quiet")),
        without=len(dark.whole),
        learning=dark.learning,
    )
