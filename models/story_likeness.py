"""How much an article is like an open story: which stories come into question, and how likely it
is that article and story tell of one event.

The likelihood is a logistic regression on what both share (`Compared`), one for each of four
cases: the story is told in the article's language already or not, and both have an encoder's
vector or not. The coefficients lie in `data/story_join.json`; `models.story_learn` makes them.
"""

import json
import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from operator import itemgetter, mul
from pathlib import Path
from typing import NamedTuple

from models.story_memory import Article, Memory, Story

WEIGHTS = Path(__file__).parent / "data" / "story_join.json"
CASES = ("same", "same_unseen", "across", "across_unseen")
FEATURES = (
    "words", "words_root", "vector", "names", "numbers", "place", "elsewhere", "line", "trigger",
    "days", "short",
)  # fmt: skip
Row = dict[str, float]
_KINDS = {"~": 0, "#": 1, "@": 2}
_CROWD = itemgetter(0)


@dataclass(frozen=True, slots=True)
class Weights:
    """Of one case: an intercept and a coefficient for each of FEATURES."""

    intercept: float
    coefficients: tuple[float, ...]


@cache
def learnt(path: Path = WEIGHTS) -> Mapping[str, Weights]:
    """The weights by case, as packaged."""
    kept = json.loads(path.read_text(encoding="utf-8"))["cases"]
    return {
        case: Weights(
            kept[case]["intercept"], tuple(kept[case].get(name, 0.0) for name in FEATURES)
        )
        for case in CASES
    }


@dataclass(frozen=True, slots=True)
class Parameters:
    """What is fixed by hand; `weights`, by case, are learnt.

    join: the probability from which an article joins. copy: least share of word runs in common.
    hours: how long an article stays open. reach: entries of the index read to find candidates.
    rare: a name or place in more stories finds none. finalists, marked, near: candidates by words,
    by names and places, by vector.
    """

    weights: Mapping[str, Weights] = field(default_factory=learnt, repr=False)
    join: float = 0.5
    copy: float = 0.6
    hours: float = 72.0
    reach: int = 200
    rare: int = 60
    finalists: int = 4
    marked: int = 3
    near: int = 4
    most_articles: int = 60_000


class Compared(NamedTuple):
    """A story that comes into question: the case, and what it shares in the order of FEATURES.

    words: cosine with the story's sum, and its root; vector: the same of the encoder's; names,
    numbers, place: each worth less the more stories have it; elsewhere: the scenes lie in other
    countries; line, trigger: share of the story's articles that have it; days since the story's
    last article, up to three; short: 1 for ten words or fewer, 0 for 24.
    """

    story: Story
    case: str
    shared: tuple[float, ...]


def likest(article: Article, memory: Memory, parameters: Parameters) -> tuple[float, Story | None]:
    """The story that most probably tells of the article's event, and the probability."""
    best, found = -math.inf, None
    for one in compared(article, memory, parameters):
        known = parameters.weights[one.case]
        logit = known.intercept + sum(map(mul, known.coefficients, one.shared))
        if logit > best:
            best, found = logit, one.story
    return (1.0 / (1.0 + math.exp(-best)) if found else 0.0), found


def compared(article: Article, memory: Memory, parameters: Parameters) -> list[Compared]:
    """Stories that share rare words, names or places, or whose vectors are near."""
    stories, (scores, unread) = memory.stories, _by_words(article, memory, parameters)
    largest = _most(scores, 2 * parameters.finalists)
    largest.sort(key=lambda name: scores[name] / stories[name].length, reverse=True)
    names = dict.fromkeys(largest[: parameters.finalists])
    marks = _marks(article, memory)
    names |= dict.fromkeys(_by_marks(article, marks, memory, parameters))
    vectors: dict[str, float] = {}
    if article.encoded is not None:
        names |= dict.fromkeys(memory.vectors.nearest(article.encoded, parameters.near))
        vectors = memory.vectors.cosines(list(names), article.encoded)
    products = {name: scores.get(name, 0.0) for name in names}
    for weight, row in unread:
        for name in products.keys() & row.keys():
            products[name] += weight * row[name]
    worth, found = _shared(products, marks), []
    for name, product in products.items():
        story = stories[name]
        words = max(0.0, product / story.length)
        told = "same" if article.language in story.languages else "across"
        case = told if name in vectors else f"{told}_unseen"
        shared = (words, math.sqrt(words), vectors.get(name, 0.0), *worth[name])
        found.append(Compared(story, case, shared + _setting(article, story)))
    return found


def _setting(article: Article, story: Story) -> tuple[float, ...]:
    many = len(story.articles)
    elsewhere = 0.0
    if article.countries and story.countries:
        elsewhere = float(not any(country in story.countries for country in article.countries))
    line, trigger = article.line, article.trigger
    return (
        elsewhere,
        story.lines.get(line, 0) / many if line else 0.0,
        story.triggers.get(trigger, 0) / many if trigger not in ("", "other") else 0.0,
        min(3.0, max(0.0, article.at - story.last_at) / 86_400.0),
        min(1.0, max(0.0, (24 - article.size) / 14)),
    )


def _by_words(
    article: Article, memory: Memory, parameters: Parameters
) -> tuple[dict[str, float], list[tuple[float, Row]]]:
    """Products with the stories that share the rarer words; and the words that were not read.

    The rarest words go first and `reach` bounds the entries read, so that a crowded index costs
    no more than an empty one; what the other words say is added for those compared in full.
    """
    rows = [
        (len(row), weight, row)
        for word, weight in article.vector.items()
        if (row := memory.words.get(word)) is not None
    ]
    rows.sort(key=_CROWD)
    scores, left, read = defaultdict[str, float](float), parameters.reach, 0
    for size, weight, row in rows:
        left -= size
        if left < 0 and scores:
            break
        read += 1
        for name, standing in row.items():
            scores[name] += weight * standing
    return scores, [(weight, row) for _size, weight, row in rows[read:]]


def _marks(article: Article, memory: Memory) -> list[tuple[int, float, float, Row]]:
    """Of each mark that is open: its kind (0 name, 1 number, 2 place), what it finds, what it is
    worth, and its row."""
    return [
        (_KINDS[mark[0]], value, value / (1.0 + 0.3 * math.log2(len(row))), row)
        for mark, value in article.marks.items()
        if (row := memory.marks.get(mark)) is not None
    ]


def _shared(names: Row, marks: list[tuple[int, float, float, Row]]) -> dict[str, list[float]]:
    """By story: what the names, the numbers and the places that it shares are worth."""
    worth = {name: [0.0, 0.0, 0.0] for name in names}
    for kind, _value, one, row in marks:
        for name in worth.keys() & row.keys():
            worth[name][kind] += one
    return worth


def _by_marks(
    article: Article,
    marks: list[tuple[int, float, float, Row]],
    memory: Memory,
    parameters: Parameters,
) -> list[str]:
    """Stories that share names, numbers or places and are not told in this language yet; the
    rarest are read first, `reach` entries at most."""
    scores, stories, left = defaultdict[str, float](float), memory.stories, parameters.reach
    for size, value, row in sorted([(len(m[3]), m[1], m[3]) for m in marks], key=_CROWD):
        left -= size
        if size > parameters.rare or left < 0:
            break
        for name in row:
            scores[name] += value
    found = {n: s for n, s in scores.items() if article.language not in stories[n].languages}
    return _most(found, parameters.marked)


def _most(scores: Mapping[str, float], many: int) -> list[str]:
    return sorted(scores, key=scores.__getitem__, reverse=True)[:many]
