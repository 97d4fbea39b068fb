"""Articles per second of the story clusterer while it forgets as many as it takes in.

Two streams, both with vectors ready made (encoding is not in these rates). "mixed": English texts
of which each keeps its words but one in three is taken from another text, and the vectors of both
mixed in the same way with a little noise: few stories, of some 18 articles each. "real": unlabelled
items in nine languages, each with its own vector: many stories, of two or three articles each.
"""

import gzip
import itertools
import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from models.encoder import encoder
from models.stories import StoryItem, advance, empty
from models.story_likeness import Parameters
from models.story_sets import SHARED

BATCH = 200
REAL = {"en": 30_000, "de": 8_000, "ar": 5_000, "fr": 3_000, "zh": 3_000, "pt": 1_500, "ru": 1_500,
        "es": 1_500, "tr": 1_500}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rates:
    """Articles per second of processor time and by the clock on the wall: at the start, and full;
    how many articles and stories were open at the end."""

    begun: tuple[float, float]
    full: tuple[float, float]
    articles: int
    stories: int


def speed(stream: Iterator[StoryItem], open_articles: int = 50_000, measured: int = 3_000) -> Rates:
    """The first `measured` articles, and the last when `open_articles` are open and each new one
    takes the place of the oldest."""
    numbers, state = itertools.count(), empty(Parameters(most_articles=open_articles))
    last, times = measured // BATCH, list[tuple[float, float]]()
    while batch := list(itertools.islice(stream, BATCH)):
        cpu, wall = time.process_time(), time.perf_counter()
        _, state = advance(state, batch, lambda: str(next(numbers)))
        times.append((time.process_time() - cpu, time.perf_counter() - wall))
        if len(times) * BATCH >= open_articles + measured:
            break
    memory = state.memory
    return Rates(_rate(times[:last]), _rate(times[-last:]), len(memory.articles),
                 len(memory.stories))  # fmt: skip


def _rate(times: list[tuple[float, float]]) -> tuple[float, float]:
    cpu, wall = (sum(each) for each in zip(*times, strict=True))
    return BATCH * len(times) / cpu, BATCH * len(times) / wall


def mixed() -> Iterator[StoryItem]:
    """Items without end."""
    texts, dice, noise = _english(), random.Random(7), np.random.default_rng(7)
    vectors = encoder().encode([" ".join(text) for text in texts])
    for n in itertools.count():
        one, other = dice.randrange(len(texts)), dice.randrange(len(texts))
        vector = 0.67 * vectors[one] + 0.33 * vectors[other]
        vector = vector + 0.012 * noise.standard_normal(len(vector), np.float32)
        vector /= np.linalg.norm(vector)
        text = _mixed(texts[one], texts[other], dice)
        yield StoryItem(f"s{n}", text, 1e9 + n, "en", vector=vector)


def real() -> Iterator[StoryItem]:
    """Some 54,000 items: of each language a stretch of neighbouring days, all shuffled."""
    texts = list[tuple[str, str]]()
    for language, many in REAL.items():
        path = SHARED / "unlabelled" / f"{language}.jsonl.gz"
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        rows.sort(key=lambda row: (row["date"] or "", row["id"]))
        first = max(0, (len(rows) - many) // 2)
        texts += [(language, row["text"][:450]) for row in rows[first : first + many]]
    random.Random(1).shuffle(texts)
    for at in range(0, len(texts), BATCH):
        block = texts[at : at + BATCH]
        vectors = encoder().encode([text for _language, text in block])
        for n, ((language, text), vector) in enumerate(zip(block, vectors, strict=True), at):
            yield StoryItem(f"r{n}", text, 1e9 + n, language, vector=vector)


def _english(many: int = 4_000) -> list[list[str]]:
    path = SHARED / "flashpoints" / "train.jsonl"
    rows = [json.loads(line) for line in path.open(encoding="utf-8")]
    return [row["text"][:400].split() for row in rows if row["lang"] == "en"][:many]


def _mixed(one: list[str], other: list[str], dice: random.Random) -> str:
    mixed = (other[at % len(other)] if dice.random() < 0.33 else w for at, w in enumerate(one))
    return " ".join(mixed)
