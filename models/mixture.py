"""How much words and how much the encoder say, per group of languages, as log-odds in the stream.

Words are counted best where many labels are; the encoder carries what it learnt in one language
over to others; in languages that it does not know it is not asked. Each group has its own weights
and its own bias, held near the common ones where it has little data of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.fitting import around

Floats = NDArray[np.floating[Any]]

HELD = 20.0
"""How firmly a group is held near the common weights: as by about so many items."""

GROUPS = ("en", "de", "ar", "near", "far")
"""Languages with many labels of their own; `near`: others that the encoder knows; `far`: the
rest."""
BLIND = frozenset({"hi", "bn", "ur", "fa", "he"})
"""Languages of `far` in whose letters the encoder was never taught: words alone answer."""


def group_of(language: str, known: frozenset[str]) -> str:
    """The group of an ISO 639-1 code; known: the encoder's languages."""
    if language in GROUPS:
        return language
    return "near" if language in known else "far"


@dataclass(frozen=True)
class Weights:
    """Log-odds = words * its margin + encoder * its margin + bias."""

    words: float
    encoder: float
    bias: float


@dataclass(frozen=True)
class Mixture:
    """`both`: per group where both answered; `alone`: per group where words alone did."""

    both: Mapping[str, Weights]
    alone: Mapping[str, Weights]

    def odds(self, groups: Sequence[str], words: Floats, encoder: Floats) -> NDArray[np.float64]:
        """Log-odds per row; `encoder` is NaN where it was not asked."""
        asked = ~np.isnan(encoder)
        table = np.array(
            [
                _row((self.both if there else self.alone)[group])
                for group, there in zip(groups, asked, strict=True)
            ]
        ).reshape(len(groups), 3)
        other = np.where(asked, encoder, 0.0)
        return np.asarray(table[:, 0] * words + table[:, 1] * other + table[:, 2], np.float64)


def _row(weights: Weights) -> tuple[float, float, float]:
    return weights.words, weights.encoder, weights.bias


def fit(
    groups: Sequence[str], words: Floats, encoder: Floats, rel: NDArray[np.int_], weight: Floats
) -> Mixture:
    """From margins of items that the machines had not seen.

    The mixture is chosen on all labelled items, flashpoints against the rest; slope and bias are
    then set on the drawn ones (`weight` > 0) that are clearly one or the other, so that the odds
    are those of the stream, its borderline items left out: as in every figure.
    """
    names = np.asarray(groups)
    both = np.column_stack([words, encoder, np.ones(len(words))])
    alone = np.column_stack([words, np.zeros(len(words)), np.ones(len(words))])
    return Mixture(_fitted(names, both, rel, weight), _fitted(names, alone, rel, weight))


def _fitted(
    names: NDArray[np.str_], x: Floats, rel: NDArray[np.int_], weight: Floats
) -> dict[str, Weights]:
    truth = rel == 2
    # A borderline item is neither: it counts a third, as not a flashpoint.
    counts = np.where(rel == 1, 0.33, 1.0)
    start = np.array([1.0, 0.7 if x[:, 1].any() else 0.0, 0.0])
    common = around(x, truth, counts, start, 1e-3)
    drawn = (weight > 0) & (rel != 1)
    stream = np.where(drawn, weight, 0.0) / weight[drawn].mean()
    line = _line(x @ common, truth, stream, np.array([1.0, 0.0]), 1e-3)
    found = {}
    for name in GROUPS:
        here = names == name
        own = around(x[here], truth[here], counts[here], common, HELD) if here.any() else common
        shares = stream[here] / max(float(stream[here].mean()), 1e-12) if here.any() else stream
        margin = x[here] @ own
        slope, offset = _line(margin, truth[here], shares, line, HELD) if here.any() else line
        if name == "far":
            slope, offset = line
        found[name] = Weights(*(float(v) for v in slope * own + np.array([0.0, 0.0, offset])))
    return found


def _line(
    margin: Floats, truth: NDArray[np.bool_], weight: Floats, centre: Floats, held: float
) -> Floats:
    """Slope and offset from margin to log-odds (Platt 1999), near `centre`."""
    return around(np.column_stack([margin, np.ones(len(margin))]), truth, weight, centre, held)
