"""Where the model draws its lines: thresholds, what is passed on to the encoder, fault lines."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score

from models import artifacts, evaluate, mixture
from models.corpus import Labelled
from models.mixture import GROUPS
from models.taxonomy import taxonomy

RECALL = 0.9
"""Share of the flashpoints that the thresholds must let through (out of fold)."""
FLOOR = 0.08
"""A flag less likely than this helps nobody, whatever the recall."""
PASSED = (0.9, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98, 0.99, 0.995)
"""Shares of a group's flashpoints that words alone may pass on to the encoder."""
LOST = 0.004
"""Average precision that the cheap first answer may cost a group."""

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Unseen:
    """Answers on items by machines that saw no item of their period; NaN where not measured.

    `words`, `vectors`: items x outputs; `odds`: items, mixed; `alone`: by words alone.
    """

    words: Floats
    vectors: Floats
    odds: Floats
    alone: Floats


def thresholds_of(odds: Floats, data: Labelled, groups: NDArray[np.str_]) -> dict[str, float]:
    """Per group the probability that lets RECALL of its flashpoints through, drawn towards the
    common one where there are few; feeds stand for English."""
    flashpoints = (data.rel == 2) & ~np.isnan(odds) & (data.collections != "wcep")
    common = float(np.quantile(odds[flashpoints], 1 - RECALL))
    found = {}
    for group in GROUPS:
        own = odds[flashpoints & (groups == group)]
        share = len(own) / (len(own) + mixture.HELD)
        cut = (
            share * float(np.quantile(own, 1 - RECALL)) + (1 - share) * common if share else common
        )
        found[group] = max(FLOOR, float(1 / (1 + np.exp(-cut))))
    return found


def passing_of(unseen: Unseen, data: Labelled, groups: NDArray[np.str_]) -> dict[str, float]:
    """Per group the log-odds of words alone below which the encoder is not asked: the highest that
    costs no more than LOST. A group without labels is always encoded."""
    found = {}
    for group in GROUPS:
        here = (groups == group) & data.measured
        found[group] = float("-inf")
        whole = evaluate.precision(data.rel, unseen.odds, here)
        flashpoints = unseen.alone[here & (data.rel == 2)]
        for share in PASSED if whole else ():
            cut = float(np.quantile(flashpoints, 1 - share))
            less = evaluate.precision(data.rel, _quick(unseen, unseen.alone >= cut), here)
            if less and whole and less["ap"] >= whole["ap"] - LOST:
                found[group] = cut
                break
    return found


def _quick(unseen: Unseen, asked: NDArray[np.bool_]) -> Floats:
    return np.where(asked, unseen.odds, unseen.alone)


def cheap(
    unseen: Unseen, data: Labelled, groups: NDArray[np.str_], passing: dict[str, float]
) -> dict[str, Any]:
    """What the cheap first answer costs, per group: average precision with every item encoded and
    with those alone that words pass on, and the share of the stream that is encoded."""
    asked = unseen.alone >= np.array([passing[str(group)] for group in groups])
    found = {}
    for group in GROUPS:
        here = (groups == group) & data.measured
        drawn = here & (data.weight > 0)
        whole = evaluate.precision(data.rel, unseen.odds, here)
        less = evaluate.precision(data.rel, _quick(unseen, asked), here)
        if whole and less:
            share = np.average(asked[drawn], weights=data.weight[drawn])
            found[group] = {
                "encoded": round(float(share), 3),
                "all": whole["ap"],
                "cheap": less["ap"],
            }
    return found


def line_cuts(unseen: Unseen, data: Labelled) -> dict[str, float]:
    """Margin per fault line that gives the best F1 on flashpoints out of fold."""
    about = (data.rel == 2) & data.measured
    cuts = {}
    for i, line in enumerate(taxonomy().lines):
        told = artifacts.joined(unseen.words[about, 1 + i], unseen.vectors[about, 1 + i])
        grid = np.linspace(-4, 3, 71)
        best = max(grid, key=lambda cut: f1_score(data.lines[about, i], told >= cut))
        cuts[line] = round(float(best), 3)
    return cuts
