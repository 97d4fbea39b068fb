"""How much an article is like an open story: in words, across languages, in time and place."""

import heapq
import math
from collections import defaultdict
from dataclasses import dataclass

from models.story_memory import Article, Memory, Story


@dataclass(frozen=True, slots=True)
class Parameters:
    """Chosen on one half of hand-grouped stories, reported on the other (bench/bench_stories.py).

    join: least cosine for a text of `long` words or more; join_short: for one of `short` or less.
    abroad: least evidence for joining across languages. copy: least share of word runs in common.
    foreign: what shared words are worth in another language, where few are shared but cognates.
    doubt, setting: from this likeness on, shared names, places, line and trigger may settle it, and
    what their evidence is worth.
    encoder: least cosine of encoder vectors. fading: what is left of a likeness after `hours`.
    power: of the logarithm of rarity in a word's weight. reach: entries of the index read to find
    candidates. rare: a name or place in more stories finds none. finalists: candidates compared in
    full. elsewhere: what is left of a likeness when the scenes lie in different countries.
    """

    join: float = 0.18
    join_short: float = 0.23
    short: int = 10
    long: int = 24
    abroad: float = 1.0
    foreign: float = 0.5
    doubt: float = 0.6
    setting: float = 0.3
    copy: float = 0.6
    encoder: float = 0.75
    fading: float = 0.75
    hours: float = 72.0
    power: float = 1.25
    reach: int = 400
    rare: int = 60
    finalists: int = 16
    elsewhere: float = 0.93
    most_articles: int = 60_000


def likest(article: Article, memory: Memory, parameters: Parameters) -> tuple[float, Story | None]:
    """The story most like the article; likeness in multiples of what joining needs."""
    needed = _needed(article.size, parameters)
    best: tuple[float, Story | None] = (0.0, None)
    for story, cosine in _by_words(article, memory, parameters):
        placed = _placed(article, story, parameters)
        likeness = placed * cosine / needed
        if article.language not in story.languages:
            likeness *= parameters.foreign if placed == 1.0 else 0.0
        if article.encoded:
            likeness = max(likeness, placed * _encoded(article, story) / parameters.encoder)
        likeness *= _faded(article, story, parameters)
        if parameters.doubt <= likeness < 1.0 and placed == 1.0:
            likeness += parameters.setting * _across(article, story, memory)
        if likeness > best[0]:
            best = likeness, story
    for name in _by_marks(article, memory, parameters):
        story = memory.stories[name]
        likeness = _across(article, story, memory) / parameters.abroad
        if likeness > best[0]:
            best = likeness, story
    return best


def _needed(size: int, parameters: Parameters) -> float:
    span = parameters.long - parameters.short
    share = min(1.0, max(0.0, (parameters.long - size) / span))
    return parameters.join + share * (parameters.join_short - parameters.join)


def _by_words(
    article: Article, memory: Memory, parameters: Parameters
) -> list[tuple[Story, float]]:
    """Stories that share the rarer words, with their cosine.

    The rarest words go first and `reach` bounds the entries read, so that a crowded index costs
    no more than an empty one; what the other words say is added for the finalists.
    """
    rows = [
        (row, weight)
        for word, weight in article.vector.items()
        if (row := memory.words.get(word)) is not None
    ]
    rows.sort(key=_crowd)
    scores, left, used = defaultdict[str, float](float), parameters.reach, 0
    for row, weight in rows:
        left -= len(row)
        if left < 0 and scores:
            break
        used += 1
        for name, standing in row.items():
            scores[name] += weight * standing
    others, found = rows[used:], []
    for name in heapq.nlargest(parameters.finalists, scores, key=scores.__getitem__):
        story, product = memory.stories[name], scores[name]
        for row, weight in others:
            standing = row.get(name, 0.0)
            if standing:
                product += weight * standing
        if story.square > 0.0:
            found.append((story, product / math.sqrt(story.square)))
    return found


def _crowd(found: tuple[dict[str, float], float]) -> int:
    return len(found[0])


def _by_marks(article: Article, memory: Memory, parameters: Parameters) -> list[str]:
    """Stories that share names, numbers or places and are not told in this language yet."""
    scores = defaultdict[str, float](float)
    for mark, value in article.marks.items():
        row = memory.marks.get(mark)
        if row is not None and len(row) <= parameters.rare:
            for story in row:
                scores[story] += value
    found = heapq.nlargest(parameters.finalists, scores, key=scores.__getitem__)
    return [name for name in found if article.language not in memory.stories[name].languages]


def _across(article: Article, story: Story, memory: Memory) -> float:
    """Evidence that both tell of one event, in two languages: each shared mark, worth less the
    more stories have it; the country of the scene; fault line and trigger; halved each day."""
    evidence = 0.0
    for mark, value in article.marks.items():
        row = memory.marks.get(mark)
        if row is not None and story.id in row:
            evidence += value / (1.0 + 0.3 * math.log2(len(row)))
    if article.countries and story.countries:
        shared = any(country in story.countries for country in article.countries)
        evidence += 0.25 if shared else -0.6
    if article.line and article.line in story.lines:
        evidence += 0.15
    if article.trigger not in ("", "other") and article.trigger in story.triggers:
        evidence += 0.2
    apart = max(0.0, article.at - story.last_at) / 86_400.0
    return float(evidence * 0.5**apart)


def _encoded(article: Article, story: Story) -> float:
    """Mean cosine with those of the story's articles that have a vector."""
    others = [each.encoded for each in story.articles.values() if each.encoded]
    if not others:
        return 0.0
    products = (sum(a * b for a, b in zip(article.encoded, o, strict=True)) for o in others)
    return sum(products) / len(others)


def _faded(article: Article, story: Story, parameters: Parameters) -> float:
    apart = max(0.0, article.at - story.last_at) / (parameters.hours * 3600.0)
    return float(parameters.fading ** min(apart, 2.0))


def _placed(article: Article, story: Story, parameters: Parameters) -> float:
    if not article.countries or not story.countries:
        return 1.0
    shared = any(country in story.countries for country in article.countries)
    return 1.0 if shared else parameters.elsewhere
