"""Which articles of a decided case become examples: a few own voices, from every language."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

A_LANGUAGE = 3
"""Articles of one language at most: more of the same event teach the same again."""
A_CASE = 8


class Told(Protocol):
    """What the choice looks at of a flagged article; `flashpoints.models.Flag` has it."""

    is_copy: bool
    language: str
    owner: str
    outlet: str
    lines: list[str]

    @property
    def published_at(self) -> datetime: ...


T = TypeVar("T", bound=Told)


def representative(flags: Iterable[T], lines: Sequence[str]) -> list[T]:
    """At most A_CASE articles that stand for a case with these fault lines, earliest first.

    Copies never; one article of an owner and language; those that share no fault line with the
    case (grouped with it by mistake, perhaps) never where others do.
    """
    own = [flag for flag in flags if not flag.is_copy]
    fitting = [flag for flag in own if set(flag.lines) & set(lines)] or own
    picked: list[T] = []
    seen: set[tuple[str, str]] = set()
    languages: Counter[str] = Counter()
    for flag in sorted(fitting, key=lambda flag: flag.published_at):
        who = (flag.language, flag.owner or flag.outlet)
        if who in seen or languages[flag.language] >= A_LANGUAGE:
            continue
        seen.add(who)
        languages[flag.language] += 1
        picked.append(flag)
    return _from_every_language(picked)


def _from_every_language(picked: list[T]) -> list[T]:
    """Cut to A_CASE by rounds: the first article of each language, then the second..."""
    turn: Counter[str] = Counter()
    ranked = []
    for flag in picked:
        turn[flag.language] += 1
        ranked.append((turn[flag.language], flag.published_at, flag))
    ranked.sort(key=lambda one: one[:2])
    kept = [flag for _turn, _at, flag in ranked[:A_CASE]]
    return sorted(kept, key=lambda flag: flag.published_at)
