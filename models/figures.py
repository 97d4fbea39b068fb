"""How well a model sees, in one shape: what training measures and what the page shows."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

FEWEST = 40
"""Flashpoints held out below which a group's figures say too little to be shown alone."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and its 95 % interval (bootstrap over sources' days)."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Group:
    """One stream and language (`line`: or one fault line of all), on items that the measured model
    has not seen. Borderline items count in `with_borderline` only; all is weighed back to the
    stream. `precision`, `recall`: at the threshold; `at_60`, `at_80`: precision at that recall."""

    name: str
    language: str
    positives: int
    items: int
    ap: Interval
    at_60: Interval
    at_80: Interval
    precision: Interval
    recall: Interval
    with_borderline: float = 0.0
    line: str = ""

    @property
    def enough(self) -> bool:
        return self.positives >= FEWEST


@dataclass(frozen=True, slots=True)
class Bin:
    """Items whose score lies from `low` to `high`: what was said, what was, how many of the stream
    (share 0 to 1), borderline ones left out. `borderline`: their share of all with such a score."""

    low: float
    high: float
    said: float
    was: float
    share: float
    borderline: float = 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """`groups`: by stream and language; `lines`: by fault line; `pooled`: everything together.
    `skill`: Brier skill against always saying the true share. `how`: codes of what was done."""

    groups: tuple[Group, ...]
    lines: tuple[Group, ...]
    pooled: Group
    brier: float
    skill: float
    reliability: tuple[Bin, ...]
    lines_f1: float
    trigger: float
    severity: float
    items: int
    made_on: str = ""
    sources: dict[str, int] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        """From `as_dict`, as a model file keeps it. Raises KeyError, TypeError if it is none."""
        return cls(
            **{
                **kept,
                "groups": tuple(_group(row) for row in kept["groups"]),
                "lines": tuple(_group(row) for row in kept["lines"]),
                "pooled": _group(kept["pooled"]),
                "reliability": tuple(Bin(**row) for row in kept["reliability"]),
            }
        )


def _group(row: Mapping[str, Any]) -> Group:
    intervals = ("ap", "at_60", "at_80", "precision", "recall")
    return Group(**{**row, **{name: Interval(**row[name]) for name in intervals}})
