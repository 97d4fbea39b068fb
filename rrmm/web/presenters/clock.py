"""The one time line of a case: what is done, where we are, and how long each hop took."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

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
    hop = words.span(max(0, int(((after or now) - at).total_seconds())))
    return Step(name, at, "done" if after else "running", hop)


GOAL_YES = timedelta(minutes=60)
"""From the flag to the first yes: what we want to hold (design, the clock of a case)."""


@dataclass(frozen=True)
class Told:
    """The steps, and what they add up to: `good` and `late` are judgements, mostly empty."""

    steps: list[Step]
    words: str
    good: str = ""
    late: str = ""


def told(timeline: Any, case: Any, mobilisation: Any, now: datetime) -> Told:
    """The clock of a case. timeline: `rrmm.flashpoints.queries.Timeline`; mobilisation may be None.

    An undecided case counts up from its first article; a decided one names the hop to the first
    yes against its goal.
    """
    at = {hop.code: hop.at for hop in timeline.hops}
    steps = clock([(hop.label, hop.at) for hop in timeline.hops], now, _waits(mobilisation, now))
    start, yes = at.get("article") or at.get("flagged"), at.get("yes")
    if start is None:
        return Told(steps, "")
    if yes is None:
        open_now = case.state in {"new", "held", "confirmed"}
        said = _("%(span)s since the first article.") if at.get("article") else _("%(span)s open.")
        return Told(steps, said % {"span": words.span(now - start)} if open_now else "")
    spent = yes - start
    said = _("%(span)s to the first yes, goal %(goal)s.")
    judged = said % {"span": words.span(spent), "goal": words.span(GOAL_YES)}
    good = spent <= GOAL_YES
    return Told(steps, "", good=judged if good else "", late="" if good else judged)


def _waits(mobilisation: Any, now: datetime) -> str:
    """What the first open stop waits for."""
    if mobilisation is None:
        return _("now: to be decided")
    if mobilisation.state == "preparing":
        return _("at %(time)s") % {"time": words.clock(mobilisation.hold_until, now)}
    return _("now: people are asked") if mobilisation.state == "asking" else ""
