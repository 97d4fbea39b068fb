"""Train the flashpoint model: `python -m models.train --data FOLDER --out FILE`."""

import argparse
import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from models import artifacts, corpus, evaluate
from models.corpus import Labelled
from models.features import Matrix, Vocabulary, learn, units, vectors
from models.taxonomy import taxonomy

SEED = 20261121
STRENGTH = 10.0
ATTRIBUTE_STRENGTH = 5.0
BORDERLINE = 0.4
"""A borderline item counts as this much flashpoint and the rest as none."""
FOLDS = 4
RECALL = 0.9
"""Share of the stream's flashpoints that the threshold must let through (out of fold)."""
SEVERITIES = ("1", "2", "3")


@dataclass(frozen=True)
class Fitted:
    """Linear answers: features x outputs, and one bias per output."""

    weights: np.ndarray
    bias: np.ndarray


def train(folder: Path) -> artifacts.Weights:
    """The shipped model: validated on sources and dates kept back, then fitted on everything."""
    data = corpus.read(folder)
    told = [units(text, taxonomy()) for text in data.texts]
    validated = validate(data, told)
    margins = out_of_fold(data, told)
    slope, offset = calibrate(margins[:, 0], data)
    scores = 1 / (1 + np.exp(-(slope * margins[:, 0] + offset)))
    threshold = cut_for_recall(scores, data)
    cuts = line_cuts(margins, data)
    vocabulary = learn(told)
    fitted = fit(vectors(told, vocabulary), data)
    metrics = {
        "held_out": validated,
        "out_of_fold": evaluate.in_stream(data.rel, scores, data.weight, threshold),
        "feeds": evaluate.in_stream(
            data.rel, scores, data.weight * (data.collections == "rss"), threshold
        ),
        "attributes": told_attributes(margins, cuts, data),
        "items": len(data),
        "features": len(vocabulary.names),
    }
    digest = hashlib.sha256(fitted.weights.astype(np.float16).tobytes()).hexdigest()[:10]
    return artifacts.Weights(
        version=f"ngrams-1-{digest}",
        outputs=outputs(),
        vocabulary=vocabulary,
        weights=fitted.weights,
        bias=fitted.bias,
        slope=slope,
        offset=offset,
        threshold=threshold,
        line_cuts=cuts,
        metrics=metrics,
    )


def outputs() -> tuple[str, ...]:
    """Names of the model's answers, in order."""
    known = taxonomy()
    return (
        "flashpoint",
        *(f"line:{line}" for line in known.lines),
        *(f"trigger:{trigger}" for trigger in known.triggers),
        *(f"severity:{severity}" for severity in SEVERITIES),
    )


def fit(x: Matrix, data: Labelled, rows: np.ndarray | None = None) -> Fitted:
    """Fit all outputs on the given rows (all of them by default)."""
    rows = np.arange(len(data)) if rows is None else rows
    columns = [_flashpoint(x, data, rows)]
    about = rows[data.rel[rows] >= 1]
    importance = np.where(data.rel[about] == 2, 1.0, 0.6)
    for i in range(data.lines.shape[1]):
        columns.append(_logistic(x[about], data.lines[about, i], importance))
    for trigger in taxonomy().triggers:
        columns.append(_logistic(x[about], data.triggers[about] == trigger, importance))
    for severity in SEVERITIES:
        columns.append(_logistic(x[about], data.severity[about] == int(severity), importance))
    weights = np.column_stack([column for column, _ in columns]).astype(np.float32)
    return Fitted(weights, np.array([bias for _, bias in columns]))


def _flashpoint(x: Matrix, data: Labelled, rows: np.ndarray) -> tuple[np.ndarray, float]:
    rel = data.rel[rows]
    twice = np.concatenate([rows, rows[rel == 1]])
    truth = np.concatenate([rel >= 1, np.zeros((rel == 1).sum(), dtype=bool)])
    importance = np.concatenate(
        [np.where(rel == 1, BORDERLINE, 1.0), np.full((rel == 1).sum(), 1 - BORDERLINE)]
    )
    return _logistic(x[twice], truth, importance, STRENGTH)


def _logistic(
    x: Matrix, truth: np.ndarray, importance: np.ndarray, strength: float = ATTRIBUTE_STRENGTH
) -> tuple[np.ndarray, float]:
    model = LogisticRegression(C=strength, max_iter=100, tol=1e-3, random_state=SEED)
    model.fit(x, truth, sample_weight=importance)
    return model.coef_[0], float(model.intercept_[0])


def validate(data: Labelled, told: list[list[str]]) -> dict[str, Any]:
    """Average precision on what the model has not seen: source and date, date alone, language."""
    found = unseen_sources_and_dates(data, told)
    pooled = np.full(len(data), np.nan)
    found["new language"] = {}
    for language in np.unique(data.languages[data.languages != "en"]):
        unseen = data.languages == language
        pooled[unseen] = _scores(data, told, np.flatnonzero(~unseen))[unseen]
        if figures := evaluate.precision(data.rel, pooled, unseen):
            found["new language"][str(language)] = figures
    found["new language"]["all"] = evaluate.precision(data.rel, pooled, ~np.isnan(pooled))
    return found


def unseen_sources_and_dates(data: Labelled, told: list[list[str]]) -> dict[str, Any]:
    """Average precision per collection of a model that saw no late item and no new source."""
    late, new = corpus.late(data), corpus.new_source(data)
    score = _scores(data, told, np.flatnonzero(~late & ~new))
    found: dict[str, Any] = {"new source, new date": {}, "new date": {}, "new source": {}}
    for name in np.unique(data.collections):
        here = data.collections == name
        masks = (here & late & new, here & late, here & new)
        for kind, mask in zip(found, masks, strict=True):
            if figures := evaluate.precision(data.rel, score, mask):
                found[kind][str(name)] = figures
    return found


def _scores(data: Labelled, told: list[list[str]], rows: np.ndarray) -> np.ndarray:
    """Flashpoint margins of all items by a model that saw only `rows`."""
    vocabulary = learn([told[i] for i in rows])
    x = vectors(told, vocabulary)
    weights, bias = _flashpoint(x, data, rows)
    return np.asarray(x @ weights + bias)


def out_of_fold(data: Labelled, told: list[list[str]]) -> np.ndarray:
    """Items x outputs: margins of every item by a model that saw no item of its period."""
    folds = corpus.periods(data, FOLDS)
    margins = np.zeros((len(data), len(outputs())))
    for fold in np.unique(folds):
        rows = np.flatnonzero(folds != fold)
        vocabulary: Vocabulary = learn([told[i] for i in rows])
        x = vectors(told, vocabulary)
        fitted = fit(x, data, rows)
        here = folds == fold
        margins[here] = x[here] @ fitted.weights + fitted.bias
    return margins


def calibrate(margin: np.ndarray, data: Labelled) -> tuple[float, float]:
    """Slope and offset from margin to log-odds in the stream (Platt 1999, weighed by `weight`).

    Items chosen by a model (weight 0) stand for nothing in the stream and are left out.
    """
    kept = data.weight > 0
    platt = LogisticRegression(C=1e6, max_iter=1000, random_state=SEED)
    weight = data.weight[kept] / data.weight[kept].mean()
    platt.fit(margin[kept, None], data.rel[kept] == 2, sample_weight=weight)
    return float(platt.coef_[0, 0]), float(platt.intercept_[0])


def cut_for_recall(score: np.ndarray, data: Labelled) -> float:
    """The highest score that still lets RECALL of the feeds' flashpoints through."""
    kept = (data.rel == 2) & (data.collections == "rss")
    return float(np.quantile(score[kept], 1 - RECALL))


def line_cuts(margins: np.ndarray, data: Labelled) -> dict[str, float]:
    """Margin per fault line that gives the best F1 out of fold."""
    about = data.rel >= 1
    cuts = {}
    for i, line in enumerate(taxonomy().lines):
        grid = np.linspace(-2.5, 1.5, 41)
        told = margins[about, 1 + i]
        best = max(grid, key=lambda cut: f1_score(data.lines[about, i], told >= cut))
        cuts[line] = round(float(best), 3)
    return cuts


def told_attributes(margins: np.ndarray, cuts: dict[str, float], data: Labelled) -> dict[str, Any]:
    """Out-of-fold quality of lines, trigger and severity on flashpoints."""
    about = data.rel == 2
    names = outputs()
    first = {
        kind: names.index(next(n for n in names if n.startswith(kind)))
        for kind in ("line:", "trigger:", "severity:")
    }
    lines = margins[about, first["line:"] : first["trigger:"]] >= np.array(list(cuts.values()))
    triggers = margins[about, first["trigger:"] : first["severity:"]].argmax(axis=1)
    severity = margins[about, first["severity:"] :].argmax(axis=1) + 1
    truth = {
        "lines": data.lines[about],
        "trigger": data.triggers[about],
        "severity": data.severity[about],
    }
    told = {
        "lines": lines,
        "trigger": np.array(list(taxonomy().triggers))[triggers],
        "severity": severity,
    }
    return evaluate.attributes(truth, told)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with train.jsonl")
    parser.add_argument("--out", type=Path, required=True, help="model file to write")
    given = parser.parse_args(arguments)
    model = train(given.data)
    artifacts.save(model, given.out)
    summary = {"version": model.version, "threshold": model.threshold, **model.metrics}
    sys.stdout.write(json.dumps(summary, indent=1) + "\n")


if __name__ == "__main__":
    main()
