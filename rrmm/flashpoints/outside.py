"""Articles of outsiders for `cluster`: JSON lines in, story items out. Pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from models.encoder import DEFAULT, Vectors, encoder
from models.flashpoint import Assessment, Assessor, Item
from models.stories import UNDERSTOOD, StoryItem

SUMMARY_READ = 400
_DASH = " — "


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
    """What the clusterer reads: words, and places, fault lines and trigger as the model sees them,
    and the default encoder's vector in the languages that it knows.

    clock: seconds; the time of an article that has none, until one with a time comes.
    """
    said = assessor.assess([Item(a.text, a.language) for a in articles], everything=True)
    languages = [a.language or found.language for a, found in zip(articles, said, strict=True)]
    given = said if assessor.encoder == DEFAULT else [None] * len(said)
    vectors = _vectors(articles, languages, given)
    items = []
    for article, found, language, vector in zip(articles, said, languages, vectors, strict=True):
        clock = article.at if article.at is not None else clock
        items.append(
            StoryItem(
                id=json.dumps(article.id),
                text=article.text,
                at=clock,
                language=language,
                places=tuple((p.country, p.name, p.main) for p in found.places if not p.weak),
                lines=found.lines,
                trigger=found.trigger,
                vector=vector,
            )
        )
    return items


def _vectors(
    articles: Sequence[Article], languages: Sequence[str], said: Sequence[Assessment | None]
) -> list[Vectors | None]:
    """The vectors that came with the assessments; where none did, they are made here."""
    vectors = [found.vector if found is not None else None for found in said]
    missing = [
        at
        for at, (vector, language) in enumerate(zip(vectors, languages, strict=True))
        if vector is None and language in UNDERSTOOD
    ]
    made = encoder().encode([_read(articles[at].text) for at in missing])
    for at, vector in zip(missing, made, strict=True):
        vectors[at] = vector
    return vectors


def _read(text: str) -> str:
    """As much as the desk's own stages read: the headline, and the beginning of the summary."""
    headline, dash, summary = text.partition(_DASH)
    return headline + dash + summary[:SUMMARY_READ]


def _seconds(value: Any, ident: str | int) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12:
        return float(value)
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        why = f'"at" is {value!r}; give a time like "2026-05-18T19:42:00Z" or leave it out'
        raise MalformedArticle(why, ident) from error
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
