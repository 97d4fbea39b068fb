"""The one time line of a case: what is done, where we are, and how long each hop took."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rrmm.web import words

Stop = tuple[str, datetime | None]
"""A name and when it was reached; None for what is still to come."""


@dataclass(frozen=True)
class Step:
    """One stop as drawn. `state`: done, running (done, the next is open), now, planned."""

    name: str
    at: datetime | None
    state: str
    hop: str = ""
    note: str = ""


def clock(stops: Sequence[Stop], now: datetime, waits: str = "") -> list[Step]:
    """Turn stops in flow order into steps.

    The first stop not reached is "now" and carries `waits`. A stop that was passed over (a case
    opened by hand has no first article) is left out.
    """
    last = max((n for n, (_name, at) in enumerate(stops) if at), default=-1)
    kept = [stop for n, stop in enumerate(stops) if stop[1] or n > last]
    return [_step(kept, n, now, waits) for n in range(len(kept))]


def _step(stops: Sequence[Stop], n: int, now: datetime, waits: str) -> Step:
    name, at = stops[n]
    if at is None:
        reached = n == 0 or stops[n - 1][1] is not None
        return Step(name, None, "now" if reached else "planned", note=waits if reached else "")
    if n + 1 == len(stops):
        return Step(name, at, "done")
    after = stops[n + 1][1]
    hop = words.span((after or now) - at)
    return Step(name, at, "done" if after else "running", hop)
