"""How much an article is like an open story: which stories come into question, and how likely it
is that article and story tell of one event.

The likelihood is a logistic regression on what both share (`Compared`), one for each of four
cases: the story is told in the article's language already or not, and both have an encoder's
vector or not. The coefficients lie in `data/story_join.json`; `models.story_learn` makes them.
"""

import heapq
import json
import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from operator import mul
from pathlib import Path

from models.story_memory import Article, Memory, Story

WEIGHTS = Path(__file__).parent / "data" / "story_join.json"
CASES = ("same", "same_unseen", "across", "across_unseen")
FEATURES = (
    "words", "words_root", "vector", "names", "numbers", "place", "elsewhere", "line", "trigger",
    "days", "short",
)  # fmt: skip
Row = dict[str, float]
_KINDS = {"~": 0, "#": 1, "@": 2}


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
    reach: int = 400
    rare: int = 60
    finalists: int = 8
    marked: int = 5
    near: int = 6
    most_articles: int = 60_000


@dataclass(frozen=True, slots=True)
class Compared:
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
    largest = heapq.nlargest(2 * parameters.finalists, scores, key=scores.__getitem__)
    largest.sort(key=lambda name: scores[name] / stories[name].length, reverse=True)
    names = dict.fromkeys(largest[: parameters.finalists])
    marks = _marks(article, memory)
    names |= dict.fromkeys(_by_marks(article, marks, memory, parameters))
    vectors: dict[str, float] = {}
    if article.encoded is not None:
        names |= dict.fromkeys(memory.vectors.nearest(article.encoded, parameters.near))
        vectors = memory.vectors.cosines(list(names), article.encoded)
    found = []
    for name in names:
        product = scores.get(name, 0.0)
        for weight, row in unread:
            product += weight * row.get(name, 0.0)
        story = stories[name]
        words = max(0.0, product / story.length)
        told = "same" if article.language in story.languages else "across"
        case = told if name in vectors else f"{told}_unseen"
        shared = (words, math.sqrt(words), vectors.get(name, 0.0), *_shared(name, marks))
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
    rows.sort(key=_crowd)
    scores, left, read = defaultdict[str, float](float), parameters.reach, 0
    for size, weight, row in rows:
        left -= size
        if left < 0 and scores:
            break
        read += 1
        for name, standing in row.items():
            scores[name] += weight * standing
    return scores, [(weight, row) for _size, weight, row in rows[read:]]


def _crowd(found: tuple[int, float, Row]) -> int:
    return found[0]


def _marks(article: Article, memory: Memory) -> list[tuple[int, float, float, Row]]:
    """Of each mark that is open: its kind (0 name, 1 number, 2 place), what it finds, what it is
    worth, and its row."""
    return [
        (_KINDS[mark[0]], value, value / (1.0 + 0.3 * math.log2(len(row))), row)
        for mark, value in article.marks.items()
        if (row := memory.marks.get(mark)) is not None
    ]


def _shared(name: str, marks: list[tuple[int, float, float, Row]]) -> tuple[float, float, float]:
    worth = [0.0, 0.0, 0.0]
    for kind, _value, one, row in marks:
        if name in row:
            worth[kind] += one
    return worth[0], worth[1], worth[2]


def _by_marks(
    article: Article,
    marks: list[tuple[int, float, float, Row]],
    memory: Memory,
    parameters: Parameters,
) -> list[str]:
    """Stories that share names, numbers or places and are not told in this language yet."""
    scores, stories = defaultdict[str, float](float), memory.stories
    for _kind, value, _worth, row in marks:
        if len(row) <= parameters.rare:
            for name in row:
                scores[name] += value
    found = [name for name in scores if article.language not in stories[name].languages]
    return heapq.nlargest(parameters.marked, found, key=scores.__getitem__)
