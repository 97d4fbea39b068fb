"""The two machines of the model, fitted on the same items: one on words, one on vectors."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from models.corpus import INVENTED_WEIGHT, Labelled
from models.features import Matrix, Vocabulary, learn, vectors
from models.kernel import Kernel, Space
from models.taxonomy import taxonomy

SEED = 20261121
WORDS, WORDS_ATTRIBUTES = 4.0, 2.0
"""Inverse strength of regularisation for words: the flashpoint, and its attributes."""
VECTORS, VECTORS_ATTRIBUTES = 5.0, 2.0
BORDERLINE = 0.4
"""A borderline item counts as this much flashpoint and the rest as none."""
SEVERITIES = ("1", "2", "3")

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Texts:
    """All items, read once: their units (`features.units`) and the encoder's vectors."""

    units: list[list[str]]
    vectors: NDArray[np.float32]


@dataclass(frozen=True)
class Machines:
    """Both, fitted. `weights`: features x outputs over `vocabulary`; `bias`: one per output."""

    vocabulary: Vocabulary
    weights: NDArray[np.float32]
    bias: NDArray[np.float64]
    kernel: Kernel

    def words(self, units: list[list[str]]) -> Floats:
        """Items x outputs, by the words."""
        return np.asarray(vectors(units, self.vocabulary) @ self.weights + self.bias)


def one_thread() -> AbstractContextManager[Any]:
    """Sums in another order stop the solvers elsewhere: figures would differ with the cores."""
    found: AbstractContextManager[Any] = threadpool_limits(limits=1)
    return found


def outputs() -> tuple[str, ...]:
    """Names of the model's answers, in order."""
    known = taxonomy()
    return (
        "flashpoint",
        *(f"line:{line}" for line in known.lines),
        *(f"trigger:{trigger}" for trigger in known.triggers),
        *(f"severity:{severity}" for severity in SEVERITIES),
    )


def fit(texts: Texts, data: Labelled, rows: NDArray[np.int_]) -> Machines:
    """Both machines, all answers, on these rows alone."""
    vocabulary = learn([texts.units[i] for i in rows])
    words = vectors([texts.units[i] for i in rows], vocabulary)
    space = Space.of(texts.vectors[rows], SEED)
    near = space.features(texts.vectors[rows])
    weights, bias = _answers(words, data, rows, WORDS, WORDS_ATTRIBUTES)
    of_kernel, of_bias = _answers(near, data, rows, VECTORS, VECTORS_ATTRIBUTES)
    kernel = space.kernel(of_kernel, of_bias)
    return Machines(vocabulary, weights.astype(np.float32), bias, kernel)


def flashpoint_by_words(
    told: list[list[str]], data: Labelled, rows: NDArray[np.int_]
) -> NDArray[np.float64]:
    """Margins of all items by a machine on words that saw `rows` alone."""
    vocabulary = learn([told[i] for i in rows])
    words = vectors(told, vocabulary)
    weights, bias = _flashpoint(words[rows], data, rows, WORDS)
    return np.asarray(words @ weights + bias)


def flashpoint_by_vectors(
    encoded: NDArray[np.float32], data: Labelled, rows: NDArray[np.int_]
) -> NDArray[np.float64]:
    """Margins of all items by a machine on vectors that saw `rows` alone."""
    space = Space.of(encoded[rows], SEED)
    near = space.features(encoded)
    weights, bias = _flashpoint(near[rows], data, rows, VECTORS)
    return np.asarray(near @ weights + bias)


def _answers(
    x: Matrix | Floats, data: Labelled, rows: NDArray[np.int_], strength: float, attributes: float
) -> tuple[Floats, NDArray[np.float64]]:
    columns = [_flashpoint(x, data, rows, strength)]
    about = np.flatnonzero(data.rel[rows] >= 1)
    of = rows[about]
    importance = np.where(data.rel[of] == 2, 1.0, 0.6) * _importance(data, of)
    truths = [
        *data.lines[of].T,
        *(data.triggers[of] == trigger for trigger in taxonomy().triggers),
        *(data.severity[of] == int(severity) for severity in SEVERITIES),
    ]
    columns += [_logistic(x[about], truth, importance, attributes) for truth in truths]
    return (
        np.column_stack([weights for weights, _ in columns]),
        np.array([bias for _, bias in columns]),
    )


def _flashpoint(
    x: Matrix | Floats, data: Labelled, rows: NDArray[np.int_], strength: float
) -> tuple[Floats, float]:
    rel = data.rel[rows]
    borderline = np.flatnonzero(rel == 1)
    twice = np.concatenate([np.arange(len(rows)), borderline])
    truth = np.concatenate([rel >= 1, np.zeros(len(borderline), dtype=bool)])
    shares = np.concatenate([
        np.where(rel == 1, BORDERLINE, 1.0), np.full(len(borderline), 1 - BORDERLINE)
    ])  # fmt: skip
    return _logistic(x[twice], truth, shares * _importance(data, rows[twice]), strength)


def _importance(data: Labelled, rows: NDArray[np.int_]) -> Floats:
    return np.where(data.invented[rows], INVENTED_WEIGHT, 1.0)


def _logistic(
    x: Matrix | Floats, truth: NDArray[np.bool_], importance: Floats, strength: float
) -> tuple[Floats, float]:
    """Sparse rows by dual coordinates, dense ones by Newton's method: each converges there."""
    if isinstance(x, np.ndarray):
        model = LogisticRegression(C=strength, solver="newton-cholesky", max_iter=30, tol=1e-3)
    else:
        model = LogisticRegression(
            C=strength, solver="liblinear", intercept_scaling=3, tol=1e-2, max_iter=60
        )
    model.set_params(random_state=SEED)
    model.fit(x, truth, sample_weight=importance)
    return model.coef_[0], float(model.intercept_[0])
