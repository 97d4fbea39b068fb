"""When to try again, and when to give up. Pure."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

WAITS = tuple(
    timedelta(seconds=s) for s in (1, 5, 20, 60, 180, 600, 1800, 3600, 3600, 3600, 3600, 3600)
)
"""Between the attempts at something that may heal by itself: given up after about six hours."""

POISON_WAITS = (timedelta(seconds=1), timedelta(seconds=10))
"""Between the attempts at something that looks like a fault of the event or of our code."""

LONGEST_ASKED = timedelta(hours=6)
"""What the other side may ask of us at most: it must not hold a mail for ever."""


class Transient(Exception):
    """It failed now and may succeed later. `after`: how long the other side asks us to wait."""

    def __init__(self, why: str, after: timedelta | None = None) -> None:
        super().__init__(why)
        self.after = after


MAY_HEAL = (Transient, ConnectionError, TimeoutError)
"""Failures of a net or a neighbour; whatever else is raised looks like poison."""


def wait(attempt: int, error: BaseException) -> timedelta | None:
    """How long to wait after the `attempt`-th failure (from 1); None: give up, bury it."""
    waits = WAITS if isinstance(error, MAY_HEAL) else POISON_WAITS
    if attempt > len(waits):
        return None
    asked = getattr(error, "after", None) if isinstance(error, Transient) else None
    return max(min(asked, LONGEST_ASKED), waits[attempt - 1]) if asked else waits[attempt - 1]


@dataclass
class Breaker:
    """Stops a line for a while when much of it fails, so that a broken dependency does not send
    a whole backlog through its retries into the dead letters.

    It opens when at least `least` of the last `window` outcomes are there and `share` of them
    failed; `pause` grows from 1 s to a minute while it keeps failing.
    """

    window: int = 20
    least: int = 10
    share: float = 0.7
    pause: timedelta = timedelta(seconds=1)
    _outcomes: deque[bool] = field(default_factory=deque)
    _until: datetime | None = None

    def note(self, worked: bool, now: datetime) -> None:
        """Takes one outcome in."""
        self._outcomes.append(worked)
        while len(self._outcomes) > self.window:
            self._outcomes.popleft()
        failed = self._outcomes.count(False)
        enough = len(self._outcomes) >= self.least
        if not worked and enough and failed >= self.share * len(self._outcomes):
            self._until = now + self.pause
            self.pause = min(self.pause * 2, timedelta(minutes=1))
            self._outcomes.clear()
        elif worked and failed == 0:
            self.pause = timedelta(seconds=1)

    def open_until(self, now: datetime) -> datetime | None:
        """Until when the line stands still; None when it runs."""
        return self._until if self._until and self._until > now else None
