"""What is drawn on the pages of models and replays: bars, each number also said in words."""

from typing import Any
from uuid import UUID

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from rrmm.flashpoints.queries import modelfiles
from rrmm.flashpoints.queries.learning import marks_of
from rrmm.flashpoints.worse import Tally
from rrmm.web.presenters.corrected import corrected

register = template.Library()
WIDE, HIGH = 240, 12


@register.simple_tag
def versus(tally: Tally, top: int) -> SafeString:
    """Flags of a language: by both (full), by today's model alone (hollow), by the new one alone
    (marked). `top`: flags that fill the width."""
    drawn = _segments([(tally.both, "both"), (tally.only_old, "old"), (tally.only_new, "new")], top)
    said = _("Both %(both)d, only today’s %(old)d, only the new one %(new)d") % {
        "both": tally.both,
        "old": tally.only_old,
        "new": tally.only_new,
    }
    return _svg(drawn, said)


@register.simple_tag
def taught(flashpoints: int, others: int, top: int) -> SafeString:
    """Labelled articles of a language: flashpoints (full) and others (hollow)."""
    drawn = _segments([(flashpoints, "both"), (others, "old")], top)
    said = _("%(a)d flashpoints, %(b)d others") % {"a": flashpoints, "b": others}
    return _svg(drawn, said)


@register.simple_tag
def key_mark(kind: str) -> SafeString:
    """A patch for the legend."""
    return format_html(
        '<svg class="versus" width="18" height="12" aria-hidden="true">'
        '<rect class="{}" x=".5" y=".5" width="17" height="11"/></svg>',
        kind,
    )


def _segments(parts: list[tuple[int, str]], top: int) -> list[tuple[float, float, str]]:
    at, made = 0.0, []
    whole = max(top, sum(number for number, _kind in parts), 1)
    for number, kind in parts:
        wide = max(2.0, number / whole * (WIDE - 8)) if number else 0.0
        if wide:
            made.append((at, wide, kind))
            at += wide + 1
    return made


def _svg(segments: list[tuple[float, float, str]], said: str) -> SafeString:
    inner = SafeString("").join(
        format_html(
            '<rect class="{}" x="{}" y=".5" width="{}" height="11"/>',
            kind,
            f"{x + 0.5:.1f}",
            f"{wide:.1f}",
        )
        for x, wide, kind in segments
    )
    return format_html(
        '<svg class="versus" viewBox="0 0 {} {}" preserveAspectRatio="xMinYMid" role="img" '
        'aria-label="{}">{}</svg>',
        WIDE,
        HIGH,
        said,
        SafeString(inner),
    )


@register.inclusion_tag("staff/_corrections.html", takes_context=True)
def corrections(context: Context, article: UUID) -> dict[str, Any]:
    """What staff said of one article of the case at hand, each with its undo, and the ways to say
    more. One query a page: all articles of the case are asked about at once."""
    case, request = context["case"], context["request"]
    known = getattr(request, "marks_of_case", None)
    if known is None:
        articles = [line.id for group in context["view"].owners for line in group.articles]
        known = request.marks_of_case = marks_of(articles)
    marks = [corrected(verdict) for verdict in known.get(article, ())]
    said = {mark.kind for mark in marks}
    return {"case": case, "article": article, "marks": marks, "said": said, "request": request}


@register.inclusion_tag("staff/_model_trouble.html")
def model_trouble() -> dict[str, list[str]]:
    """Why workers do not use the promoted model; nothing while they do."""
    return {"troubles": modelfiles.troubles()}
