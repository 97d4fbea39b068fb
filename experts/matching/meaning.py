"""What people's profiles mean, as an encoder's vectors: near in one part is near. Pure.

A biography names several fields; its mean is near to none of them. So a profile is read in parts
(each sentence, and the whole), and the nearest part counts.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]
Encode = Callable[[Sequence[str]], Floats]
_ENDS = re.compile(r"(?<=[.!?;।。؛۔])\s*")
SHORTEST = 4
MOST_PARTS = 8
LOOKED_AT = 300
"""How many people, the nearest as a whole, are read part by part."""
SHORT = 128
"""Numbers of a vector that are read for everybody: along the axes on which people differ most."""


class Meaning(Protocol):
    """Vectors of texts, wherever they are kept."""

    @property
    def languages(self) -> frozenset[str]:
        """ISO 639-1 codes of the languages in which texts are understood."""
        ...

    def of(self, text: str) -> Floats:
        """The unit vector of one text, float32 of shape (size,); zeros for no words."""
        ...

    def table(self, texts: Sequence[str]) -> tuple[NDArray[np.floating[Any]], Rows]:
        """A table of vectors, in memory or mapped from a file, and the row of each text."""
        ...


@dataclass(frozen=True, slots=True)
class InMemory:
    """Vectors of an encoder, made anew and kept nowhere else."""

    encode: Encode
    languages: frozenset[str]

    def of(self, text: str) -> Floats:
        vector: Floats = self.encode([text])[0]
        return vector

    def table(self, texts: Sequence[str]) -> tuple[NDArray[np.floating[Any]], Rows]:
        once = list(dict.fromkeys(texts))
        where = {text: row for row, text in enumerate(once)}
        return self.encode(once), np.asarray([where[text] for text in texts], np.int64)


class Meant:
    """All profiles by meaning: for the whole a short vector in memory, the parts where they are.

    Everybody is compared by short vectors (principal axes: Hotelling, 1933), a quarter of the
    numbers; who comes near is then compared part by part, in full.
    """

    def __init__(self, meaning: Meaning, told: Iterable[Sequence[str]]) -> None:
        """told: the parts of each profile; the last is the whole."""
        self._meaning = meaning
        texts: list[str] = []
        starts = [0]
        for parts in told:
            texts += parts
            starts.append(len(texts))
        self._starts = np.asarray(starts, np.int64)
        self._table, self._rows = meaning.table(texts)
        whole = self._table[self._rows[self._starts[1:] - 1]].astype(np.float32)
        self._axes = _main_axes(whole)
        self._short = np.ascontiguousarray(whole @ self._axes)

    @property
    def languages(self) -> frozenset[str]:
        """The languages that the encoder knows."""
        return self._meaning.languages

    def near(self, text: str, among: NDArray[np.bool_]) -> Floats:
        """How near everybody is to a text, 0 to 1: the nearest part of the `LOOKED_AT` people
        nearest as a whole, the whole of the others. People not `among` get 0."""
        wanted = self._meaning.of(text)
        near = self._near_as_a_whole(wanted @ self._axes, among)
        count = min(LOOKED_AT, len(near))
        if count:
            first = np.argpartition(-near, count - 1)[:count]
            first = first[among[first]]
        if count and len(first):
            near[first] = np.maximum(near[first], self._nearest_part(wanted, first))
        return np.maximum(near, np.float32(0))

    def _near_as_a_whole(self, wanted: Floats, among: NDArray[np.bool_]) -> Floats:
        rows = np.flatnonzero(among)
        if len(rows) > len(among) // 8:
            whole: Floats = (self._short @ wanted) * among
            return whole
        near = np.zeros(len(among), np.float32)
        near[rows] = self._short[rows] @ wanted
        return near

    def _nearest_part(self, wanted: Floats, people: NDArray[np.int64]) -> Floats:
        low, high = self._starts[people], self._starts[people + 1]
        places = np.concatenate([np.arange(a, b) for a, b in zip(low, high, strict=True)])
        cosines = self._table[self._rows[places]].astype(np.float32, copy=False) @ wanted
        nearest: Floats = np.maximum.reduceat(cosines, np.cumsum(high - low) - (high - low))
        return nearest


def _main_axes(vectors: Floats) -> Floats:
    """The axes, size x at most SHORT, that keep most of the vectors' lengths."""
    _lengths, axes = np.linalg.eigh(vectors.T @ vectors)
    return np.ascontiguousarray(axes[:, ::-1][:, :SHORT])


def parts(text: str, gloss: str = "") -> list[str]:
    """A profile in parts: its sentences, what it says in English where its language is not
    known to the encoder (`gloss`), the whole. At least one; the whole is the last."""
    found = [part.strip() for part in _ENDS.split(text)]
    found = [part for part in found if len(part) >= SHORTEST][:MOST_PARTS]
    whole = gloss or text
    return [*found, whole] if found != [whole] else found
