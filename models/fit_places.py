"""Fit the weights of the scene: `python -m models.fit_places --data FOLDER` (development only).

FOLDER holds the texts (flashpoints/train.jsonl); the codes and halves stand in tests/data/places.
A conditional logit over the countries that a text names, drawn towards weights set by hand.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from models.place_scene import FEATURES, START, described
from models.places import Gazetteer

LABELS = Path(__file__).parents[1] / "tests" / "data" / "places" / "real.jsonl"
STRENGTH = 10.0
"""Of the pull towards START, per weight: chosen by five-fold cross-validation among PULLS."""
PULLS = (0.3, 1.0, 3.0, 10.0, 30.0)
Case = tuple[NDArray[np.float64], NDArray[np.bool_]]


def cases(data: Path, half: str) -> list[Case]:
    """Texts of a half whose right country is among several found: rows and which are right."""
    rows = [json.loads(line) for line in LABELS.read_text(encoding="utf-8").splitlines()]
    codes = {row["id"]: set(row["countries"]) for row in rows if row["half"] == half}
    found: list[Case] = []
    gazetteer = Gazetteer.load()
    with (data / "flashpoints" / "train.jsonl").open(encoding="utf-8") as file:
        for item in map(json.loads, file):
            if item["id"] not in codes:
                continue
            table = described(gazetteer.mentions(item["text"], item["lang"]))
            right = np.array([country in codes[item["id"]] for country in table], dtype=bool)
            if right.any() and not right.all():
                found.append((np.array(list(table.values())), right))
    return found


def fit(known: list[Case], strength: float = STRENGTH) -> NDArray[np.float64]:
    """Weights of FEATURES that make the right countries likeliest, near START."""
    start = np.array(START)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        pull = weights - start
        value, slope = strength / 2 * float(pull @ pull), strength * pull
        for rows, right in known:
            odds = rows @ weights
            shares = np.exp(odds - odds.max())
            all_shares, right_shares = shares / shares.sum(), shares * right / shares[right].sum()
            value -= float(np.log(all_shares[right].sum()))
            slope += rows.T @ (all_shares - right_shares)
        return value, slope

    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B").x, dtype=np.float64)


def right_share(known: list[Case], weights: NDArray[np.float64]) -> float:
    return float(np.mean([right[int(np.argmax(rows @ weights))] for rows, right in known]))


def crossed(known: list[Case], strength: float, folds: int = 5) -> float:
    """Share right by weights fitted on the other folds."""
    hits = []
    for fold in range(folds):
        weights = fit([c for at, c in enumerate(known) if at % folds != fold], strength)
        hits += [right_share([case], weights) for case in known[fold::folds]]
    return float(np.mean(hits))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    known = cases(parser.parse_args().data, "develop")
    lines = [f"{len(known)} texts; by hand {right_share(known, np.array(START)):.3f} right"]
    lines += [f"pull {pull}: {crossed(known, pull):.3f} across folds" for pull in PULLS]
    lines += [f"{w:6.2f}  {name}" for name, w in zip(FEATURES, fit(known), strict=True)]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
