"""Which stage meets which events, and the checks that the whole holds together. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from streams.event import Event

P = TypeVar("P")


class Handler(Protocol[P]):
    """A stage's two halves: usually a module with these two functions.

    `prepare` reads and computes with no transaction open; it may be called again for the same
    events. `apply` runs inside one short transaction that already holds the claim on those
    events; it re-checks what `prepare` relied on, writes, and appends what follows. Either may
    raise: `streams.retry.Transient` (or a database or network error) to be tried again later,
    anything else to be tried a few times and then buried.
    """

    def prepare(self, events: Sequence[Any]) -> P: ...

    def apply(self, prepared: P) -> None: ...


@dataclass(frozen=True, slots=True)
class Stage:
    """One consumer of events.

    name: short and stable (rows of the delivery table carry it).
    handler: dotted path of a module or object with `prepare` and `apply`.
    batch: how many events at most come in one call.
    ordered: whether events of one key must be applied in order.
    within: seconds that a distributed worker waits to fill a batch.
    group: which workers run it, and the consumer group in which they share the messages. Stages
    that may hang (a mail server) get workers of their own, so that they hold up nobody else.
    """

    name: str
    consumes: tuple[type[Event], ...]
    handler: str
    emits: tuple[type[Event], ...] = ()
    batch: int = 1
    ordered: bool = True
    within: float = 0.05
    group: str = "work"


@dataclass(frozen=True, slots=True)
class Topology:
    """All stages. `sources` are the events born outside stages (collectors, web, clock);
    `for_the_record` are those that no stage consumes, on purpose."""

    stages: tuple[Stage, ...]
    sources: frozenset[type[Event]] = frozenset()
    for_the_record: frozenset[type[Event]] = frozenset()
    _consumers: dict[str, tuple[Stage, ...]] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        problems = [*_duplicates(self.stages), *_loose_ends(self)]
        if problems:
            raise TopologyError("; ".join(problems))
        for kind in {event.kind() for stage in self.stages for event in stage.consumes}:
            wanting = tuple(s for s in self.stages if kind in {e.kind() for e in s.consumes})
            self._consumers[kind] = wanting

    def consumers(self, kind: str) -> tuple[Stage, ...]:
        """The stages that meet events of this kind, in flow order."""
        return self._consumers.get(kind, ())

    def stage(self, name: str) -> Stage:
        """The stage of this name; KeyError names the ones there are."""
        for stage in self.stages:
            if stage.name == name:
                return stage
        raise KeyError(f"no stage {name!r}; there are {', '.join(s.name for s in self.stages)}")

    def groups(self) -> list[str]:
        """The groups of workers, in flow order."""
        return list(dict.fromkeys(stage.group for stage in self.stages))

    def of_group(self, group: str) -> list[Stage]:
        """The stages that a group's workers run; KeyError names the groups there are."""
        found = [stage for stage in self.stages if stage.group == group]
        if not found:
            raise KeyError(f"no group {group!r}; there are {', '.join(self.groups())}")
        return found

    def topics(self) -> list[str]:
        """The topics that stages read, in flow order."""
        seen = dict.fromkeys(event.topic for stage in self.stages for event in stage.consumes)
        return list(seen)


class TopologyError(Exception):
    """The flow does not hold together; the message lists every fault."""


def _duplicates(stages: Iterable[Stage]) -> list[str]:
    counts = Counter(stage.name for stage in stages)
    return [f"stage {name!r} is declared {n} times" for name, n in counts.items() if n > 1]


def _loose_ends(topology: Topology) -> list[str]:
    consumed = {event for stage in topology.stages for event in stage.consumes}
    emitted = {event for stage in topology.stages for event in stage.emits} | topology.sources
    never_emitted = [f"{e.kind()} is consumed but nobody emits it" for e in consumed - emitted]
    never_read = emitted - consumed - topology.for_the_record
    unread = [f"{e.kind()} is emitted, nobody consumes it and it is not kept" for e in never_read]
    return sorted(never_emitted) + sorted(unread)
