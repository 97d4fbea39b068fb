"""Figures of the story clusterer: B-cubed on hand-grouped stories, and articles per second.

Run `python -m bench.bench_stories`. What the clusterer learnt comes from one half of each set's
stories; the figures that count are those of the other half ("held out"). The peer, in the same
run, is single-pass clustering by the cosine of plain TF-IDF vectors (scikit-learn, fitted on the
texts themselves), its threshold the best on the learning halves.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

from bench.story_speed import mixed, real, speed
from models import story_sets
from models.story_learn import b_cubed, grouped
from models.story_likeness import Parameters
from models.story_sets import Labelled, Pair, half, orders

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


def interval(found: Labelled, given: Sequence[str], draws: int = 1000) -> tuple[float, float]:
    """95 % interval of F1: bootstrap over the true stories, the grouping as it is."""
    true = [story for _item, story in found]
    ours, theirs = Counter(given), Counter(true)
    both = Counter(zip(given, true, strict=True))
    sums = defaultdict[str, list[float]](lambda: [0.0, 0.0, 0.0])
    for one, other in zip(given, true, strict=True):
        for at, value in enumerate((both[one, other] / ours[one],
                                    both[one, other] / theirs[other], 1.0)):  # fmt: skip
            sums[other][at] += value
    stories = np.array(list(sums.values()))
    picks = np.random.default_rng(1).integers(0, len(stories), (draws, len(stories)))
    precision, recall, many = stories[picks].sum(axis=1).T
    f1 = 2 * precision * recall / (precision + recall) / many
    low, high = np.quantile(f1, (0.025, 0.975))
    return float(low), float(high)


def doubles_as_one(found: Labelled) -> Labelled:
    """Stories that have a headline in common, word for word, become one: the collection lists some
    events under two headings."""
    heirs: dict[str, str] = {}
    first: dict[str, str] = {}
    for item, story in found:
        _root(heirs, story)
        other = first.setdefault(item.text.casefold(), story)
        heirs[_root(heirs, story)] = _root(heirs, other)
    return [(item, _root(heirs, story)) for item, story in found]


def _root(heirs: dict[str, str], story: str) -> str:
    while heirs.setdefault(story, story) != story:
        story = heirs[story]
    return story


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


def main() -> int:
    """Print the figures."""
    measured, pairs = sets(), story_sets.russian()[1::2]
    threshold = best_threshold(measured)
    known, held_out = measured["French headlines"]
    measured["French, doubles one"] = (
        [doubles_as_one(found) for found in known],
        [doubles_as_one(found) for found in held_out],
    )
    ways: dict[str, Grouping] = {
        "ours": ours,
        "ours, no vectors": ours_without_vectors,
        f"TF-IDF at {threshold}": peer(threshold),
    }
    for way, grouping in ways.items():
        for name, (known, held_out) in measured.items():
            for part, in_orders in (("learnt on", known), ("held out", held_out)):
                precision, recall, f1 = figures(in_orders, grouping)
                low, high = interval(in_orders[0], grouping(in_orders[0]))
                print(f"{way:16} {name:19} {part:9} {len(in_orders[0]):4} items  "
                      f"B3 precision {precision:.3f} recall {recall:.3f} F1 {f1:.3f} "
                      f"({low:.3f} to {high:.3f})")  # fmt: skip
        share = pairs_right(pairs, grouping)
        print(f"{way:16} {'Russian pairs':19} held out  {len(pairs):4} pairs  right {share:.3f}")
    for name, stream in (("mixed", mixed), ("real", real)):
        found = speed(stream())
        print(f"speed, {name} stream: {_told(found.begun)} at the start, {_told(found.full)} "
              f"with {found.articles:,} open in {found.stories:,} stories (goal 1,000)",
              flush=True)  # fmt: skip
    return 0


def _told(rates: tuple[float, float]) -> str:
    return f"{rates[0]:,.0f} articles/s of processor time, {rates[1]:,.0f} on the wall"


if __name__ == "__main__":
    sys.exit(main())
