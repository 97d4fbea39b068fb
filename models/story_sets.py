"""Stories grouped by hand, to learn from and to measure on: in halves, story by story.

The real ones are not part of the project (docs/stories.md says what they are); those across
languages are invented and lie in tests/data/stories. One half of each set is for learning, the
other for reporting.
"""

import csv
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from models.encoder import encoder
from models.flashpoint import Assessor, Item
from models.stories import StoryItem

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data"
ACROSS = ROOT / "tests" / "data" / "stories" / "across.jsonl"
Labelled = list[tuple[StoryItem, str]]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two articles, and whether people said that they tell of one event."""

    first: StoryItem
    second: StoryItem
    same: bool


def english() -> Labelled:
    """One week of flagged items with their times, in order."""
    path = SHARED / "stories" / "en-week21.jsonl"
    rows = [json.loads(line) for line in path.open(encoding="utf-8")]
    rows.sort(key=lambda row: row["at"])
    return as_read([(_item(row, "en"), str(row["story"])) for row in rows])


def french() -> Labelled:
    """Headlines without times, story by story; to be shuffled (`orders`)."""
    found: Labelled = []
    path = SHARED / "stories" / "fr-google-news-clusters.tsv"
    for line in path.open(encoding="utf-8"):
        category, _, rest = line.rstrip("\n").partition("\t")
        story, _, headline = rest.partition("\t")
        if headline.strip():
            item = StoryItem(f"fr{len(found)}", headline.strip(), 0.0, "fr")
            found.append((item, f"{category}/{story}"))
    return as_read(found)


def across(learning: bool) -> Labelled:
    """One half of the invented reports in twelve languages, in order of time."""
    rows = [json.loads(line) for line in ACROSS.open(encoding="utf-8")]
    which = "tuning" if learning else "reporting"
    return as_read(
        [(_item(row, row["lang"]), row["story"]) for row in rows if row["half"] == which]
    )


def russian() -> list[Pair]:
    """Pairs of articles, headline and text."""
    path = SHARED / "stories" / "ru-pairs.tsv"
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    items: Labelled = []
    for at, row in enumerate(rows):
        for which in ("first", "second"):
            text = f"{row[f'INPUT:{which}_title']} — {row[f'INPUT:{which}_text'][:400]}"
            items.append((StoryItem(f"ru{at}{which}", text, 0.0, "ru"), ""))
    read = [item for item, _story in as_read(items)]
    return [
        Pair(read[2 * at], read[2 * at + 1], row["GOLDEN:quality"] == "OK")
        for at, row in enumerate(rows)
    ]


def as_read(found: Labelled) -> Labelled:
    """The items with what assessor and encoder see in them, as the stage and `cluster` do."""
    said = Assessor.load().assess([Item(i.text, i.language) for i, _ in found], everything=True)
    vectors = encoder().encode([item.text for item, _ in found])
    return [
        (replace(item, places=tuple((p.country, p.name, p.main) for p in seen.places),
                 lines=seen.lines, trigger=seen.trigger, vector=vector), story)
        for (item, story), seen, vector in zip(found, said, vectors, strict=True)
    ]  # fmt: skip


def half(found: Labelled, learning: bool) -> Labelled:
    """The items of every second story."""
    names = sorted({story for _item, story in found})
    kept = set(names[::2] if learning else names[1::2])
    return [(item, story) for item, story in found if story in kept]


def orders(found: Labelled, seeds: Sequence[int]) -> list[Labelled]:
    """A set without times in several orders, so that no order gives the stories away."""
    made = []
    for seed in seeds:
        made.append(list(found))
        random.Random(seed).shuffle(made[-1])
    return made


def _item(row: Mapping[str, Any], language: str) -> StoryItem:
    at = datetime.fromisoformat(row["at"]).timestamp()
    return StoryItem(row["id"], row["text"], at, language)
