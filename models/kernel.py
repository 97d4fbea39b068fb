"""What an encoder's vectors say: a kernel machine over landmarks, linear in its features.

Nystroem's approximation of a Gaussian kernel (Williams and Seeger, NIPS 2000), as in
`sklearn.kernel_approximation`, with the whitening folded into the weights: an answer is one
product with the landmarks, one exponential, one product with the weights.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
GAMMA = 1.0
LANDMARKS = 1500


@dataclass(frozen=True)
class Kernel:
    """`landmarks`: k x size, unit rows; `weights`: k x outputs; `bias`: one per output."""

    landmarks: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: NDArray[np.float64]
    gamma: float = GAMMA

    def margins(self, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        """Rows x outputs; a row of zeros (a text without words) gets the bias alone."""
        near = features(vectors, self.landmarks, self.gamma)
        near[~vectors.any(axis=1)] = 0.0
        return np.asarray(near @ self.weights + self.bias, np.float64)


@dataclass(frozen=True)
class Space:
    """The whitened features in which a kernel machine is linear: learnt from training vectors."""

    landmarks: NDArray[np.float32]
    whitening: NDArray[np.float64]
    gamma: float

    @classmethod
    def of(cls, vectors: Floats, seed: int, size: int = LANDMARKS, gamma: float = GAMMA) -> Self:
        """Landmarks drawn from the rows (all of them, where there are fewer than `size`)."""
        from sklearn.kernel_approximation import Nystroem  # takes seconds: for training only

        size = min(size, len(vectors))
        found = Nystroem(gamma=gamma, n_components=size, random_state=seed).fit(vectors)
        landmarks = np.asarray(found.components_, np.float16).astype(np.float32)
        return cls(landmarks, np.asarray(found.normalization_, np.float64), gamma)

    def features(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Rows x landmarks, whitened: what a linear model is fitted on."""
        near = features(vectors, self.landmarks, self.gamma)
        return np.asarray(near @ self.whitening.T.astype(np.float32), np.float32)

    def kernel(self, weights: Floats, bias: Floats) -> Kernel:
        """The machine with these weights over the whitened features (landmarks x outputs)."""
        folded = (self.whitening.T @ weights).astype(np.float32)
        return Kernel(self.landmarks, folded, np.asarray(bias, np.float64), self.gamma)


def features(
    vectors: NDArray[np.float32], landmarks: NDArray[np.float32], gamma: float
) -> NDArray[np.float32]:
    """exp(-gamma * squared distance) of unit rows to unit landmarks."""
    products = vectors @ landmarks.T
    products -= 1.0
    products *= 2.0 * gamma
    return np.asarray(np.exp(products, out=products), np.float32)
