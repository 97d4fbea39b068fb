"""Figures of the story clusterer: B-cubed on hand-grouped stories, and articles per second.

Run `python -m bench.bench_stories`. What the clusterer learnt comes from one half of each set's
stories; the figures that count are those of the other half ("held out"). The peer, in the same
run, is single-pass clustering by the cosine of plain TF-IDF vectors (scikit-learn, fitted on the
texts themselves), its threshold the best on the learning halves.
"""

import itertools
import json
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

from models import story_sets
from models.encoder import encoder
from models.stories import StoryItem, advance, empty
from models.story_learn import b_cubed, grouped
from models.story_likeness import Parameters
from models.story_sets import SHARED, Labelled, Pair, half, orders

SEEDS = (5, 6, 7)
THRESHOLDS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45)
Grouping = Callable[[Labelled], list[str]]
Sets = dict[str, tuple[list[Labelled], list[Labelled]]]


def sets() -> Sets:
    """Name -> the learning half and the held-out one, each in one order or several."""
    english, french = story_sets.english(), story_sets.french()
    return {
        "English week": ([half(english, learning=True)], [half(english, learning=False)]),
        "French headlines": (
            orders(half(french, learning=True), SEEDS),
            orders(half(french, learning=False), SEEDS),
        ),
        "across languages": ([story_sets.across(True)], [story_sets.across(False)]),
    }


def ours(found: Labelled) -> list[str]:
    """As packaged."""
    return grouped(found, Parameters())


def ours_without_vectors(found: Labelled) -> list[str]:
    """As packaged, where no encoder is."""
    return ours([(replace(item, vector=None), story) for item, story in found])


def peer(threshold: float) -> Grouping:
    """Each text joins the story whose mean TF-IDF vector is nearest, or opens one."""

    def given(found: Labelled) -> list[str]:
        rows: csr_matrix = TfidfVectorizer(sublinear_tf=True).fit_transform(
            [item.text for item, _ in found]
        )
        alike = (rows @ rows.T).toarray()
        members: list[list[int]] = []
        stories: list[str] = []
        for at in range(len(found)):
            scores = [
                alike[at, m].sum() / np.sqrt(max(1e-9, alike[np.ix_(m, m)].sum())) for m in members
            ]
            best = int(np.argmax(scores)) if scores else -1
            if best < 0 or scores[best] < threshold:
                best = len(members)
                members.append([])
            members[best].append(at)
            stories.append(str(best))
        return stories

    return given


def figures(in_orders: Sequence[Labelled], grouping: Grouping = ours) -> tuple[float, float, float]:
    """B-cubed precision, recall and F1, the mean over the orders."""
    each = [b_cubed(grouping(found), [story for _, story in found]) for found in in_orders]
    precision, recall, f1 = (sum(values) / len(each) for values in zip(*each, strict=True))
    return precision, recall, f1


def pairs_right(pairs: Sequence[Pair], grouping: Grouping = ours) -> float:
    """Share of the pairs that come out as people said."""
    right = 0
    for pair in pairs:
        first, second = grouping([(pair.first, ""), (pair.second, "")])
        right += (first == second) == pair.same
    return right / len(pairs)


def best_threshold(measured: Sets) -> float:
    """The peer's threshold with the best mean F1 on the learning halves."""
    return max(
        THRESHOLDS,
        key=lambda at: sum(figures(known[:1], peer(at))[2] for known, _ in measured.values()),
    )


def speed(open_articles: int = 50_000, measured: int = 3_000) -> tuple[float, float, int]:
    """Articles per second of one core, at the start and with `open_articles` open; how many are.

    The texts are made of real ones: each keeps its words but one in three is taken from another
    text, so that stories differ and their vocabulary is real. The vectors are ready made, those of
    the two texts mixed in the same way with a little noise: encoding is not in this rate.
    """
    numbers, state = itertools.count(), empty()
    texts, dice = _texts(), random.Random(7)
    vectors = encoder().encode([" ".join(text) for text in texts])
    noise, rates = np.random.default_rng(7), list[float]()
    for at in range(0, open_articles + measured, 200):
        batch = []
        for n in range(at, at + 200):
            one, other = dice.randrange(len(texts)), dice.randrange(len(texts))
            vector = 0.67 * vectors[one] + 0.33 * vectors[other]
            vector = vector + 0.012 * noise.standard_normal(len(vector), np.float32)
            vector /= np.linalg.norm(vector)
            text = _mixed(texts[one], texts[other], dice)
            batch.append(StoryItem(f"s{n}", text, 1e9 + n, "en", vector=vector))
        begun = time.process_time()
        _, state = advance(state, batch, lambda: str(next(numbers)))
        rates.append(200 / (time.process_time() - begun))
    last = measured // 200
    return sum(rates[:last]) / last, sum(rates[-last:]) / last, len(state.memory.articles)


def _texts(many: int = 4_000) -> list[list[str]]:
    path = SHARED / "flashpoints" / "train.jsonl"
    rows = [json.loads(line) for line in path.open(encoding="utf-8")]
    return [row["text"][:400].split() for row in rows if row["lang"] == "en"][:many]


def _mixed(one: list[str], other: list[str], dice: random.Random) -> str:
    mixed = (other[at % len(other)] if dice.random() < 0.33 else w for at, w in enumerate(one))
    return " ".join(mixed)


def main() -> int:
    """Print the figures."""
    measured, pairs = sets(), story_sets.russian()[1::2]
    threshold = best_threshold(measured)
    ways: dict[str, Grouping] = {
        "ours": ours,
        "ours, no vectors": ours_without_vectors,
        f"TF-IDF at {threshold}": peer(threshold),
    }
    for way, grouping in ways.items():
        for name, (known, held_out) in measured.items():
            for part, in_orders in (("learnt on", known), ("held out", held_out)):
                precision, recall, f1 = figures(in_orders, grouping)
                print(f"{way:16} {name:16} {part:9} {len(in_orders[0]):4} items  "
                      f"B3 precision {precision:.3f} recall {recall:.3f} F1 {f1:.3f}")  # fmt: skip
        share = pairs_right(pairs, grouping)
        print(f"{way:16} {'Russian pairs':16} held out  {len(pairs):4} pairs  right {share:.3f}")
    begun, full, n = speed()
    print(f"speed: {begun:,.0f} articles/s at the start, {full:,.0f} with {n:,} open (goal 1,000)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
