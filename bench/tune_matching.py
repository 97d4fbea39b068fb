"""Learns the matcher's weights from the tuning half of the judged needs.

    .venv/bin/python bench/tune_matching.py [--pull 0.0003]

Pairwise logistic loss (RankNet: Burges et al., ICML 2005) over people of different grade, pairs
weighted by the difference of their gains, weights not negative, drawn to zero by `pull`. Each
need not in English is seen twice: as it is, and without the people whose profile is in its own
language, so that crossing languages counts. Deterministic. Prints the weights, and what they give
on the tuning half; the other half is reported by bench_matching.py and never looked at here.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"
sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np  # noqa: E402
from numpy.typing import NDArray  # noqa: E402
from scipy.optimize import minimize  # noqa: E402

from bench.judged import Judged, ndcg, needs, people  # noqa: E402
from experts.matching.meaning import InMemory  # noqa: E402
from experts.matching.need import understood  # noqa: E402
from experts.matching.rank import Index  # noqa: E402
from experts.matching.weights import WEIGHTS  # noqa: E402
from experts.senses import finder  # noqa: E402
from models.encoder import encoder  # noqa: E402
from models.language import detect  # noqa: E402

Matrix = NDArray[np.float64]
NAMES = tuple(WEIGHTS)
Seen = tuple[Matrix, NDArray[np.int64]]
"""Evidence and grade of everybody who may be proposed for one need."""


def main() -> None:
    """Fits and prints."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pull", type=float, default=0.0003)
    seen = _seen([one for one in needs("wide_needs.jsonl") if one.split == "tune"])
    weights = fitted(seen, parser.parse_args().pull)
    for name, weight in zip(NAMES, weights, strict=True):
        print(f'    "{name}": {weight:.2f},')
    print("mean nDCG@10 on the tuning half:", round(_mean_ndcg(seen, weights), 3))


def fitted(seen: Sequence[Seen], pull: float) -> Matrix:
    """The weights, one for each of NAMES."""
    differences, shares = [], []
    for evidence, grades in seen:
        found, worth = _pairs(evidence, grades)
        differences.append(found)
        shares.append(worth / worth.sum() / len(seen))
    pairs, share = np.concatenate(differences), np.concatenate(shares)

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        margin = pairs @ weights
        wrong = share / (1 + np.exp(margin))
        value = float(share @ np.logaddexp(0, -margin) + pull * (weights @ weights))
        return value, 2 * pull * weights - wrong @ pairs

    start = np.ones(len(NAMES))
    done = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0, None)] * len(NAMES))
    return np.asarray(done.x)


def _seen(judged: Sequence[Judged]) -> list[Seen]:
    profiles, tool = people("wide_experts.csv"), encoder()
    index = Index(profiles, finder(), InMemory(tool.encode, tool.languages))
    written = np.asarray([detect(profile.text) for profile in profiles])
    found: list[Seen] = []
    for one in judged:
        asked = understood(one.need, finder())
        required = set(one.need.required)
        speaks = np.asarray([not required or bool(required & {*p.languages}) for p in profiles])
        evidence = index.evidence(asked, speaks)
        table = np.stack([evidence.get(n, np.zeros(len(profiles))) for n in NAMES], axis=1)
        grades = np.asarray([one.grades.get(profile.id, 0) for profile in profiles])
        found.append((table[speaks], grades[speaks]))
        across = speaks & (written != one.language)
        if one.language != "en" and grades[across].max(initial=0) >= 2:
            found.append((table[across], grades[across]))
    return found


def _pairs(evidence: Matrix, grades: NDArray[np.int64]) -> tuple[Matrix, Matrix]:
    found, worth = [], []
    for row in np.flatnonzero(grades > 0):
        less = np.flatnonzero(grades < grades[row])
        found.append(evidence[row] - evidence[less])
        worth.append((2.0 ** grades[row] - 2.0 ** grades[less]) / len(less))
    return np.concatenate(found), np.concatenate(worth)


def _mean_ndcg(seen: Sequence[Seen], weights: Matrix) -> float:
    total = 0.0
    for evidence, grades in seen:
        order = [str(row) for row in np.argsort(-(evidence @ weights), kind="stable")]
        total += ndcg(order, {str(row): int(grade) for row, grade in enumerate(grades)})
    return total / len(seen)


if __name__ == "__main__":
    main()
