"""Is a challenger worse than the champion? The rule, pure; `queries.replays` puts it in words."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

ENOUGH_HOURS = 20.0
"""Between the first and the last article of a replay: "at least a day", minus a day's edges."""
FLOOD = 1.5
"""A challenger that flags more than this many times as much floods the desk..."""
DROUGHT = 0.5
"""...one that flags less than this share of it may see less."""
ENOUGH_FLAGS = 20
"""Flags of the champion in a language below which numbers of flags prove nothing."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Articles of one language: read, flagged by both, by the champion alone, by the challenger
    alone; and in how many that both flag something else changed."""

    language: str
    items: int = 0
    both: int = 0
    only_old: int = 0
    only_new: int = 0
    lines: int = 0
    trigger: int = 0
    severity: int = 0
    place: int = 0

    @property
    def old(self) -> int:
        return self.both + self.only_old

    @property
    def new(self) -> int:
        return self.both + self.only_new


@dataclass(frozen=True, slots=True)
class Ranking:
    """How much lower or higher the challenger's average precision is in a language ("" for all),
    with the 95 % interval of the difference; `held_out`: as both models' own reports say."""

    language: str
    old: float
    new: float
    low: float
    high: float
    held_out: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """What a replay saw. `lost`: numbers of confirmed cases of which the champion flags an article
    and the challenger none."""

    hours: float
    tallies: Sequence[Tally] = ()
    lost: Sequence[str] = ()
    rankings: Sequence[Ranking] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """Why a challenger is worse: lost, lower, floods or dries."""

    code: str
    language: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def findings(seen: Seen) -> tuple[Finding, ...]:
    """Everything that speaks against the challenger; none means: not worse.

    Lost: it loses a confirmed case. Lower: its average precision in a language, or in all, is
    significantly lower (the whole interval lies below 0). Floods, dries: in a language in which
    the champion flags enough to compare, it flags too much more or too much less.
    """
    found = []
    if seen.lost:
        found.append(Finding("lost", detail={"cases": list(seen.lost), "n": len(seen.lost)}))
    found += [
        Finding("lower", one.language, {"old": one.old, "new": one.new, "held_out": one.held_out})
        for one in seen.rankings
        if one.high < 0
    ]
    for tally in seen.tallies:
        told = {"old": tally.old, "new": tally.new}
        if max(tally.old, tally.new) >= ENOUGH_FLAGS and tally.new > FLOOD * max(tally.old, 1):
            found.append(Finding("floods", tally.language, told))
        elif tally.old >= ENOUGH_FLAGS and tally.new < DROUGHT * tally.old:
            found.append(Finding("dries", tally.language, told))
    return tuple(found)


def long_enough(seen: Seen) -> bool:
    """Whether the replay read about a day of articles at least."""
    return seen.hours >= ENOUGH_HOURS
