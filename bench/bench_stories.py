"""Figures of the story clusterer: B-cubed F1 on hand-grouped stories, and articles per second.

Run `python -m bench.bench_stories`. Parameters were chosen on the even half of each set's stories
("chosen on"); the figures that count are those of the odd half ("held out").
"""

import itertools
import json
import random
import sys
import time
from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from models.flashpoint import Assessor, Item
from models.stories import StoryItem, advance, empty
from models.story_likeness import Parameters

STORIES = Path(__file__).resolve().parents[2] / "shared" / "data" / "stories"
Labelled = list[tuple[StoryItem, str]]


def english() -> Labelled:
    """One week of flagged items with their times, in order."""
    rows = [json.loads(line) for line in (STORIES / "en-week21.jsonl").open(encoding="utf-8")]
    rows.sort(key=lambda row: row["at"])
    return [
        (StoryItem(r["id"], r["text"], datetime.fromisoformat(r["at"]).timestamp(), "en"),
         str(r["story"]))
        for r in rows
    ]  # fmt: skip


def french(seed: int = 5) -> Labelled:
    """Headlines without times, shuffled, so that no order gives the stories away."""
    found: Labelled = []
    for line in (STORIES / "fr-google-news-clusters.tsv").open(encoding="utf-8"):
        category, _, rest = line.rstrip("\n").partition("\t")
        story, _, headline = rest.partition("\t")
        if headline.strip():
            item = StoryItem(f"fr{len(found)}", headline.strip(), 0.0, "fr")
            found.append((item, f"{category}/{story}"))
    random.Random(seed).shuffle(found)
    return found


def as_read(found: Labelled) -> Labelled:
    """The items with what the assessor sees in them, as the stage and `cluster` have them."""
    said = Assessor.load().assess([Item(i.text, i.language) for i, _ in found], everything=True)
    return [
        (replace(item, places=tuple((p.country, p.name, p.main) for p in seen.places),
                 lines=seen.lines, trigger=seen.trigger), story)
        for (item, story), seen in zip(found, said, strict=True)
    ]  # fmt: skip


def half(found: Labelled, odd: bool) -> Labelled:
    """The items of every second story."""
    names = sorted({story for _item, story in found})
    kept = {name for at, name in enumerate(names) if (at % 2 == 1) == odd}
    return [(item, story) for item, story in found if story in kept]


def grouped(found: Labelled, parameters: Parameters | None = None) -> list[str]:
    """The stories that the clusterer gives, item by item."""
    numbers = itertools.count()
    state = empty(parameters)
    given = []
    for item, _story in found:
        [decision], state = advance(state, [item], lambda: str(next(numbers)))
        given.append(decision.story)
    return given


def b_cubed(given: Sequence[Hashable], true: Sequence[Hashable]) -> tuple[float, float, float]:
    """Precision, recall and F1 over items (Bagga and Baldwin 1998)."""
    ours, theirs = defaultdict(set), defaultdict(set)
    for at, (one, other) in enumerate(zip(given, true, strict=True)):
        ours[one].add(at)
        theirs[other].add(at)
    precision = recall = 0.0
    for one, other in zip(given, true, strict=True):
        common = len(ours[one] & theirs[other])
        precision += common / len(ours[one]) / len(given)
        recall += common / len(theirs[other]) / len(given)
    return precision, recall, 2 * precision * recall / (precision + recall)


def figures(found: Labelled, parameters: Parameters | None = None) -> tuple[float, float, float]:
    """B-cubed of one set."""
    return b_cubed(grouped(found, parameters), [story for _item, story in found])


def speed(open_articles: int = 50_000, measured: int = 3_000) -> tuple[float, float, int]:
    """Articles per second of one core, at the start and with `open_articles` open; how many are.

    The texts are made of real ones: each keeps its words but one in three is taken from another
    text, so that stories differ and their vocabulary is real.
    """
    numbers, state = itertools.count(), empty()
    texts, dice = _texts(), random.Random(7)
    rates = []
    for at in range(0, open_articles + measured, 200):
        batch = [
            StoryItem(f"s{at + n}", _mixed(texts, dice), 1e9 + at + n, "en") for n in range(200)
        ]
        begun = time.process_time()
        _, state = advance(state, batch, lambda: str(next(numbers)))
        rates.append(200 / (time.process_time() - begun))
    last = measured // 200
    return sum(rates[:last]) / last, sum(rates[-last:]) / last, len(state.memory.articles)


def _texts() -> list[list[str]]:
    path = STORIES.parent / "flashpoints" / "train.jsonl"
    rows = [json.loads(line) for line in path.open(encoding="utf-8")]
    return [row["text"][:400].split() for row in rows if row["lang"] == "en"]


def _mixed(texts: list[list[str]], dice: random.Random) -> str:
    one, other = dice.choice(texts), dice.choice(texts)
    mixed = (other[at % len(other)] if dice.random() < 0.33 else w for at, w in enumerate(one))
    return " ".join(mixed)


def main() -> int:
    """Print the figures."""
    sets = (("English week", as_read(english())), ("French headlines", as_read(french())))
    for name, found in sets:
        for part, items in (("chosen on", half(found, False)), ("held out", half(found, True)),
                            ("all", found)):  # fmt: skip
            precision, recall, f1 = figures(items)
            print(f"{name:17} {part:10} {len(items):5} items  "
                  f"B3 precision {precision:.3f} recall {recall:.3f} F1 {f1:.3f}")  # fmt: skip
    begun, full, n = speed()
    print(f"speed: {begun:,.0f} articles/s at the start, {full:,.0f} with {n:,} open (goal 1,000)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
