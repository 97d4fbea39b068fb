"""How good a model is, said so that it can be compared: figures per stream and language."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, f1_score, precision_recall_curve

from models.corpus import Labelled
from models.figures import Bin, Group, Interval, Report
from models.taxonomy import taxonomy

FEWEST = 10
"""Flashpoints below which an average precision is noise and is not reported."""
ROUNDS = 200
"""Of the bootstrap: blocks of a source's day are drawn, so that one event counts once."""
SEED = 20261121
EDGES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.95, 1.0)
STREAMS = {"rss": "feeds", "wcep": "current events"}

Floats = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]
Figure = Callable[[NDArray[np.int_]], float]


def precision(rel: Floats, score: Floats, where: Mask) -> dict[str, Any] | None:
    """Average precision, flashpoints (rel 2) against the rest (rel 0), borderline left out."""
    kept = where & (rel != 1) & ~np.isnan(score)
    positives = int((rel[kept] == 2).sum())
    if positives < FEWEST:
        return None
    value = average_precision_score(rel[kept] == 2, score[kept])
    return {"ap": round(float(value), 3), "flashpoints": positives, "items": int(kept.sum())}


@dataclass(frozen=True)
class Told:
    """What a model says of items that it had not seen. `score`: probability, NaN where it says
    nothing; `flagged`: per item; `lines`: items x lines; `attributes`: as `attributes` gives."""

    score: Floats
    flagged: Mask
    lines: Mask
    attributes: dict[str, float]


def report(data: Labelled, told: Told, sources: dict[str, int]) -> Report:
    """All figures of a model. sources: items by collection."""
    score, attributes = told.score, told.attributes
    there = ~np.isnan(score)
    said = _Said(data, score, told.flagged, data.rel == 2)
    streams = {
        (STREAMS.get(name, ""), language): there
        & (data.collections == name)
        & (data.languages == language)
        for name, language in sorted(
            {(str(c), str(w)) for c, w in zip(data.collections, data.languages, strict=True)}
        )
    }
    groups = [
        _group(said, mask, f"{language} {stream}".strip(), language)
        for (stream, language), mask in streams.items()
        if (data.rel[mask] == 2).sum() >= FEWEST
    ]
    lines = [
        _group(_on_line(said, told.lines, i), there, line, "", line)
        for i, line in enumerate(taxonomy().lines)
    ]
    brier, skill = _brier(data, score)
    return Report(
        groups=tuple(groups),
        lines=tuple(lines),
        pooled=_group(said, there, "all", ""),
        brier=brier,
        skill=skill,
        reliability=tuple(_reliability(data, score)),
        lines_f1=attributes["lines_micro_f1"],
        trigger=attributes["trigger_accuracy"],
        severity=attributes["severity_accuracy"],
        items=int(there.sum()),
        made_on=f"{datetime.now(UTC):%Y-%m-%d}",
        sources=sources,
    )


def weights_of(data: Labelled) -> Floats:
    """Items of the stream behind each: an item chosen by a model stands for itself."""
    return np.where(data.weight > 0, data.weight, 1.0)


@dataclass(frozen=True)
class _Said:
    """The items, and what was said of them."""

    data: Labelled
    score: Floats
    flagged: Mask
    truth: Mask


def _on_line(said: _Said, told_lines: Mask, line: int) -> _Said:
    """Flashpoints on one fault line against everything else; a flag counts if it names the line."""
    told, true = told_lines[:, line], said.data.lines[:, line]
    return _Said(said.data, np.where(told, said.score, 0.0), said.flagged & told, said.truth & true)


def _group(said: _Said, mask: Mask, name: str, language: str, line: str = "") -> Group:
    data, score, flagged = said.data, said.score, said.flagged
    strict = np.flatnonzero(mask & (data.rel != 1))
    truth, weight = said.truth, weights_of(data)

    def ap(rows: NDArray[np.int_]) -> float:
        return _ap(truth[rows], score[rows], weight[rows])

    def at(recall: float) -> Figure:
        return lambda rows: _precision_at(truth[rows], score[rows], weight[rows], recall)

    def right(rows: NDArray[np.int_]) -> float:
        told = rows[flagged[rows]]
        return _share(truth[told], weight[told])

    def seen(rows: NDArray[np.int_]) -> float:
        positive = rows[truth[rows]]
        return _share(flagged[positive], weight[positive])

    told = np.flatnonzero(mask & flagged)
    return Group(
        name=name,
        language=language,
        positives=int(truth[strict].sum()),
        items=len(strict),
        ap=_interval(ap, strict, data),
        at_60=_interval(at(0.6), strict, data),
        at_80=_interval(at(0.8), strict, data),
        precision=_interval(right, strict, data),
        recall=_interval(seen, strict, data),
        with_borderline=round(_share(data.rel[told] >= 1, weight[told]), 3),
        line=line,
    )


def _interval(figure: Figure, rows: NDArray[np.int_], data: Labelled) -> Interval:
    rng = np.random.default_rng(SEED)
    names = np.char.add(data.sources[rows].astype(str), data.dates[rows].astype(str))
    _, block = np.unique(names, return_inverse=True)
    order = np.argsort(block, kind="stable")
    parts = np.split(rows[order], np.cumsum(np.bincount(block))[:-1])
    if len(parts) < 10:  # undated collections: items are drawn alone
        parts = [rows[i : i + 1] for i in range(len(rows))]
    drawn = []
    for _ in range(ROUNDS):
        chosen = rng.integers(0, len(parts), len(parts))
        drawn.append(figure(np.concatenate([parts[i] for i in chosen])))
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    return Interval(round(figure(rows), 3), round(float(low), 3), round(float(high), 3))


def _ap(truth: Mask, score: Floats, weight: Floats) -> float:
    if not truth.any():
        return 0.0
    return float(average_precision_score(truth, score, sample_weight=weight))


def _precision_at(truth: Mask, score: Floats, weight: Floats, recall: float) -> float:
    if not truth.any():
        return 0.0
    precisions, recalls, _ = precision_recall_curve(truth, score, sample_weight=weight)
    return float(precisions[recalls >= recall].max())


def _share(true: Mask, weight: Floats) -> float:
    total = float(weight.sum())
    return float(weight[true].sum()) / total if total else 0.0


def _brier(data: Labelled, score: Floats) -> tuple[float, float]:
    """On drawn items alone: the score, and the skill against always saying the true share."""
    drawn = (data.weight > 0) & ~np.isnan(score) & (data.rel != 1)
    truth, weight = (data.rel[drawn] == 2).astype(float), data.weight[drawn]
    value = float(np.average((score[drawn] - truth) ** 2, weights=weight))
    base = float(np.average(truth, weights=weight))
    return round(value, 5), round(1 - value / max(base * (1 - base), 1e-12), 3)


def _reliability(data: Labelled, score: Floats) -> list[Bin]:
    drawn = (data.weight > 0) & ~np.isnan(score)
    rel, weight, said = data.rel[drawn], data.weight[drawn], score[drawn]
    clear, found = rel != 1, []
    for low, high in itertools.pairwise(EDGES):
        inside = (said >= low) & ((said < high) | (high == 1.0))
        here = inside & clear
        if here.any():
            mean = float(np.average(said[here], weights=weight[here]))
            share = float(weight[here].sum() / weight[clear].sum())
            was = _share(rel[here] == 2, weight[here])
            near = _share(~clear[inside], weight[inside])
            found.append(
                Bin(low, high, round(mean, 4), round(was, 4), round(share, 5), round(near, 4))
            )
    return found


def attributes(truth: dict[str, Any], told: dict[str, Any]) -> dict[str, float]:
    """Lines (micro and macro F1), trigger and severity (accuracy, macro F1) over given items."""
    result = {
        "lines_micro_f1": f1_score(truth["lines"], told["lines"], average="micro"),
        "lines_macro_f1": f1_score(truth["lines"], told["lines"], average="macro"),
    }
    for name in ("trigger", "severity"):
        result[f"{name}_accuracy"] = float((truth[name] == told[name]).mean())
        result[f"{name}_macro_f1"] = f1_score(truth[name], told[name], average="macro")
    return {name: round(float(value), 3) for name, value in result.items()}
