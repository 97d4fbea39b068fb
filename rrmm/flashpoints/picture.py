"""What the desk shows of a story: headline, place, growth, the words that decided. Pure."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

BUCKETS = 12
MOST_WORDS = 12
GIST = 300
STAFF_LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class Telling:
    """One article of a story that is not a copy. reasons, places: as in `Flag`."""

    title: str
    summary: str
    language: str
    published_at: datetime
    score: float
    severity: int
    places: tuple[dict[str, Any], ...]
    reasons: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Headline:
    """The headline of one article, in its own language, and the beginning of its summary."""

    words: str
    language: str
    gist: str


def headline_of(story: Sequence[Telling], standing: str) -> Headline:
    """The headline that speaks for the story.

    In the staff's language where one article has it, else in the language that most have; the
    gravest, then the surest, then the earliest. standing: the present headline, which stays while
    its article is still a candidate, so that a line on the desk does not change under the eye.
    """
    languages = Counter(telling.language for telling in story)
    language = STAFF_LANGUAGE if STAFF_LANGUAGE in languages else languages.most_common(1)[0][0]
    candidates = [telling for telling in story if telling.language == language]
    kept = [telling for telling in candidates if telling.title == standing]
    best = kept[0] if kept else min(candidates, key=_representative)
    return Headline(best.title, best.language, _cut(best.summary))


def place_of(story: Sequence[Telling], country: str) -> str:
    """The place inside the country that most articles name as the scene; "" for none."""
    names = Counter(
        place["name"]
        for telling in story
        for place in telling.places
        if place["main"] and place["country"] == country
    )
    return names.most_common(1)[0][0] if names else ""


def growth_of(times: Sequence[datetime]) -> tuple[list[int], int]:
    """Articles per bucket from the first to the last, and the minutes of one bucket."""
    first, last = min(times), max(times)
    minutes = max(1, int((last - first).total_seconds() // 60) // BUCKETS + 1)
    counts = [0] * BUCKETS
    for at in times:
        bucket = int((last - at).total_seconds() // 60) // minutes
        counts[BUCKETS - 1 - min(bucket, BUCKETS - 1)] += 1
    return counts, minutes


def words_of(story: Sequence[Telling]) -> list[dict[str, Any]]:
    """The words that decided, strongest first: `[{words, weight, line}]`, weights summed."""
    weights: dict[tuple[str, str], float] = defaultdict(float)
    for telling in story:
        for reason in telling.reasons:
            weights[reason["words"].casefold(), reason.get("line", "")] += reason["weight"]
    ranked = sorted(weights.items(), key=lambda found: -abs(found[1]))[:MOST_WORDS]
    return [
        {"words": words, "line": line, "weight": round(weight, 3)}
        for (words, line), weight in ranked
    ]


def public_words(story: Sequence[Telling], place: str, most: int = 6) -> str:
    """Headlines and the place: what the matcher reads of a case."""
    titles = dict.fromkeys(telling.title for telling in sorted(story, key=_representative))
    return " ".join([place, *list(titles)[:most]]).strip()


def _representative(telling: Telling) -> tuple[int, float, datetime]:
    return -telling.severity, -telling.score, telling.published_at


def _cut(summary: str) -> str:
    if len(summary) <= GIST:
        return summary
    return summary[:GIST].rsplit(" ", 1)[0] + "…"
