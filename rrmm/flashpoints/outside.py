"""Articles of outsiders for `cluster`: JSON lines in, story items out. Pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from models.flashpoint import Assessor, Item
from models.stories import StoryItem


class MalformedArticle(Exception):
    """A line that is no article: what is wrong; `ident` is its id where it has a usable one."""

    def __init__(self, why: str, ident: str | int | None = None) -> None:
        super().__init__(why)
        self.ident = ident


@dataclass(frozen=True, slots=True)
class Article:
    """One line. `id` as it was given; `at` in seconds since the epoch, None where not given."""

    id: str | int
    text: str
    language: str
    at: float | None


def article_of(raw: bytes) -> Article:
    """`{"id", "text", "lang"?, "at"?}`; at: ISO 8601 (UTC where no zone is given) or seconds
    since the epoch. Raises MalformedArticle."""
    try:
        found = json.loads(raw)
    except ValueError as error:
        raise MalformedArticle(f"this line is not JSON: {error}") from error
    if not isinstance(found, dict):
        raise MalformedArticle("this line is not a JSON object")
    ident = found.get("id")
    if isinstance(ident, bool) or not isinstance(ident, str | int):
        raise MalformedArticle('"id" is missing; give a string or a whole number')
    text, language = found.get("text"), found.get("lang") or ""
    if not isinstance(text, str) or not text.strip():
        raise MalformedArticle('"text" is missing; give headline and summary', ident)
    if not isinstance(language, str):
        raise MalformedArticle('"lang" is no language code; give "en" or leave it out', ident)
    at = None if found.get("at") is None else _seconds(found["at"], ident)
    return Article(ident, text, language.lower()[:2], at)


def items_of(articles: Sequence[Article], assessor: Assessor, clock: float) -> list[StoryItem]:
    """What the clusterer reads: words, and places, fault lines and trigger as the model sees them.

    clock: seconds; the time of an article that has none, until one with a time comes.
    """
    said = assessor.assess([Item(a.text, a.language) for a in articles], everything=True)
    items = []
    for article, found in zip(articles, said, strict=True):
        clock = article.at if article.at is not None else clock
        item = StoryItem(json.dumps(article.id), article.text, clock, article.language)
        places = tuple((place.country, place.name, place.main) for place in found.places)
        language = article.language or found.language
        items.append(
            replace(
                item,
                language=language,
                places=places,
                lines=found.lines,
                trigger=found.trigger,
            )
        )
    return items


def _seconds(value: Any, ident: str | int) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12:
        return float(value)
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        why = f'"at" is {value!r}; give a time like "2026-05-18T19:42:00Z" or leave it out'
        raise MalformedArticle(why, ident) from error
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
