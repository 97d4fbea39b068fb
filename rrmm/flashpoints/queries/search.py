"""Finding cases and flagged articles by words."""

from dataclasses import dataclass

from django.db.models import Q

from rrmm.flashpoints.models import Flag, Flashpoint
from rrmm.flashpoints.queries.case import ArticleLine, line_of


@dataclass(frozen=True, slots=True)
class Found:
    """Newest first. An article carries the id of its newest case, if it has one."""

    cases: tuple[Flashpoint, ...]
    articles: tuple[ArticleLine, ...]


def search(q: str, limit: int = 30) -> Found:
    """Cases by number, headline, place; articles by title, summary, outlet. Every word must occur.

    q: what was typed; fewer than two characters find nothing.
    """
    words = q.split()[:8]
    if len(q.strip()) < 2:
        return Found((), ())
    in_cases, in_articles = Q(), Q()
    for word in words:
        in_cases &= (
            Q(number__icontains=word)
            | Q(headline__icontains=word)
            | Q(place__icontains=word)
            | Q(country__iexact=word)
            | Q(gist__icontains=word)
        )
        in_articles &= (
            Q(article__title__icontains=word)
            | Q(article__summary__icontains=word)
            | Q(outlet__icontains=word)
        )
    cases = Flashpoint.objects.filter(in_cases).order_by("-last_article_at")[:limit]
    flags = Flag.objects.filter(in_articles).select_related("article").order_by("-seen_at")[:limit]
    return Found(tuple(cases), tuple(line_of(flag) for flag in flags))
