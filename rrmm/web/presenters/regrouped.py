"""What was merged or split, and why two cases may be one, in words."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def said(line: Any) -> str:
    """One act (`rrmm.flashpoints.queries.regrouping.Regrouped`) in a sentence."""
    row = line.row
    number = line.other.number if line.other else ""
    words = {"number": number, "who": line.who or _("former staff"), "n": row.articles}
    if row.kind == "merged":
        return _("Case %(number)s was merged into this one by %(who)s.") % words
    articles = ngettext("%(n)d article", "%(n)d articles", row.articles) % {"n": row.articles}
    words["articles"] = articles
    if line.received:
        return _("%(who)s put %(articles)s of case %(number)s into this one.") % words
    if number:
        return _("%(who)s took %(articles)s out: case %(number)s has them.") % words
    return _("%(who)s took %(articles)s out, into a story of their own.") % words


def why(codes: tuple[str, ...]) -> list[str]:
    """Why a case may be the same, in the order of weight; a place says the country, too."""
    names = {
        "named": _("named in the dismissal"),
        "place": _("same place"),
        "country": _("same country"),
        "line": _("same fault line"),
        "time": _("at the same time"),
    }
    return [
        name
        for code, name in names.items()
        if code in codes and not (code == "country" and "place" in codes)
    ]
