"""How good a model is, said so that it can be compared: figures per stream and language."""

from typing import Any

import numpy as np
from sklearn.metrics import average_precision_score, brier_score_loss, f1_score

FEWEST = 10
"""Flashpoints below which an average precision is noise and is not reported."""


def precision(rel: np.ndarray, score: np.ndarray, where: np.ndarray) -> dict[str, Any] | None:
    """Average precision, flashpoints (rel 2) against the rest (rel 0), borderline left out."""
    kept = where & (rel != 1)
    positives = int((rel[kept] == 2).sum())
    if positives < FEWEST:
        return None
    value = average_precision_score(rel[kept] == 2, score[kept])
    return {"ap": round(float(value), 3), "flashpoints": positives, "items": int(kept.sum())}


def in_stream(rel: np.ndarray, score: np.ndarray, weight: np.ndarray, cut: float) -> dict[str, Any]:
    """At the threshold `cut`, weighed back to the stream (items with weight 0 do not count):
    recall, precision strictly (rel 2) and with borderline, share flagged, Brier score."""
    kept = weight > 0
    rel, score, weight = rel[kept], score[kept], weight[kept]
    flagged = score >= cut
    share = float(weight[flagged].sum() / weight.sum())
    of_flagged = max(float(weight[flagged].sum()), 1e-12)
    return {
        "ap": round(float(average_precision_score(rel == 2, score, sample_weight=weight)), 3),
        "recall": round(
            float(weight[flagged & (rel == 2)].sum() / max(weight[rel == 2].sum(), 1e-12)), 3
        ),
        "precision": round(float(weight[flagged & (rel == 2)].sum()) / of_flagged, 3),
        "with_borderline": round(float(weight[flagged & (rel >= 1)].sum()) / of_flagged, 3),
        "flagged": round(share, 4),
        "prevalence": round(float(weight[rel == 2].sum() / weight.sum()), 4),
        "mean_score": round(float((weight * score).sum() / weight.sum()), 4),
        "brier": round(float(brier_score_loss(rel == 2, score, sample_weight=weight)), 4),
    }


def attributes(truth: dict[str, np.ndarray], told: dict[str, np.ndarray]) -> dict[str, float]:
    """Lines (micro and macro F1), trigger and severity (accuracy, macro F1) over given items."""
    result = {
        "lines_micro_f1": f1_score(truth["lines"], told["lines"], average="micro"),
        "lines_macro_f1": f1_score(truth["lines"], told["lines"], average="macro"),
    }
    for name in ("trigger", "severity"):
        result[f"{name}_accuracy"] = float((truth[name] == told[name]).mean())
        result[f"{name}_macro_f1"] = f1_score(truth[name], told[name], average="macro")
    return {name: round(float(value), 3) for name, value in result.items()}
