"""A small flow with everything that can go wrong, for the conformance suite.

Every effect is a row of the trail, written in the claim's transaction: what the suite counts.
"""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from streams import trail
from streams.event import Event
from streams.log import append
from streams.retry import Transient
from streams.topology import Stage, Topology


class Counted(Event):
    """The n-th event of a line. trouble: "", "poison", or "later" (fails for two seconds)."""

    topic = "counted"
    key_field = "line"

    line: str
    n: int
    trouble: str = ""
    work_ms: float = 0.0
    padding: str = ""


class Met(Event):
    """The first stage has met a Counted."""

    topic = "met"
    key_field = "line"

    line: str
    n: int


class _Ordered:
    """Stage `ordered`: one effect an event, in order; troubled ones fail."""

    def prepare(self, events: Sequence[Counted]) -> list[Counted]:
        for event in events:
            if event.work_ms:
                time.sleep(event.work_ms / 1000)
            if event.trouble == "poison":
                raise ValueError("this event is poison")
            if event.trouble == "later" and datetime.now(UTC) < event.at + timedelta(seconds=2):
                raise Transient("not yet")
        return list(events)

    def apply(self, prepared: list[Counted]) -> None:
        for event in prepared:
            trail.note(trail.MACHINE, "ordered.met", event.line, n=event.n)
            append(Met(line=event.line, n=event.n))


class _Second:
    """Stages `loose` and `after`: one effect an event."""

    def __init__(self, name: str) -> None:
        self.name = name

    def prepare(self, events: Sequence[Counted | Met]) -> list[Counted | Met]:
        return list(events)

    def apply(self, prepared: list[Counted | Met]) -> None:
        for event in prepared:
            trail.note(trail.MACHINE, f"{self.name}.met", event.line, n=event.n)


ordered = _Ordered()
loose = _Second("loose")
after = _Second("after")

TOPOLOGY = Topology(
    stages=(
        Stage("ordered", (Counted,), "tests.contracts.flow.ordered", emits=(Met,), batch=20),
        Stage("loose", (Counted,), "tests.contracts.flow.loose", batch=100, ordered=False),
        Stage("after", (Met,), "tests.contracts.flow.after", batch=50),
    ),
    sources=frozenset({Counted}),
)
QUICK = Topology(
    stages=(Stage("loose", (Counted,), "tests.contracts.flow.loose", batch=200, ordered=False),),
    sources=frozenset({Counted}),
)
"""One stage that needs little time, for long backlogs."""
JOBS = ()
