"""Articles on one event, grouped as they arrive, in one pass: (state, batch) -> (decisions, state).

An article joins the story it is most like, or opens one. Three kinds of likeness are tried: nearly
the same words (a copy: the same story at once, no voice of its own); the cosine of its weighted
words with the story's sum (single-pass clustering after Allan, Papka and Lavrenko, "On-line new
event detection and tracking", SIGIR 1998); and, for a story that is not told in the article's
language yet, shared places, names, numbers, fault line and trigger, close in time. Vectors of an
encoder, where the caller has them, stand in for the words.

The state is bounded (articles of `Parameters.hours`). An inverted index finds the candidates, and
what stands in very many stories only confirms, so that a step costs about the same however many
stories are open.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from models.story_likeness import Parameters, likest
from models.story_memory import Article, Memory
from models.story_words import Words, commonness, key, read, resemblance


@dataclass(frozen=True, slots=True)
class StoryItem:
    """One article. at: seconds since the epoch. language: ISO 639-1, empty for unknown.

    places: (country, name, is the scene). vector: of an encoder, unit length; empty for none.
    """

    id: str
    text: str
    at: float
    language: str = ""
    places: tuple[tuple[str, str, bool], ...] = ()
    lines: tuple[str, ...] = ()
    trigger: str = ""
    vector: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """Where an article went. opened: it is the first of its story. likeness: 1 is just enough to
    join; 0 where it opened the story."""

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


class Stale(Exception):
    """The memory has lost what this state stood on: rebuild it from the rows (`restore`)."""


def empty(parameters: Parameters | None = None) -> State:
    """Nothing is open."""
    return State(Memory(), 0, parameters or Parameters())


def restore(
    articles: Iterable[tuple[StoryItem, str, bool]], parameters: Parameters | None = None
) -> State:
    """The state after these articles (item, story's id, is a copy), in order of arrival."""
    state = empty(parameters)
    for item, story, is_copy in articles:
        article = _article(item, state)
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
    decisions = [_decide(item, state, new_id) for item in batch]
    memory.forget_before(memory.clock - parameters.hours * 3600.0, parameters.most_articles)
    return decisions, State(memory, memory.last_serial, parameters)


def _decide(item: StoryItem, state: State, new_id: Callable[[], str]) -> Decision:
    memory = state.memory
    known = memory.articles.get(item.id)
    if known is not None:
        return Decision(item.id, known.story, False, known.is_copy, 1.0)
    article = _article(item, state)
    original = _copied(article, state)
    if original is not None:
        article.is_copy = True
        memory.add(article, original.story)
        return Decision(item.id, original.story, False, True, 1.0)
    likeness, story = likest(article, memory, state.parameters)
    opened = likeness < 1.0
    name = new_id() if opened or story is None else story.id
    memory.add(article, name)
    return Decision(item.id, name, opened, False, 0.0 if opened else round(likeness, 4))


def _article(item: StoryItem, state: State) -> Article:
    words = read(item.text, item.language)
    return Article(
        id=item.id,
        at=item.at,
        language=words.language,
        vector=_weighted(words, state),
        marks=_marks(words, item),
        shingles=words.shingles,
        countries=tuple({country for country, _name, scene in item.places if scene}),
        line=item.lines[0] if item.lines else "",
        trigger=item.trigger,
        encoded=item.vector,
        size=len(words.words),
    )


def _weighted(words: Words, state: State) -> dict[int, float]:
    """Unit vector: root of position weight times a power of log rarity in the language."""
    memory, power = state.memory, state.parameters.power
    n, table = commonness().of(words.language)
    n += memory.seen[words.language] + 1
    counts = memory.counts
    found: dict[int, float] = {}
    for stem, weight in words.words.items():
        word = key(stem)
        rarity = math.log(n / (table.get(word, 0) + counts.get(word, 0) + 0.5))
        if rarity > 0.05:
            found[word] = math.sqrt(weight) * rarity**power
    length = math.sqrt(sum(weight * weight for weight in found.values()))
    return {word: weight / length for word, weight in found.items()}


def _marks(words: Words, item: StoryItem) -> dict[str, float]:
    """What two languages can share, and how much sharing it says (`Parameters.abroad` joins)."""
    marks = {
        name: 0.2 if name[0] == "#" else 0.4 if len(name) > 4 else 0.25 for name in words.names
    }
    for country, name, scene in item.places:
        if name and name != country:
            marks[f"@{country}:{name.casefold()}"] = 0.55 if scene else 0.3
    return marks


def _copied(article: Article, state: State) -> Article | None:
    """The earlier article with nearly the same words, if there is one."""
    memory, shared = state.memory, defaultdict[str, int](int)
    for run in article.shingles:
        for holder in memory.runs.get(run, ()):
            shared[holder] += 1
    best, found = state.parameters.copy, None
    for holder in sorted(shared, key=shared.__getitem__, reverse=True)[:5]:
        other = memory.articles[holder]
        likeness = resemblance(article.shingles, other.shingles)
        if likeness >= best and other.language == article.language:
            best, found = likeness + 1e-9, other
    return found
