"""Learns when an article joins a story: `python -m models.story_learn` writes `story_join.json`
(with `--axes` also `story_space.npz`) from the learning halves of `story_sets`.

Articles are put where they belong, one after the other; every story that comes into question is an
example, told by whether it is the right one. In further rounds articles are put where the weights
of the round before put them, so that the examples hold the mistakes that really happen. A logistic
regression is fitted for each case, each set weighing the same; examples without vectors are all
examples with the vectors left out. Last, one number is added to all intercepts, the one with which
B-cubed F1, averaged over the sets, is best.
"""

import argparse
import gzip
import itertools
import json
import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from sklearn.linear_model import LogisticRegression

import models.story_sets as sets_by_hand
from models.encoder import encoder
from models.stories import advance, empty, taken_apart, weighed
from models.story_likeness import (
    CASES,
    FEATURES,
    WEIGHTS,
    Parameters,
    Weights,
    compared,
)
from models.story_sets import SHARED, Labelled, Pair, orders
from models.story_vectors import SPACE

ROUNDS = 3
NARROW = 96
TOLD = ("ar", "de", "en", "es", "fr", "pt", "ru", "tr", "zh")
"""Languages of which there is unlabelled text."""
SHIFTS = tuple(np.arange(0.5, 2.51, 0.25).tolist())
LEFT_OUT: Mapping[str, tuple[str, ...]] = {"same": ("names", "numbers"), "across": ()}
"""In one language names and numbers are words already."""
AT_MOST: Mapping[str, Mapping[str, float]] = {
    "same": {"days": 0.0},
    "same_unseen": {"days": 0.0},
    "across": {"days": 0.0, "elsewhere": -2.5},
    "across_unseen": {"days": 0.0, "elsewhere": -6.0},
}
"""Held by hand: silence never speaks for joining, and the sets hold too few events of one kind in
two countries on one day, told in different languages, to learn what other countries mean."""
NO_WEIGHTS = dict.fromkeys(CASES, Weights(0.0, (0.0,) * len(FEATURES)))


@dataclass(slots=True)
class Examples:
    """By case: what was shared, whether it was the right story, and the set it came from."""

    shared: dict[str, list[tuple[float, ...]]] = field(default_factory=lambda: defaultdict(list))
    right: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    source: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, case: str, shared: tuple[float, ...], right: bool, source: str) -> None:
        """One example; with a vector, another one without it."""
        self.shared[case].append(shared)
        self.right[case].append(right)
        self.source[case].append(source)
        if not case.endswith("_unseen"):
            at = FEATURES.index("vector")
            self.add(f"{case}_unseen", (*shared[:at], 0.0, *shared[at + 1 :]), right, source)


def learn(
    sets: Mapping[str, Sequence[Labelled]], pairs: Sequence[Pair], rounds: int = ROUNDS
) -> dict[str, Weights]:
    """The weights by case. sets: name -> the set, in one order or several."""
    weights: dict[str, Weights] = {}
    for _ in range(rounds):
        examples = Examples()
        for name, in_orders in sets.items():
            for found in in_orders:
                _collect(found, name, weights, examples)
        for pair in pairs:
            _collect_pair(pair, examples)
        weights = _shifted({case: _fitted(case, examples) for case in CASES}, sets)
    return weights


def b_cubed(given: Sequence[str], true: Sequence[str]) -> tuple[float, float, float]:
    """Precision, recall and F1 over items (Bagga and Baldwin 1998)."""
    ours, theirs = Counter(given), Counter(true)
    both = Counter(zip(given, true, strict=True))
    precision = sum(n * n / ours[one] for (one, _), n in both.items()) / len(given)
    recall = sum(n * n / theirs[other] for (_, other), n in both.items()) / len(given)
    return precision, recall, 2 * precision * recall / (precision + recall)


def grouped(found: Labelled, parameters: Parameters) -> list[str]:
    """The stories that the clusterer gives, item by item."""
    numbers = itertools.count()
    items = [item for item, _story in found]
    decisions, _ = advance(empty(parameters), items, lambda: str(next(numbers)))
    return [decision.story for decision in decisions]


def _collect(
    found: Labelled, name: str, weights: Mapping[str, Weights], examples: Examples
) -> None:
    parameters = Parameters(weights=weights or NO_WEIGHTS)
    state, numbers = empty(parameters), itertools.count()
    memory, truth = state.memory, dict[str, str]()
    for item, true in found:
        article = weighed(taken_apart([item])[0], state)
        for one in compared(article, memory, parameters):
            members = one.story.articles
            right = Counter(truth[ident] for ident in members)[true] / len(members)
            if right > 0.5 or right == 0.0:
                examples.add(one.case, one.shared, right > 0.5, name)
        truth[item.id] = true
        if weights:
            _, state = advance(state, [item], lambda: str(next(numbers)))
        else:
            memory.add(article, true)
            memory.forget_before(memory.clock - parameters.hours * 3600.0, len(found))


def _collect_pair(pair: Pair, examples: Examples) -> None:
    state = empty(Parameters(weights=NO_WEIGHTS))
    first, second = taken_apart([pair.first, pair.second])
    state.memory.add(weighed(first, state), "first")
    article = weighed(second, state)
    for one in compared(article, state.memory, state.parameters):
        examples.add(one.case, one.shared, pair.same, "pairs")


def _fitted(case: str, examples: Examples, strength: float = 10.0) -> Weights:
    right, source = np.array(examples.right[case]), np.array(examples.source[case])
    weight = np.zeros(len(right))
    for name in set(examples.source[case]):
        mine = source == name
        weight[mine] = 300.0 / max(20, (right & mine).sum())
    model = LogisticRegression(C=strength, max_iter=5000)
    shared = np.array(examples.shared[case])
    for name in LEFT_OUT[case.removesuffix("_unseen")]:
        shared[:, FEATURES.index(name)] = 0.0
    model.fit(shared, right, sample_weight=weight / weight.mean())
    found = [float(coefficient) for coefficient in model.coef_[0]]
    for name, most in AT_MOST[case].items():
        found[FEATURES.index(name)] = min(found[FEATURES.index(name)], most)
    return Weights(float(model.intercept_[0]), tuple(found))


def _shifted(
    weights: dict[str, Weights], sets: Mapping[str, Sequence[Labelled]]
) -> dict[str, Weights]:
    best: tuple[float, dict[str, Weights]] = (0.0, weights)
    for shift in SHIFTS:
        moved = {c: replace(w, intercept=w.intercept + shift) for c, w in weights.items()}
        parameters = Parameters(weights=moved)
        f1 = list[float]()
        for in_orders in sets.values():
            for found in in_orders:
                given = grouped(found, parameters)
                f1.append(b_cubed(given, [story for _, story in found])[2] / len(in_orders))
        best = max(best, (sum(f1), moved), key=lambda each: each[0])
    return best[1]


def axes() -> None:
    """Write the encoder's strongest axes (eigenvectors of the vectors' second moment, each
    language weighing the same) in a sample of unlabelled items."""
    moment = np.zeros((encoder().size, encoder().size))
    for language in TOLD:
        path = SHARED / "unlabelled" / f"{language}.jsonl.gz"
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            texts = [json.loads(line)["text"][:450] for line in lines]
        random.Random(3).shuffle(texts)
        vectors = encoder().encode(texts[:1500]).astype(np.float64)
        moment += vectors.T @ vectors / len(vectors)
    _, found = np.linalg.eigh(moment)
    np.savez_compressed(SPACE, axes=found[:, ::-1].T[:NARROW].astype(np.float16))


def write(weights: Mapping[str, Weights]) -> None:
    """Write the packaged file."""
    cases = {
        case: {"intercept": round(known.intercept, 4)}
        | {n: round(c, 4) for n, c in zip(FEATURES, known.coefficients, strict=True)}
        for case, known in weights.items()
    }
    told = "Made by `python -m models.story_learn` from the learning halves of models/story_sets.py"
    WEIGHTS.write_text(json.dumps({"about": told, "cases": cases}, indent=1) + "\n", "utf-8")


def main() -> None:
    """Learn and write."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--axes", action="store_true", help="also the encoder's axes")
    if reader.parse_args().axes:
        axes()
    sets = {
        "english": [sets_by_hand.half(sets_by_hand.english(), learning=True)],
        "french": orders(sets_by_hand.half(sets_by_hand.french(), learning=True), (11, 12)),
        "across": [sets_by_hand.across(learning=True)],
    }
    write(learn(sets, sets_by_hand.russian()[::2]))


if __name__ == "__main__":
    main()
