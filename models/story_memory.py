"""What the clusterer remembers: open articles, their stories, and the indexes that find them."""

import itertools
import math
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field

from models.story_copies import Copies
from models.story_vectors import Encoded, Vectors


@dataclass(slots=True)
class Article:
    """An open article. `vector`: word key -> weight, unit length; `marks`: names, numbers and
    places -> how much sharing one says; `shingles`: runs of words, `bands`: where copies of them
    are looked for; `encoded`: an encoder's vector in grains."""

    id: str
    at: float
    language: str
    vector: dict[int, float]
    marks: dict[str, float]
    shingles: frozenset[int]
    bands: tuple[int, ...]
    countries: tuple[str, ...]
    line: str
    trigger: str
    encoded: Encoded | None = None
    size: int = 0
    is_copy: bool = False
    story: str = ""
    serial: int = 0


@dataclass(slots=True)
class Story:
    """An open story: its articles and what they add up to. `square`: of the words' sum, `length`:
    its root."""

    id: str
    articles: dict[str, Article] = field(default_factory=dict)
    square: float = 0.0
    length: float = 1.0
    last_at: float = 0.0
    languages: Counter[str] = field(default_factory=Counter)
    countries: Counter[str] = field(default_factory=Counter)
    lines: Counter[str] = field(default_factory=Counter)
    triggers: Counter[str] = field(default_factory=Counter)


class Memory:
    """Changed by `add` and `remove` only, each the inverse of the other.

    words, marks: what -> story -> sum of weights; copies, vectors: indexes of their own;
    counts: articles per word; seen: articles per language; told: stories per language;
    clock: the newest time met.
    """

    def __init__(self) -> None:
        self.articles: dict[str, Article] = {}
        self.stories: dict[str, Story] = {}
        self.words: dict[int, dict[str, float]] = defaultdict(dict)
        self.marks: dict[str, dict[str, float]] = defaultdict(dict)
        self.copies = Copies()
        self.vectors = Vectors()
        self.seen: Counter[str] = Counter()
        self.told: Counter[str] = Counter()
        self.counts: Counter[int] = Counter()
        self.order: deque[str] = deque()
        self.clock = 0.0
        self._serials = itertools.count(1)

    @property
    def last_serial(self) -> int:
        """Of the newest article; 0 when there is none. Serials are never given twice."""
        return self.articles[self.order[-1]].serial if self.order else 0

    def add(self, article: Article, story_id: str) -> None:
        """Put an article into a story, which is opened if it is not there."""
        story = self.stories.setdefault(story_id, Story(story_id))
        article.story, article.serial = story_id, next(self._serials)
        self._add_words(article, story)
        for mark, value in article.marks.items():
            row = self.marks[mark]
            row[story_id] = row.get(story_id, 0.0) + value
        self.copies.add(article.id, article.bands)
        if article.encoded is not None:
            self.vectors.add(story_id, article.encoded)
        story.articles[article.id] = article
        story.last_at = max(story.last_at, article.at)
        self.told[article.language] += article.language not in story.languages
        _tell(story, article, 1)
        self.articles[article.id] = article
        self.order.append(article.id)
        self.seen[article.language] += 1
        self.clock = max(self.clock, article.at)

    def remove(self, article: Article) -> None:
        """Forget an article, and its story with the last one. The caller keeps `order`."""
        story = self.stories[article.story]
        self._remove_words(article, story)
        for mark, value in article.marks.items():
            row = self.marks[mark]
            row[story.id] -= value
            if row[story.id] < 1e-9:
                del row[story.id]
            if not row:
                del self.marks[mark]
        self.copies.remove(article.id, article.bands)
        if article.encoded is not None:
            self.vectors.take(story.id, article.encoded)
        _tell(story, article, -1)
        self.told[article.language] -= article.language not in story.languages
        self.seen[article.language] -= 1
        del self.articles[article.id], story.articles[article.id]
        if story.articles and article.at < story.last_at:
            return
        if story.articles:
            story.last_at = max(each.at for each in story.articles.values())
        else:
            del self.stories[story.id]

    def forget_before(self, at: float, most: int) -> int:
        """Drop what is older than `at` (seconds), and the oldest above `most`; how many."""
        dropped = 0
        while self.order:
            oldest = self.articles[self.order[0]]
            if oldest.at >= at and len(self.order) <= most:
                break
            self.order.popleft()
            self.remove(oldest)
            dropped += 1
        return dropped

    def rewind(self, serial: int) -> None:
        """Take back every article that came after the one of this serial."""
        while self.order and self.articles[self.order[-1]].serial > serial:
            self.remove(self.articles[self.order.pop()])

    def _add_words(self, article: Article, story: Story) -> None:
        overlap = square = 0.0
        for word, weight in article.vector.items():
            row = self.words[word]
            standing = row.get(story.id, 0.0)
            overlap += standing * weight
            square += weight * weight
            row[story.id] = standing + weight
            self.counts[word] += 1
        story.square += 2.0 * overlap + square
        story.length = math.sqrt(story.square) or 1.0

    def _remove_words(self, article: Article, story: Story) -> None:
        overlap = square = 0.0
        for word, weight in article.vector.items():
            row = self.words[word]
            left = row[story.id] - weight
            overlap += left * weight
            square += weight * weight
            row[story.id] = left
            if left < 1e-9:
                del row[story.id]
            if not row:
                del self.words[word]
            self.counts[word] -= 1
            if not self.counts[word]:
                del self.counts[word]
        story.square = max(0.0, story.square - 2.0 * overlap - square)
        story.length = math.sqrt(story.square) or 1.0


def _tell(story: Story, article: Article, by: int) -> None:
    told = [
        (story.languages, (article.language,)),
        (story.countries, article.countries),
        (story.lines, (article.line,)),
        (story.triggers, (article.trigger,)),
    ]
    for counter, values in told:
        for value in values:
            counter[value] += by
            if not counter[value]:
                del counter[value]
