"""What the classifier counts in a text: words, pieces of words, pairs, ideas, pairs of ideas.

A text is a set of units (its distinct words, neighbouring pairs, ideas and pairs of ideas). A
unit has features with weights; the text's vector is the sum over its units, divided by the
length that the units would have if they were at right angles. Since the sum runs over units, a
linear model's answer for a unit can be kept, and pieces of words cost nothing at run time.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import TypeAlias

import numpy as np
from scipy import sparse

from models.taxonomy import Taxonomy
from models.text import han_grams, is_han, plain, words

PIECES = (3, 4, 5)
LONGEST_WORD = 24
PIECE, PAIR, IDEA, IDEAS = 0.3, 0.9, 3.0, 2.0
"""Weight of a feature of each kind against a word's 1; chosen on the development split."""

Matrix: TypeAlias = sparse.csr_matrix


def units(text: str, taxonomy: Taxonomy) -> list[str]:
    """The distinct units of a text, in order: "w:word", "b:word word", "c:idea", "d:idea idea"."""
    found: dict[str, None] = {}
    ideas: set[str] = set()
    before = ""
    for word in words(text):
        if is_han(word):
            found.update(dict.fromkeys(f"w:{gram}" for gram in han_grams(word)))
        else:
            bare = plain(word)
            found[f"w:{bare}"] = None
            if before:
                found[f"b:{before} {bare}"] = None
                ideas |= taxonomy.of_pair(before, bare)
            before = bare
        ideas |= taxonomy.of_word(word)
    found.update(dict.fromkeys(f"c:{idea}" for idea in sorted(ideas)))
    found.update(dict.fromkeys(f"d:{a} {b}" for a, b in combinations(sorted(ideas), 2)))
    return list(found)


def features(unit: str) -> Iterator[tuple[str, float]]:
    """Features of one unit with their weights: a word also shows its pieces."""
    kind, name = unit[0], unit[2:]
    if kind != "w":
        yield unit, {"b": PAIR, "c": IDEA, "d": IDEAS}[kind]
        return
    yield unit, 1.0
    yield from ((piece, PIECE) for piece in pieces(name))


def pieces(word: str) -> list[str]:
    """The distinct pieces of a word, as features ("p:piece"); none of a very short one."""
    if is_han(word) or len(word) < PIECES[0]:
        return []
    edged = f"<{word[:LONGEST_WORD]}>"
    size = len(edged) + 1
    found = [f"p:{edged[i : i + n]}" for n in PIECES for i in range(size - n)]
    return list(dict.fromkeys(found))


class Vocabulary:
    """The features a model knows, with their inverse document frequencies."""

    def __init__(self, names: Sequence[str], idf: np.ndarray) -> None:
        self.names = list(names)
        self.idf = idf.astype(np.float32)
        self.index = {name: i for i, name in enumerate(self.names)}

    def rows(self, wanted: Iterable[str]) -> tuple[Matrix, np.ndarray]:
        """Units x features: what each unit is made of; and the squared length of each unit.

        A word's unknown features count for its length (as rare ones), so that a text of a
        language never trained on is not judged by its two known words alone.
        """
        columns: list[int] = []
        values: list[float] = []
        unknown: list[float] = []
        ends = [0]
        for unit in wanted:
            foreign = 0.0
            for name, weight in features(unit):
                if (column := self.index.get(name)) is not None:
                    columns.append(column)
                    values.append(weight)
                elif unit[0] == "w":
                    foreign += weight * weight
            ends.append(len(columns))
            unknown.append(foreign)
        data = np.asarray(values, np.float32) * self.idf[columns]
        shape = (len(ends) - 1, len(self.names))
        made_of = sparse.csr_matrix((data, np.asarray(columns, np.int32), ends), shape=shape)
        squares = np.asarray(made_of.multiply(made_of).sum(axis=1)).ravel()
        return made_of, (squares + np.asarray(unknown)).astype(np.float32)


def learn(texts: Sequence[list[str]], least: int = 3) -> Vocabulary:
    """The features that at least `least` texts have (each text given by its units)."""
    seen: Counter[str] = Counter()
    cache: dict[str, tuple[str, ...]] = {}
    for text in texts:
        present: set[str] = set()
        for unit in text:
            if unit not in cache:
                cache[unit] = tuple(name for name, _ in features(unit))
            present.update(cache[unit])
        seen.update(present)
    kept = sorted(name for name, count in seen.items() if count >= least)
    counts = np.asarray([seen[name] for name in kept], np.float32)
    idf = np.log((1 + len(texts)) / (1 + counts)) / np.log(1 + len(texts))
    return Vocabulary(kept, idf)


def vectors(texts: Sequence[list[str]], vocabulary: Vocabulary) -> Matrix:
    """Texts x features, each row divided by the root of its units' squared lengths."""
    numbers: dict[str, int] = {}
    columns: list[int] = []
    ends = [0]
    for text in texts:
        columns.extend(numbers.setdefault(unit, len(numbers)) for unit in text)
        ends.append(len(columns))
    ones = np.ones(len(columns), np.float32)
    incidence = sparse.csr_matrix((ones, columns, ends), shape=(len(texts), len(numbers)))
    made_of, squares = vocabulary.rows(numbers)
    norms = np.sqrt(np.maximum(incidence @ squares, 1e-12))
    return sparse.csr_matrix(sparse.diags(1 / norms) @ (incidence @ made_of))
