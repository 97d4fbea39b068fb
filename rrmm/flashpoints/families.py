"""Which article each copy is a copy of: those with the same words tell of the same event. Pure."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

RUN = 5
"""Characters of a run: short enough for scripts without spaces."""
READ = 400
"""Characters of an article that are read."""
ALIKE = 0.3
"""Least share of runs in common; the clusterer, which called it a copy, asked for more."""


@dataclass(frozen=True, slots=True)
class Told:
    """An article of a story: its words, and whether it has none of its own."""

    id: Hashable
    words: str
    language: str
    is_copy: bool


def originals(story: Sequence[Told]) -> dict[Hashable, Hashable]:
    """copy -> the article of the story whose words it has; a copy of none is left out."""
    holders: dict[tuple[str, str], list[int]] = defaultdict(list)
    sizes: dict[int, int] = {}
    for at, told in enumerate(story):
        if not told.is_copy:
            runs = _runs(told.words)
            sizes[at] = len(runs)
            for run in runs:
                holders[told.language, run].append(at)
    found: dict[Hashable, Hashable] = {}
    for told in story:
        nearest = _nearest(told, holders, sizes) if told.is_copy else None
        if nearest is not None:
            found[told.id] = story[nearest].id
    return found


def _nearest(
    copy: Told, holders: dict[tuple[str, str], list[int]], sizes: dict[int, int]
) -> int | None:
    runs = _runs(copy.words)
    shared = Counter(at for run in runs for at in holders.get((copy.language, run), ()))
    alike = {at: n / (len(runs) + sizes[at] - n) for at, n in shared.items()}
    if not alike:
        return None
    best = max(alike, key=lambda at: (alike[at], -at))
    return best if alike[best] >= ALIKE else None


def _runs(words: str) -> set[str]:
    text = " ".join(words[:READ].casefold().split())
    return {text[at : at + RUN] for at in range(max(1, len(text) - RUN + 1))}
