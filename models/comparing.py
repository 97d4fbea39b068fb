"""Whether one of two models ranks the same items worse."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score

from models.figures import Interval

ROUNDS = 500
FEWEST = 10
"""Items of each kind below which an average precision says nothing."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Average precision of two models on the same items, and the new one's less the old one's,
    each with its 95 % interval. `items` counts both kinds."""

    positives: int
    items: int
    old: Interval
    new: Interval
    difference: Interval


def compare(
    rel: Sequence[int],
    old: Sequence[float],
    new: Sequence[float],
    groups: Sequence[str],
    seed: int = 20261121,
) -> Comparison | None:
    """Two models' scores of the same labelled items (`rel` 2 or 0).

    `groups`: what belongs together (articles of one case): whole groups are drawn again, in
    ROUNDS rounds, both models on the same draw (paired bootstrap: Efron & Tibshirani 1993). None
    where there are fewer than FEWEST items of either kind.
    """
    truth = np.asarray(rel) == 2
    if min(truth.sum(), (~truth).sum()) < FEWEST:
        return None
    scores = np.asarray([old, new], float)
    _names, member = np.unique(np.asarray(groups), return_inverse=True)
    rows = [np.flatnonzero(member == group) for group in range(int(member.max()) + 1)]
    drawn = _draws(truth, scores, rows, np.random.default_rng(seed))
    once = [_average_precision(truth, score) for score in scores]
    return Comparison(
        positives=int(truth.sum()),
        items=len(truth),
        old=_interval(once[0], drawn[:, 0]),
        new=_interval(once[1], drawn[:, 1]),
        difference=_interval(once[1] - once[0], drawn[:, 1] - drawn[:, 0]),
    )


def _draws(
    truth: NDArray[np.bool_],
    scores: NDArray[np.float64],
    rows: list[NDArray[np.int64]],
    random: np.random.Generator,
) -> NDArray[np.float64]:
    """Rounds x 2 average precisions, of draws that hold both kinds."""
    found = []
    for _round in range(ROUNDS):
        picked = random.integers(len(rows), size=len(rows))
        these = np.concatenate([rows[group] for group in picked])
        if 0 < truth[these].sum() < len(these):
            found.append([_average_precision(truth[these], score[these]) for score in scores])
    return np.asarray(found)


def _average_precision(truth: NDArray[np.bool_], score: NDArray[np.float64]) -> float:
    return float(average_precision_score(truth, score))


def _interval(value: float, drawn: NDArray[np.float64]) -> Interval:
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Interval(round(value, 4), round(float(low), 4), round(float(high), 4))
