"""A model moved a little by what editors decided, where the labelled collection is not at hand.

The shipped weights are the centre of a Gaussian prior, the editors' examples the data (as in
Chelba and Acero, "Adaptation of maximum entropy capitalizer", EMNLP 2004): few examples move
little, many move what they speak about. The mixture, the thresholds, the lines, triggers and
severities stay.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy import sparse

from models import corpus
from models.artifacts import Weights
from models.corpus import Row
from models.encoder import encoder
from models.features import units, vectors
from models.fitting import around
from models.kernel import features
from models.mixture import BLIND, group_of
from models.taxonomy import taxonomy

WORDS_HELD, KERNEL_HELD = 2.0, 8.0
"""Strength of the prior on a word's weight and on a landmark's: higher moves less."""
COMMONEST = 0.5
"""Share of all weight that the commoner label gets at most: a desk dismisses more than it
confirms, and that must not lower every score."""


def adapt(champion: Weights, rows: Sequence[Row]) -> Weights:
    """The champion after these labelled items (borderline ones count a third against).

    Raises ValueError without an item of each kind.
    """
    data = corpus.of(rows)
    truth = data.rel == 2
    if not truth.any() or truth.all():
        raise ValueError("it takes flashpoints and others to move a model")
    words = vectors([units(text, taxonomy()) for text in data.texts], champion.vocabulary)
    machine = encoder(champion.encoder)
    vector = machine.encode(data.texts)
    vector[np.isin(data.languages, sorted(BLIND))] = 0.0
    told = np.asarray(vector.any(axis=1))
    usual = _usual(champion)
    near = features(vector, champion.kernel.landmarks, champion.kernel.gamma) - usual
    near[~told] = 0.0
    groups = [group_of(str(language), machine.languages) for language in data.languages]
    margin = words @ champion.weights[:, 0] + champion.bias[0]
    by_kernel = np.where(told, champion.kernel.margins(vector)[:, 0], np.nan)
    known = champion.mixture.odds(groups, margin, by_kernel)
    shares = [
        (champion.mixture.both if there else champion.mixture.alone)[group]
        for group, there in zip(groups, told, strict=True)
    ]
    x = sparse.hstack([
        sparse.diags([share.words for share in shares]) @ words,
        sparse.csr_matrix(near * np.array([share.encoder for share in shares])[:, None]),
    ]).tocsr()  # fmt: skip
    held = np.concatenate([
        np.full(words.shape[1], WORDS_HELD), np.full(near.shape[1], KERNEL_HELD)
    ])  # fmt: skip
    moved = around(x, truth, _weights(data.rel), np.zeros(x.shape[1]), held, offset=known)
    return _moved(champion, moved, usual)


def _usual(champion: Weights) -> np.ndarray:
    """How near the landmarks, which are items like any others, lie to each landmark; only
    nearness beyond that counts, so that what is like nothing said stays."""
    landmarks = champion.kernel.landmarks
    return np.asarray(features(landmarks, landmarks, champion.kernel.gamma).mean(axis=0))


def _weights(rel: np.ndarray) -> np.ndarray:
    weight = np.where(rel == 1, 0.33, 1.0)
    truth = rel == 2
    for kind in (truth, ~truth):
        share = weight[kind].sum() / weight.sum()
        if share > COMMONEST:
            weight[kind] *= COMMONEST / share
    return weight


def _moved(champion: Weights, moved: np.ndarray, usual: np.ndarray) -> Weights:
    size = champion.weights.shape[0]
    words, kernel = champion.weights.copy(), champion.kernel.weights.copy()
    words[:, 0] += moved[:size].astype(np.float32)
    kernel[:, 0] += moved[size:].astype(np.float32)
    bias = champion.kernel.bias.copy()
    bias[0] -= float(usual @ moved[size:])
    digest = hashlib.sha256(words.astype(np.float16).tobytes() + kernel.tobytes())
    return replace(
        champion,
        version=f"{champion.version.partition('+')[0]}+{digest.hexdigest()[:8]}",
        weights=words,
        kernel=replace(champion.kernel, weights=kernel, bias=bias),
    )
