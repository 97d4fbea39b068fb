"""Logistic regression that stays near what is known already: a Gaussian prior around a centre."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.floating[Any]]


def around(
    x: Floats | sparse.csr_matrix,
    truth: NDArray[np.bool_],
    weight: Floats,
    centre: Floats,
    strength: Floats | float,
    *,
    offset: Floats | None = None,
) -> NDArray[np.float64]:
    """Coefficients that minimise weighted log loss + strength/2 * squared distance to `centre`.

    x: rows x features (add a column of ones for a bias); offset: known log-odds per row.
    """
    # They take a second to import: for training only.
    from scipy.optimize import minimize
    from scipy.special import expit

    known = np.zeros(len(truth)) if offset is None else np.asarray(offset, np.float64)
    signs = np.where(truth, 1.0, -1.0)

    def loss(theta: Floats) -> tuple[float, Floats]:
        margin = signs * (x @ theta + known)
        away = theta - centre
        value = weight @ np.logaddexp(0.0, -margin) + 0.5 * np.sum(strength * away * away)
        gradient = x.T @ (-weight * signs * expit(-margin)) + strength * away
        return float(value), np.asarray(gradient)

    found = minimize(loss, np.asarray(centre, np.float64), jac=True, method="L-BFGS-B")
    return np.asarray(found.x, np.float64)
