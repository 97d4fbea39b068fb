"""Where a case stands, in an icon, a word and a note: the last column of a line."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rrmm.flashpoints.queries.rule import in_words
from rrmm.web import words


class Case(Protocol):
    """What is read of a case (`rrmm.flashpoints.models.Flashpoint`)."""

    state: str
    holder: Any
    holder_id: int | None
    held_lease_until: datetime | None
    held_until: datetime | None
    held_for: str
    dismissed_words: str
    back_because: list[dict[str, Any]]
    merged_into: Any

    def get_dismissal_display(self) -> str: ...


class Mobilisation(Protocol):
    """What is read of a mobilisation (`experts.models.Mobilisation`)."""

    state: str
    slots: int
    filled: int
    wave: int
    hold_until: datetime
    exhausted_at: datetime | None


@dataclass(frozen=True)
class Standing:
    """`icon` of icons.svg, `words` beside it, a `note` below, the class of the state."""

    icon: str
    words: str
    note: str = ""
    css: str = ""


def leased(case: Case, now: datetime) -> bool:
    """Whether somebody works on the case at `now`."""
    until = case.held_lease_until
    return case.holder_id is not None and until is not None and until > now


def standing(
    case: Case, mobilisation: Mobilisation | None, reader: int, now: datetime
) -> Standing | None:
    """Who has it until when; else what was decided, or why it came back; None for a new case that
    nobody has."""
    if leased(case, now) and case.held_lease_until:
        name = _("You") if case.holder_id == reader else words.short_person(case.holder)
        until = _("until %(time)s") % {"time": words.clock(case.held_lease_until, now)}
        return Standing("lock", name, until)
    if case.state == "held" and case.held_until:
        until = _("Until %(time)s") % {"time": words.clock(case.held_until, now)}
        return Standing("pause", until, case.held_for, "state-held")
    if case.state == "confirmed":
        return _confirmed(mobilisation, now)
    if case.back_because:
        return Standing("retry", _("Came back"), back(case), "warn")
    return _over(case, mobilisation)


def back(case: Case) -> str:
    """What is new in a case that came back: "Severity rose from 2 to 3; now also in Arabic"."""
    said = [line.words for line in in_words(case.back_because)]
    return "; ".join(said[:1] + [words[:1].lower() + words[1:] for words in said[1:3]])


def _over(case: Case, mobilisation: Mobilisation | None) -> Standing | None:
    if case.state == "dismissed":
        reason = case.dismissed_words or case.get_dismissal_display()
        return Standing("cross", _("Dismissed"), reason, "state-closed")
    if case.state == "closed":
        return Standing("closed", _("Closed"), _answers(mobilisation), "state-closed")
    if case.state == "merged":
        into = _("into %(number)s") % {"number": case.merged_into} if case.merged_into else ""
        return Standing("merge", _("Merged"), into, "state-closed")
    return None


def _confirmed(mobilisation: Mobilisation | None, now: datetime) -> Standing:
    if mobilisation is None:
        return Standing("signal", _("Confirmed"))
    if mobilisation.state == "preparing":
        note = _("first wave %(time)s") % {"time": words.clock(mobilisation.hold_until, now)}
        return Standing("clock", _("Preparing"), note)
    yes = _answers(mobilisation)
    if mobilisation.state == "filled":
        return Standing("check", yes, _("places filled"), "good")
    if mobilisation.exhausted_at:
        return Standing("warn", yes, _("nobody left to ask"), "warn")
    if mobilisation.state == "asking":
        return Standing("signal", yes, _("wave %(n)d") % {"n": mobilisation.wave})
    return Standing("closed", yes, _("over"), "state-closed")


def _answers(mobilisation: Mobilisation | None) -> str:
    if mobilisation is None:
        return ""
    sentence = ngettext("%(yes)d of %(n)d yes", "%(yes)d of %(n)d yes", mobilisation.slots)
    return sentence % {"yes": mobilisation.filled, "n": mobilisation.slots}
