"""The articles of a case as sources of a brief's sentences."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from experts.plan import BriefSentence, quoted_language
from rrmm.flashpoints.queries import ArticleLine, CaseView
from rrmm.web import words
from rrmm.web.staff.brief import Draft, Line


def articles(view: CaseView) -> list[ArticleLine]:
    """The articles that can be a source: no copies, oldest first."""
    found = [line for group in view.owners for line in group.articles if not line.is_copy]
    return sorted(found, key=lambda line: line.at)


def sources(view: CaseView) -> dict[str, BriefSentence]:
    """Per article id an empty sentence that carries its source."""
    return {
        str(line.id): BriefSentence(
            text="",
            source_article=line.id,
            source_title=line.title,
            source_url=line.url,
            source_outlet=line.outlet,
            source_language=line.language,
            source_at=line.at,
        )
        for line in articles(view)
    }


def options(view: CaseView) -> list[dict[str, Any]]:
    """The articles as choices of a form, oldest first."""
    now = timezone.now()
    return [
        {
            "key": str(line.id),
            "outlet": line.outlet,
            "language": line.language,
            "title": line.title,
            "when": words.clock(line.at, now),
        }
        for line in articles(view)
    ]


def lines(draft: Draft, found: list[ArticleLine]) -> list[dict[str, str]]:
    """The sentences of a draft, each with its language where it is an article's headline."""
    known = {str(line.id): line for line in found}
    return [
        {"text": line.text, "source": line.source, "language": _spoken(line, known)}
        for line in draft.lines
    ]


def _spoken(line: Line, known: Mapping[str, ArticleLine]) -> str:
    article = known.get(line.source)
    return quoted_language(line.text, article.title, article.language) if article else ""
