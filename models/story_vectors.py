"""The stories' vectors: what their articles' vectors add up to, and which are nearest to one.

Vectors are kept in whole grains of 1/2048 (what half precision keeps of them), so that sums are
exact (up to 8,000 articles in one story) and adding and taking back leave nothing behind. The
nearest are looked for among the open stories' directions in the encoder's strongest axes
(`story_space.npz`, made by `models.story_learn`), a block of articles at a time; what is found is
compared in full.
"""

import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Grains = NDArray[np.int16]

GRAIN = 2048.0
SPACE = Path(__file__).parent / "data" / "story_space.npz"
BLOCK = 64
FLOOR = 0.35
"""Cosine, in the strongest axes, below which a story is not near."""


class Encoded(NamedTuple):
    """A unit vector in grains, and what of it lies along the strongest axes."""

    whole: Grains
    narrow: Grains


@cache
def axes(size: int) -> Floats:
    """Axes x size: the strongest of the default encoder, or all where the size is another's."""
    with np.load(SPACE, allow_pickle=False) as kept:
        found = kept["axes"].astype(np.float32)
    return found if found.shape[1] == size else np.eye(size, dtype=np.float32)


def encoded(vectors: Sequence[Floats | Sequence[float] | None]) -> list[Encoded | None]:
    """Unit vectors as they are kept; None for none, and for one of zeros."""
    told = [at for at, vector in enumerate(vectors) if vector is not None and np.any(vector)]
    found: list[Encoded | None] = [None] * len(vectors)
    if told:
        whole = np.stack([np.asarray(vectors[at], np.float32) for at in told])
        narrow = whole @ axes(whole.shape[1]).T
        rows = zip(_grains(whole), _grains(narrow), strict=True)
        for at, (one, other) in zip(told, rows, strict=True):
            found[at] = Encoded(one, other)
    return found


def _grains(vectors: Floats) -> Grains:
    found: Grains = np.rint(vectors * GRAIN).astype(np.int16)
    return found


class Vectors:
    """Rows of sums, one for each story with a vector. `add` and `take` are each the inverse."""

    def __init__(self) -> None:
        self.rows: dict[str, int] = {}
        self._names: list[str] = []
        self._free: list[int] = []
        self._counts: list[int] = []
        self._sums: Floats = np.zeros((0, 0), np.float32)
        self._narrow: Floats = np.zeros((0, 0), np.float32)
        self._near: Floats = np.zeros((0, 0), np.float32)
        self._squares: Floats = np.zeros(0, np.float32)
        self._changed: dict[int, None] = {}
        self._ahead: dict[int, tuple[Floats, Floats]] = {}

    def add(self, story: str, vector: Encoded) -> None:
        """Add an article's vector to a story's sum. ValueError for another size than the rest."""
        row = self.rows.get(story)
        if row is None:
            row = self._row(story, vector)
        self._counts[row] += 1
        self._sums[row] += vector.whole
        self._narrow[row] += vector.narrow
        self._turn(row)

    def take(self, story: str, vector: Encoded) -> None:
        """Take an article's vector out of a story's sum."""
        row = self.rows[story]
        self._counts[row] -= 1
        self._sums[row] -= vector.whole
        self._narrow[row] -= vector.narrow
        self._turn(row)
        if not self._counts[row]:
            del self.rows[story]
            self._free.append(row)

    def cosines(self, stories: Sequence[str], vector: Encoded) -> dict[str, float]:
        """With the sums of those of the stories that have a vector."""
        told = [story for story in stories if story in self.rows]
        if not told or len(vector.whole) != self._sums.shape[1]:
            return {}
        rows = [self.rows[story] for story in told]
        one = vector.whole.astype(np.float32)
        squares = self._squares[rows] * np.dot(one, one)
        found = self._sums[rows] @ one / np.sqrt(np.maximum(squares, 1.0))
        return dict(zip(told, found.tolist(), strict=True))

    def look(self, vectors: Sequence[Encoded]) -> None:
        """Compare a block of articles (BLOCK at most) at once with all that stands now; `nearest`
        corrects for what has changed since."""
        self._changed, self._ahead = {}, {}
        if vectors and self.rows and len(vectors[0].whole) == self._sums.shape[1]:
            there = len(self._names)
            narrow = np.stack([_unit(vector.narrow) for vector in vectors])
            scores = np.empty((len(vectors), there + BLOCK), np.float32)
            scores[:, there:] = 0.0
            np.matmul(narrow, self._near[:there].T, out=scores[:, :there])
            for vector, row, one in zip(vectors, scores, narrow, strict=True):
                self._ahead[id(vector)] = row, one

    def nearest(self, vector: Encoded, most: int) -> list[str]:
        """The stories nearest to a vector, nearest first; about: the strongest axes decide."""
        if not self.rows or len(vector.whole) != self._sums.shape[1]:
            return []
        scores, narrow = self._ahead.get(id(vector), (_NOTHING, _NOTHING))
        if len(scores) < len(self._names):
            scores = self._near[: len(self._names)] @ _unit(vector.narrow)
        elif self._changed:
            changed = list(self._changed)
            scores[changed] = self._near[changed] @ narrow
        rows = np.flatnonzero(scores >= _floor(scores, most))
        found = [
            (score, self._names[row])
            for score, row in zip(scores[rows].tolist(), rows.tolist(), strict=True)
        ]
        found.sort(reverse=True)
        return [name for _score, name in found[:most]]

    def _row(self, story: str, vector: Encoded) -> int:
        size = len(vector.whole)
        if not self.rows and size != self._sums.shape[1]:
            self._names, self._free, self._counts = [], [], []
            self._sums = np.zeros((64, size), np.float32)
            self._narrow = np.zeros((64, len(vector.narrow)), np.float32)
            self._near = np.zeros_like(self._narrow)
            self._squares = np.zeros(64, np.float32)
        if size != self._sums.shape[1]:
            raise ValueError(f"a vector of {size} numbers among those of {self._sums.shape[1]}")
        if self._free:
            row = self._free.pop()
            self._names[row] = story
        else:
            row = len(self._names)
            self._names.append(story)
            self._counts.append(0)
            if row == len(self._sums):
                self._sums, self._narrow, self._near = (
                    np.concatenate([kept, np.zeros_like(kept)])
                    for kept in (self._sums, self._narrow, self._near)
                )
                self._squares = np.concatenate([self._squares, np.zeros_like(self._squares)])
        self.rows[story] = row
        return row

    def _turn(self, row: int) -> None:
        self._near[row] = _unit(self._narrow[row])
        self._squares[row] = np.dot(self._sums[row], self._sums[row])
        self._changed[row] = None


_NOTHING: Floats = np.zeros(0, np.float32)


def _floor(scores: Floats, most: int) -> float:
    """What the `most` best reach, at the least: the best of as many heaps reach it."""
    heaps = len(scores) // 64
    if heaps < most:
        return FLOOR
    best = scores[: 64 * heaps].reshape(64, heaps).max(axis=0)
    return max(FLOOR, float(np.partition(best, heaps - most)[heaps - most]))


def _unit(vector: NDArray[Any]) -> Floats:
    found = vector.astype(np.float32)
    length = math.sqrt(float(np.dot(found, found)))
    return found / np.float32(length) if length else found
