"""Articles on one event, grouped as they arrive, in one pass: (state, batch) -> (decisions, state).

An article joins the story it most probably belongs to, or opens one (single-pass clustering after
Allan, Papka and Lavrenko, "On-line new event detection and tracking", SIGIR 1998). Nearly the same
words make a copy: the same story at once, no voice of its own (`story_copies`). Otherwise words,
names, places, numbers, time and, where there is one, an encoder's vector are weighed
(`story_likeness`); vectors find a story that is told in other languages only.

The state is bounded (articles of `Parameters.hours`). An inverted index finds the candidates, and
what stands in very many stories only confirms, so that a step costs about the same however many
stories are open.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.encoder import UniversalEncoder
from models.story_copies import bands, resemblance
from models.story_likeness import Parameters, likest
from models.story_memory import Article, Memory
from models.story_vectors import BLOCK, Encoded, encoded
from models.story_words import Words, commonness, key, read

UNDERSTOOD = UniversalEncoder.languages


@dataclass(frozen=True, slots=True)
class StoryItem:
    """One article. at: seconds since the epoch. language: ISO 639-1, empty for unknown.

    places: (country, name, is the scene). vector: of the default encoder, unit length; None for
    none. It is left out of account in a language that the encoder does not know.
    """

    id: str
    text: str
    at: float
    language: str = ""
    places: tuple[tuple[str, str, bool], ...] = ()
    lines: tuple[str, ...] = ()
    trigger: str = ""
    vector: NDArray[np.float32] | Sequence[float] | None = field(
        default=None, repr=False, compare=False
    )


@dataclass(frozen=True, slots=True)
class Decision:
    """Where an article went. opened: it is the first of its story. likeness: the probability that
    it belongs there, in multiples of what joining needs; 0 where it opened the story."""

    id: str
    story: str
    opened: bool
    is_copy: bool
    likeness: float


@dataclass(frozen=True, slots=True)
class State:
    """What is open after the article of serial `upto`. Values of one line share one memory: asking
    for the next state of an older value takes back what came after it."""

    memory: Memory
    upto: int
    parameters: Parameters


class Taken(NamedTuple):
    """An item taken apart; `vector`: in grains, where the encoder knows the language."""

    item: StoryItem
    words: Words
    vector: Encoded | None
    bands: tuple[int, ...]


class Stale(Exception):
    """The memory has lost what this state stood on: rebuild it from the rows (`restore`)."""


def empty(parameters: Parameters | None = None) -> State:
    """Nothing is open."""
    return State(Memory(), 0, parameters or Parameters())


def restore(
    articles: Iterable[tuple[StoryItem, str, bool]], parameters: Parameters | None = None
) -> State:
    """The state after these articles (item, story's id, is a copy), in order of arrival."""
    state, source = empty(parameters), iter(articles)
    while block := list(islice(source, BLOCK)):
        for taken, (_item, story, is_copy) in zip(
            taken_apart([item for item, _story, _is_copy in block]), block, strict=True
        ):
            article = weighed(taken, state)
            article.is_copy = is_copy
            state.memory.add(article, story)
    return State(state.memory, state.memory.last_serial, state.parameters)


def advance(
    state: State, batch: Sequence[StoryItem], new_id: Callable[[], str]
) -> tuple[list[Decision], State]:
    """Decide for a batch in order; an item that is open already keeps its story.

    new_id: names a story that opens. Raises Stale. Same state and batch, same grouping.
    """
    memory, parameters = state.memory, state.parameters
    memory.rewind(state.upto)
    if memory.last_serial != state.upto:
        raise Stale(f"the memory stands at {memory.last_serial}, the state at {state.upto}")
    decisions = []
    for at in range(0, len(batch), BLOCK):
        block = batch[at : at + BLOCK]
        taken = taken_apart(block)
        memory.vectors.look([each.vector for each in taken if each.vector is not None])
        for each in taken:
            decisions.append(_decide(each, state, new_id))
            # After each one, so that stories do not depend on how the stream was cut.
            memory.forget_before(memory.clock - parameters.hours * 3600.0, parameters.most_articles)
    return decisions, State(memory, memory.last_serial, parameters)


def understood(item: StoryItem) -> NDArray[np.float32] | Sequence[float] | None:
    """The item's vector, where the encoder knows its language."""
    return item.vector if item.language in UNDERSTOOD else None


def taken_apart(items: Sequence[StoryItem]) -> list[Taken]:
    """What can be said of items whatever is open: words, vectors and the bands of copies."""
    words = [read(item.text, item.language) for item in items]
    vectors = encoded([understood(item) for item in items])
    keys = bands([each.shingles for each in words])
    return [Taken(*each) for each in zip(items, words, vectors, keys, strict=True)]


def _decide(taken: Taken, state: State, new_id: Callable[[], str]) -> Decision:
    memory, ident = state.memory, taken.item.id
    known = memory.articles.get(ident)
    if known is not None:
        return Decision(ident, known.story, False, known.is_copy, 1.0)
    article = weighed(taken, state)
    original = _copied(article, state)
    if original is not None:
        article.is_copy = True
        memory.add(article, original.story)
        return Decision(ident, original.story, False, True, 1.0)
    probability, story = likest(article, memory, state.parameters)
    opened = story is None or probability < state.parameters.join
    name = new_id() if opened or story is None else story.id
    memory.add(article, name)
    likeness = 0.0 if opened else round(probability / state.parameters.join, 4)
    return Decision(ident, name, opened, False, likeness)


def weighed(taken: Taken, state: State) -> Article:
    """What is compared of an item, weighed by what is open now."""
    item, words = taken.item, taken.words
    return Article(
        id=item.id,
        at=item.at,
        language=words.language,
        vector=_weighted(words, state),
        marks=_marks(words, item),
        shingles=words.shingles,
        bands=taken.bands,
        countries=tuple(sorted({country for country, _name, scene in item.places if scene})),
        line=item.lines[0] if item.lines else "",
        trigger=item.trigger,
        encoded=taken.vector,
        size=len(words.words),
    )


def _weighted(words: Words, state: State) -> dict[int, float]:
    """Unit vector: root of position weight times log rarity in the language, less for
    what stands in many open stories."""
    memory = state.memory
    n, table = commonness().of(words.language)
    n += memory.seen[words.language] + 1
    stories = memory.told[words.language] + 20
    log, scale = math.log, math.log(stories)
    counts, told, rows = memory.counts.get, table.get, memory.words.get
    found: dict[int, float] = {}
    for stem, weight in words.words.items():
        word = key(stem)
        rarity = log(n / (told(word, 0) + counts(word, 0) + 0.5))
        if rarity > 0.05:
            here = log(stories / (len(rows(word, ())) + 0.5)) / scale
            if here < 1.0:
                rarity *= max(0.05, here)
            found[word] = math.sqrt(weight) * rarity
    length = math.sqrt(sum(weight * weight for weight in found.values()))
    return {word: weight / length for word, weight in found.items()}


def _marks(words: Words, item: StoryItem) -> dict[str, float]:
    """What two languages can share, and how much sharing it says."""
    marks = {
        name: 0.2 if name[0] == "#" else 0.4 if len(name) > 4 else 0.25 for name in words.names
    }
    for country, name, scene in item.places:
        if name and name != country:
            marks[f"@{country}:{name.casefold()}"] = 0.55 if scene else 0.3
    return marks


def _copied(article: Article, state: State) -> Article | None:
    """The earlier article with nearly the same words, if there is one."""
    memory = state.memory
    best, found = state.parameters.copy, None
    for holder in memory.copies.like(article.bands):
        other = memory.articles[holder]
        likeness = resemblance(article.shingles, other.shingles)
        if likeness >= best and other.language == article.language:
            best, found = likeness + 1e-9, other
    return found
