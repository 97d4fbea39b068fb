"""What changed in a case between drawing a page and sending it back (pure)."""

import json
from typing import Any

from django.utils.translation import gettext as _

from rrmm.web import words


def fingerprint(case: Any) -> str:
    """What a decision rests on, as text for a hidden field: severity, place, fault lines."""
    facts = {
        "severity": case.severity,
        "country": case.country,
        "place": case.place,
        "lines": sorted(case.lines),
    }
    return json.dumps(facts, sort_keys=True, ensure_ascii=False)


def changes(saw: str, case: Any) -> list[str]:
    """Sentences on what is no longer as it was; empty where the decision's ground stands.

    More articles, or a better headline, are no change of ground: a growing case must be
    confirmable. A `saw` that is not ours counts as unchanged: the service checks the state.
    """
    try:
        was = json.loads(saw)
    except ValueError:
        return []
    if not isinstance(was, dict):
        return []
    now = json.loads(fingerprint(case))
    moved = [field for field in _SAID if was.get(field, now[field]) != now[field]]
    return [_SAID[field](was[field], now[field]) for field in moved]


def _severity(was: Any, now: Any) -> str:
    return _("Severity is %(now)s now, it was %(was)s.") % {"was": was, "now": now}


def _country(was: Any, now: Any) -> str:
    said = {"was": words.country(str(was)), "now": words.country(str(now))}
    return _("The country is %(now)s now, it was %(was)s.") % said


def _place(was: Any, now: Any) -> str:
    return _("The place is “%(now)s” now, it was “%(was)s”.") % {"was": was, "now": now}


def _lines(was: Any, now: Any) -> str:
    said = {"was": _joined(was), "now": _joined(now)}
    return _("The fault lines are %(now)s now; they were %(was)s.") % said


def _joined(codes: Any) -> str:
    known = codes if isinstance(codes, list) else []
    return ", ".join(words.fault_line(str(code)) for code in known)


_SAID = {
    "severity": _severity,
    "country": _country,
    "place": _place,
    "lines": _lines,
}
