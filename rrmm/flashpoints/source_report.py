"""The report of a check of sources, as Markdown for people or JSON for programs. Pure."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from rrmm.flashpoints.source_check import Checked

ORDER = ("language", "silent")
"""Verdicts that want a look, after those that failed."""


def counts(found: Sequence[Checked]) -> dict[str, int]:
    """How many of each verdict, most first."""
    return dict(Counter(one.verdict for one in found).most_common())


def as_json(found: Sequence[Checked], at: datetime) -> str:
    """Everything, one object a source; `checked` is what may be written into the list."""
    sources = [
        {
            "url": one.row.url,
            "outlet": one.row.outlet,
            "country": one.row.country,
            "language": one.row.language,
            "detected": one.detected,
            "verdict": one.verdict,
            "words": one.words,
            "detail": one.detail,
            "status": one.status,
            "entries": one.entries,
            "newest_at": one.newest_at.isoformat() if one.newest_at else None,
            "checked": checked_line(one, at),
        }
        for one in found
    ]
    document = {"at": at.isoformat(), "counts": counts(found), "sources": sources}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def checked_line(one: Checked, at: datetime) -> str:
    """The words for the list's `checked`: a date and by what, or "" when it did not work."""
    return f"{at:%Y-%m-%d} check_sources: OK" if one.verdict == "ok" else ""


def as_markdown(found: Sequence[Checked], at: datetime) -> str:
    """Numbers first, then what failed and why, then what writes another language or nothing."""
    good = sum(one.verdict == "ok" for one in found)
    facts = {"good": good, "all": len(found), "at": f"{at:%Y-%m-%d %H:%M} UTC"}
    lines = [
        "# " + _("Sources checked"),
        "",
        _("%(good)d of %(all)d sources answered as the list says. Checked %(at)s.") % facts,
    ]
    failed = [one for one in found if one.verdict not in {"ok", *ORDER}]
    for title, part in (
        (_("Could not be read"), sorted(failed, key=lambda one: one.verdict)),
        (_("Write another language"), [one for one in found if one.verdict == "language"]),
        (_("Silent"), [one for one in found if one.verdict == "silent"]),
        (_("Fine"), [one for one in found if one.verdict == "ok"]),
    ):
        lines += _section(title, part)
    return "\n".join(lines) + "\n"


def _section(title: str, part: Sequence[Checked]) -> list[str]:
    if not part:
        return []
    names = (_("outlet"), _("country"), _("language"), _("what we saw"), _("address"))
    head = "| " + " | ".join(names) + " |"
    return ["", f"## {title} ({len(part)})", "", head, "|---|---|---|---|---|", *map(_line, part)]


def _line(one: Checked) -> str:
    seen = " ".join(filter(None, (one.words, one.detail)))
    if one.verdict == "ok":
        seen = _("%(n)d entries") % {"n": one.entries} + (f". {seen}" if seen else "")
    cells = (one.row.outlet, one.row.country, one.row.language, seen, f"<{one.row.url}>")
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _cell(words: str) -> str:
    return " ".join(words.replace("|", "\\|").split())
