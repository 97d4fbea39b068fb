"""One article and what two models say of it, line by line."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from rrmm.flashpoints.models import ReplayDifference
from rrmm.web import words

ALWAYS = 2
"""Flagged and score are shown also where both say the same."""


@dataclass(frozen=True, slots=True)
class Saying:
    """One thing that both say something of."""

    name: str
    old: str
    new: str

    @property
    def differs(self) -> bool:
        return self.old != self.new


@dataclass(frozen=True, slots=True)
class Beside:
    """The article, what changed in words, and what each model says."""

    row: ReplayDifference
    change: str
    sayings: tuple[Saying, ...]
    old_words: tuple[str, ...]
    new_words: tuple[str, ...]


def change_words(code: str) -> str:
    """The kind of a difference, as a filter names it."""
    return {
        "flagged": _("Only the new one flags it"),
        "unflagged": _("Only today’s flags it"),
        "lines": _("Other fault lines"),
        "trigger": _("Another trigger"),
        "severity": _("Another severity"),
        "place": _("Another country"),
    }.get(code, code)


def beside(row: ReplayDifference) -> Beside:
    """A stored difference, readable."""
    old, new = row.old, row.new
    sayings = (
        Saying(_("Flagged"), _yes(old), _yes(new)),
        Saying(_("Score"), _score(old), _score(new)),
        Saying(_("Fault lines"), _lines(old), _lines(new)),
        Saying(_("Trigger"), _trigger(old), _trigger(new)),
        Saying(_("Severity"), _severity(old), _severity(new)),
        Saying(_("Where"), _where(old), _where(new)),
    )
    return Beside(
        row,
        change_words(row.change),
        tuple(said for n, said in enumerate(sayings) if said.differs or n < ALWAYS),
        tuple(old.get("words", ())),
        tuple(new.get("words", ())),
    )


def _yes(told: Mapping[str, Any]) -> str:
    return _("yes") if told.get("flagged") else _("no")


def _score(told: Mapping[str, Any]) -> str:
    return number_format(round(float(told.get("score", 0.0)), 2), decimal_pos=2)


def _lines(told: Mapping[str, Any]) -> str:
    return ", ".join(words.fault_line(line) for line in told.get("lines", ())) or "–"


def _trigger(told: Mapping[str, Any]) -> str:
    return words.trigger(told["trigger"]) if told.get("trigger") else "–"


def _severity(told: Mapping[str, Any]) -> str:
    level = told.get("severity")
    return f"{level}, {words.severity(level)}" if level else "–"


def _where(told: Mapping[str, Any]) -> str:
    country = words.country(told.get("country", ""))
    place = told.get("place", "")
    return ", ".join(part for part in (place, country) if part and part != place) or place or "–"
