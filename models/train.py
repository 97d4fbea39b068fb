"""Train the flashpoint model: `python -m models.train --data FOLDER --out FILE`."""

import argparse
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models import artifacts, corpus, cuts, evaluate, machines, mixture, verdicts
from models.corpus import Labelled, Row
from models.cuts import Unseen
from models.encoder import DEFAULT, encoder
from models.features import units
from models.figures import Report
from models.machines import Texts
from models.mixture import Mixture, group_of
from models.taxonomy import taxonomy

FOLDS = 4
BATCH = 256

Floats = NDArray[np.floating[Any]]
Tell = Callable[[str], None]


def train(folder: Path, more: Sequence[Row] = (), tell: Tell = lambda _: None) -> artifacts.Weights:
    """The shipped model: measured on periods kept back, then fitted on everything.

    folder: with `train.jsonl`; the unlabelled items beside it. more: further labelled items.
    tell: hears what is being done.
    """
    data = corpus.read(folder, more)
    tell(f"reading {len(data)} items")
    with machines.one_thread():
        return fitted(data, read(data, tell), tell)


def read(data: Labelled, tell: Tell = lambda _: None) -> Texts:
    """Units and vectors of all items."""
    told = [units(text, taxonomy()) for text in data.texts]
    rows = []
    for start in range(0, len(data), BATCH):
        rows.append(encoder().encode(data.texts[start : start + BATCH]))
        if start % (BATCH * 16) == 0:
            tell(f"encoding: {start} of {len(data)}")
    return Texts(told, np.concatenate(rows))


def fitted(data: Labelled, texts: Texts, tell: Tell = lambda _: None) -> artifacts.Weights:
    """The model of these items."""
    groups = groups_of(data)
    words, near = out_of_fold(data, texts, tell)
    real = data.measured
    mixed = mixture.fit(
        groups[real], words[real, 0], near[real, 0], data.rel[real], data.weight[real]
    )
    unseen = Unseen(words, near, *_mixed(mixed, groups, words[:, 0], near[:, 0]))
    thresholds = cuts.thresholds_of(unseen.odds, data, groups)
    margins = verdicts.beside(words, near)
    passing = cuts.passing_of(unseen, data, groups)
    of_lines = cuts.line_cuts(unseen, data)
    tell("held out: new sources and new dates")
    unseen_figures = held_out(data, texts, mixed)
    tell("fitting on everything")
    last = machines.fit(texts, data, np.arange(len(data)))
    digest = hashlib.sha256(last.weights.astype(np.float16).tobytes())
    digest.update(last.kernel.weights.tobytes())
    return artifacts.Weights(
        version=f"words-encoder-2-{digest.hexdigest()[:10]}",
        outputs=machines.outputs(),
        vocabulary=last.vocabulary,
        weights=last.weights,
        bias=last.bias,
        kernel=last.kernel,
        encoder=DEFAULT,
        mixture=mixed,
        passing=passing,
        thresholds=thresholds,
        line_cuts=of_lines,
        trigger=verdicts.fit(margins[real], data.triggers[real], data.rel[real]),
        severity=verdicts.fit(margins[real], data.severity[real].astype(str), data.rel[real]),
        metrics={
            "report": report(unseen, data, groups, thresholds, of_lines).as_dict(),
            "held_out": unseen_figures,
            "cheap": cuts.cheap(unseen, data, groups, passing),
            "items": len(data),
            "features": len(last.vocabulary.names),
        },
    )


def groups_of(data: Labelled) -> NDArray[np.str_]:
    known = encoder().languages
    return np.array([group_of(language, known) for language in data.languages])


def out_of_fold(data: Labelled, texts: Texts, tell: Tell = lambda _: None) -> tuple[Floats, Floats]:
    """Items x outputs, by words and by vectors, of machines that saw no item of the period."""
    folds = corpus.periods(data, FOLDS)
    words = np.full((len(data), len(machines.outputs())), np.nan)
    near = words.copy()
    for fold in range(FOLDS):
        tell(f"period {fold + 1} of {FOLDS}")
        found = machines.fit(texts, data, np.flatnonzero(folds != fold))
        here = np.flatnonzero((folds == fold) & data.measured)
        words[here] = found.words([texts.units[i] for i in here])
        near[here] = found.kernel.margins(texts.vectors[here])
    return words, near


def _mixed(
    mixed: Mixture, groups: NDArray[np.str_], words: Floats, near: Floats
) -> tuple[Floats, Floats]:
    names = [str(group) for group in groups]
    return mixed.odds(names, words, near), mixed.odds(names, words, np.full(len(words), np.nan))


def held_out(data: Labelled, texts: Texts, mixed: Mixture) -> dict[str, Any]:
    """Average precision on new sources and dates: of both machines, and of words alone."""
    rows = early_and_known(data)
    words = machines.flashpoint_by_words(texts.units, data, rows)
    near = machines.flashpoint_by_vectors(texts.vectors, data, rows)
    odds = mixed.odds([str(group) for group in groups_of(data)], words, near)
    return {"both": on_unseen(data, odds), "words": on_unseen(data, words)}


def early_and_known(data: Labelled) -> NDArray[np.int_]:
    """Rows that are neither late nor of a source kept back."""
    return np.flatnonzero(~corpus.late(data) & ~corpus.new_source(data))


def on_unseen(data: Labelled, score: Floats) -> dict[str, Any]:
    """Average precision per collection, for each way in which its items are new."""
    late, new = corpus.late(data), corpus.new_source(data)
    found: dict[str, Any] = {"new source, new date": {}, "new date": {}, "new source": {}}
    for name in np.unique(data.collections[data.measured]):
        here = (data.collections == name) & data.measured
        masks = (here & late & new, here & late, here & new)
        for kind, mask in zip(found, masks, strict=True):
            if figures := evaluate.precision(data.rel, score, mask):
                found[kind][str(name)] = figures
    return found


def report(
    unseen: Unseen,
    data: Labelled,
    groups: NDArray[np.str_],
    thresholds: dict[str, float],
    of_lines: dict[str, float],
) -> Report:
    """The figures of the page: all out of fold."""
    cut = np.array([thresholds[str(group)] for group in groups])
    margins = verdicts.beside(unseen.words, unseen.vectors)
    folds = np.where(data.measured, corpus.periods(data, FOLDS), -1)
    severity = data.severity.astype(str)
    truth = {"lines": data.lines, "trigger": data.triggers, "severity": severity}
    lines = lines_of(artifacts.joined(unseen.words, unseen.vectors), of_lines)
    told = {
        "lines": lines,
        "trigger": verdicts.out_of_fold(margins, data.triggers, data.rel, folds),
        "severity": verdicts.out_of_fold(margins, severity, data.rel, folds),
    }
    about = (data.rel == 2) & data.measured
    told_attributes = evaluate.attributes(
        {name: values[about] for name, values in truth.items()},
        {name: values[about] for name, values in told.items()},
    )
    scores = 1 / (1 + np.exp(-unseen.odds))
    said = evaluate.Told(scores, scores >= cut, lines, told_attributes)
    return evaluate.report(data, said, dict(Counter(str(name) for name in data.collections)))


def lines_of(joined: Floats, of_lines: dict[str, float]) -> NDArray[np.bool_]:
    """Items x lines from joined margins; none has no line."""
    over = joined[:, 1 : 1 + len(of_lines)] - np.array(list(of_lines.values()))
    lines = over >= 0
    lines[np.arange(len(over)), over.argmax(axis=1)] = True
    return np.asarray(lines)


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with train.jsonl")
    parser.add_argument("--out", type=Path, required=True, help="model file to write")
    given = parser.parse_args(arguments)
    model = train(given.data, tell=_tell)
    artifacts.save(model, given.out)
    summary = {"version": model.version, "thresholds": model.thresholds, **model.metrics}
    sys.stdout.write(json.dumps(summary, indent=1) + "\n")


if __name__ == "__main__":
    main()
