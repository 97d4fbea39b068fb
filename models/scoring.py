"""Margins of many texts at once, with what each word adds remembered from text to text."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from scipy import sparse

from models.artifacts import Weights
from models.features import PIECE, pieces
from models.taxonomy import Taxonomy
from models.text import LIMIT, han_grams, is_han, plain, words

REMEMBERED = 150_000
"""Words kept; then the memory starts afresh (about 12 MB at 18 outputs)."""


class Scorer:
    """A linear model applied unit by unit; equal to `features.vectors(...) @ weights`."""

    def __init__(self, model: Weights, taxonomy: Taxonomy) -> None:
        self._model = model
        self._taxonomy = taxonomy
        vocabulary = model.vocabulary
        fixed = [name for name in vocabulary.names if name[0] in "bcd"]
        self._fixed = {name[2:] if name[0] == "b" else name: i for i, name in enumerate(fixed)}
        made_of, squares = vocabulary.rows(fixed)
        self._first = len(fixed)
        self._table = np.zeros((self._first + REMEMBERED, len(model.outputs) + 1), np.float32)
        self._table[: self._first] = np.column_stack([made_of @ model.weights, squares])
        self._known: dict[str, tuple[tuple[int, ...], str, frozenset[str]]] = {}
        self._rows: dict[str, int] = {}
        self._used = self._filled = self._first
        self._waiting: list[str] = []
        """Words whose rows of the table, from `_filled` on, are not written yet."""

    def margins(self, texts: Sequence[str]) -> np.ndarray:
        """Texts x outputs: the linear model's answers before calibration."""
        found: list[np.ndarray] = []
        columns: list[int] = []
        ends = [0]
        for text in texts:
            if self._is_full(text):
                found.append(self._margins(columns, ends))
                columns, ends = [], [0]
                self._forget()
            columns.extend(self.units(text))
            ends.append(len(columns))
        return np.concatenate([*found, self._margins(columns, ends)])

    def _margins(self, columns: list[int], ends: list[int]) -> np.ndarray:
        self._fill()
        ones = np.ones(len(columns), np.float32)
        shape = (len(ends) - 1, len(self._table))
        sums = sparse.csr_matrix((ones, columns, ends), shape=shape) @ self._table
        norms = np.sqrt(np.maximum(sums[:, -1:], 1e-12))
        return np.asarray(sums[:, :-1] / norms + self._model.bias, dtype=np.float64)

    def units(self, text: str) -> set[int]:
        """Rows of the table that the text's units have."""
        rows: set[int] = set()
        ideas: set[str] = set()
        before = ""
        known, fixed = self._known, self._fixed
        openings, taxonomy = self._taxonomy.openings, self._taxonomy
        for word in words(text):
            entry = known.get(word) or self._meet(word)
            rows.update(entry[0])
            if entry[2]:
                ideas |= entry[2]
            bare = entry[1]
            if not bare:
                continue
            if before:
                pair = fixed.get(f"{before} {bare}")
                if pair is not None:
                    rows.add(pair)
                if before in openings:
                    ideas |= taxonomy.of_pair(before, bare)
            before = bare
        if ideas:
            ordered = sorted(ideas)
            names = [f"c:{idea}" for idea in ordered]
            names += [f"d:{a} {b}" for a, b in combinations(ordered, 2)]
            rows.update(fixed[name] for name in names if name in fixed)
        return rows

    def make_room(self, text: str) -> None:
        """Call it before asking for the rows of a text's units: they stay until the next call."""
        if self._is_full(text):
            self._forget()

    def row(self, unit: str) -> int:
        """The table's row of a unit; -1 if the model knows nothing of it."""
        if unit[0] == "w":
            return self._row(unit[2:])
        return self._fixed.get(unit[2:] if unit[0] == "b" else unit, -1)

    def answers(self, rows: Sequence[int]) -> np.ndarray:
        """Rows x (outputs + 1): what units add to each output, and their squared lengths."""
        self._fill()
        return self._table[np.asarray(rows, np.int64)]

    def _meet(self, word: str) -> tuple[tuple[int, ...], str, frozenset[str]]:
        ideas = self._taxonomy.of_word(word)
        if is_han(word):
            entry = (tuple(self._row(gram) for gram in han_grams(word)), "", ideas)
        else:
            bare = plain(word)
            entry = ((self._row(bare),), bare, ideas)
        self._known[word] = entry
        return entry

    def _row(self, bare: str) -> int:
        row = self._rows.get(bare)
        if row is None:
            row = self._rows[bare] = self._used
            self._used += 1
            self._waiting.append(bare)
        return row

    def _fill(self) -> None:
        """Write what the new words add to each output, and their squared lengths: all at once,
        because the smallest product costs as much as looking up all pieces of a word."""
        if not self._waiting:
            return
        vocabulary = self._model.vocabulary
        index = vocabulary.index.get
        columns: list[int] = []
        weights: list[float] = []
        unknown = np.zeros(len(self._waiting))
        ends = [0]
        for at, bare in enumerate(self._waiting):
            names = pieces(bare)
            known = [column for name in names if (column := index(name)) is not None]
            unknown[at] = (len(names) - len(known)) * PIECE**2
            columns += known
            weights += [PIECE] * len(known)
            if (column := index(f"w:{bare}")) is None:
                unknown[at] += 1
            else:
                columns.append(column)
                weights.append(1.0)
            ends.append(len(columns))
        data = np.asarray(weights, np.float32) * vocabulary.idf[columns]
        shape = (len(self._waiting), len(vocabulary.names))
        made_of = sparse.csr_matrix((data, np.asarray(columns, np.int32), ends), shape=shape)
        table = self._table[self._filled : self._used]
        table[:, :-1] = made_of @ self._model.weights
        table[:, -1] = unknown + np.asarray(made_of.multiply(made_of).sum(axis=1)).ravel()
        self._filled = self._used
        self._waiting = []

    def _is_full(self, text: str) -> bool:
        """Whether the text's words might not fit any more: one each, or two per Chinese letter."""
        return self._used + 2 * min(len(text), LIMIT) > len(self._table)

    def _forget(self) -> None:
        self._known.clear()
        self._rows.clear()
        self._waiting.clear()
        self._used = self._filled = self._first
