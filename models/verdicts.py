"""One trigger and one severity from all margins of both machines: softmax over a few numbers.

The margins of single answers do not add up to a choice among them: how often each trigger is, and
which are mistaken for which, is learnt here from answers to items not seen.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

STRENGTH = 0.03
BORDERLINE = 0.15
"""What a borderline item counts beside a flashpoint."""
SEED = 20261121


@dataclass(frozen=True)
class Chooser:
    """`weights`: classes x margins; `bias`: one per class."""

    classes: tuple[str, ...]
    weights: NDArray[np.float64]
    bias: NDArray[np.float64]

    def choose(self, margins: Floats) -> NDArray[np.str_]:
        """The likeliest class per row."""
        best = (margins @ self.weights.T + self.bias).argmax(axis=1)
        return np.array([self.classes[at] for at in best], dtype=str)


def beside(words: Floats, vectors: Floats) -> Floats:
    """Margins of lines, triggers and severities of both machines in one row; a row that the encoder
    was not asked for (NaN) shows the words' twice."""
    return np.hstack([words[:, 1:], np.where(np.isnan(vectors), words, vectors)[:, 1:]])


def fit(margins: Floats, truth: NDArray[np.str_], rel: NDArray[np.int_]) -> Chooser:
    """From margins of items not seen; borderline ones (rel 1) count little, others not at all."""
    # They take seconds to import: for training only.
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    about = np.flatnonzero(rel >= 1)
    model = make_pipeline(
        StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=1000, random_state=SEED)
    )
    importance = np.where(rel[about] == 2, 1.0, BORDERLINE)
    model.fit(margins[about], truth[about], logisticregression__sample_weight=importance)
    scale, last = model[0], model[1]
    weights = last.coef_ / scale.scale_
    bias = last.intercept_ - weights @ scale.mean_
    return Chooser(tuple(str(name) for name in last.classes_), weights, bias)


def out_of_fold(
    margins: Floats, truth: NDArray[np.str_], rel: NDArray[np.int_], folds: NDArray[np.int_]
) -> NDArray[np.str_]:
    """The choice for every item of a fold by a chooser that saw none of it."""
    told = np.full(len(truth), "", dtype=truth.dtype)
    for fold in np.unique(folds[folds >= 0]):
        there = np.flatnonzero((folds != fold) & (folds >= 0))
        here = np.flatnonzero(folds == fold)
        told[here] = fit(margins[there], truth[there], rel[there]).choose(margins[here])
    return told
