"""Margins of many texts at once, with what each word adds remembered from text to text."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from scipy import sparse

from models.artifacts import Weights
from models.features import features
from models.taxonomy import Taxonomy
from models.text import han_grams, is_han, plain, words

REMEMBERED = 150_000
"""Words kept; then the memory starts afresh (about 12 MB at 18 outputs)."""


class Scorer:
    """A linear model applied unit by unit; equal to `features.vectors(...) @ weights`."""

    def __init__(self, model: Weights, taxonomy: Taxonomy) -> None:
        self._model = model
        self._taxonomy = taxonomy
        vocabulary = model.vocabulary
        self._idf: list[float] = vocabulary.idf.tolist()
        fixed = [name for name in vocabulary.names if name[0] in "bcd"]
        self._fixed = {name[2:] if name[0] == "b" else name: i for i, name in enumerate(fixed)}
        made_of, squares = vocabulary.rows(fixed)
        self._first = len(fixed)
        self._table = np.zeros((self._first + REMEMBERED, len(model.outputs) + 1), np.float32)
        self._table[: self._first] = np.column_stack([made_of @ model.weights, squares])
        self._known: dict[str, tuple[tuple[int, ...], str, frozenset[str]]] = {}
        self._rows: dict[str, int] = {}
        self._used = self._first

    def margins(self, texts: Sequence[str]) -> np.ndarray:
        """Texts x outputs: the linear model's answers before calibration."""
        columns: list[int] = []
        ends = [0]
        if self._used + _room(texts) > len(self._table):
            self._forget()
        for text in texts:
            columns.extend(self.units(text))
            ends.append(len(columns))
        ones = np.ones(len(columns), np.float32)
        shape = (len(texts), len(self._table))
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

    def row(self, unit: str) -> int:
        """The table's row of a unit; -1 if the model knows nothing of it."""
        if unit[0] == "w":
            return self._row(unit[2:])
        return self._fixed.get(unit[2:] if unit[0] == "b" else unit, -1)

    def answers(self, rows: Sequence[int]) -> np.ndarray:
        """Rows x (outputs + 1): what units add to each output, and their squared lengths."""
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
            self._answer(bare, self._table[row])
        return row

    def _answer(self, bare: str, into: np.ndarray) -> None:
        """Write what one word adds to each output, and its squared length."""
        vocabulary, idf = self._model.vocabulary, self._idf
        columns: list[int] = []
        values: list[float] = []
        square = 0.0
        for name, weight in features(f"w:{bare}"):
            column = vocabulary.index.get(name)
            value = weight if column is None else weight * idf[column]
            square += value * value
            if column is not None:
                columns.append(column)
                values.append(value)
        into[:-1] = np.asarray(values, np.float32) @ self._model.weights[columns]
        into[-1] = square

    def _forget(self) -> None:
        self._known.clear()
        self._rows.clear()
        self._used = self._first


def _room(texts: Sequence[str]) -> int:
    """Rows that these texts could need at most: a word, or two per Chinese character."""
    return sum(2 * min(len(text), 1200) for text in texts)
