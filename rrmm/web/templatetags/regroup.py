"""The lines on a case about what was merged into it and split from it."""

from typing import Any

from django import template
from django.template import Context

from rrmm.flashpoints.models import Flashpoint
from rrmm.flashpoints.queries.regrouping import lately
from rrmm.flashpoints.queries.stories import merged_into
from rrmm.web.presenters.regrouped import said

register = template.Library()


@register.inclusion_tag("staff/_merged_notes.html", takes_context=True)
def merged_notes(context: Context) -> dict[str, Any]:
    """What we were told of cases that live on in this one, each with its protected source."""
    case: Flashpoint = context["case"]
    return {"told": [away for away in merged_into([case.pk]) if away.note]}


@register.inclusion_tag("staff/_regrouped.html", takes_context=True)
def regrouped(context: Context) -> dict[str, Any]:
    """What was merged and split lately, each with its undo; and that an old link led here."""
    case: Flashpoint = context["case"]
    lines = [{"line": line, "said": said(line)} for line in lately(case)]
    request = context.get("request")
    old = request.GET.get("from", "") if request is not None else ""
    merged = {away.number: away for away in merged_into([case.pk])} if old else {}
    return {
        "case": case,
        "lines": lines,
        "away": context.get("away") or merged.get(old),
        "next": context.get("desk_url", ""),
        "csrf_token": context.get("csrf_token"),
    }
