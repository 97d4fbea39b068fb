"""What the escalation rule saw, in words that a person can check."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A heading, a sentence, and whether it speaks against the case."""

    heading: str
    words: str
    against: bool = False


def in_words(rule: Sequence[Mapping[str, Any]]) -> tuple[RuleLine, ...]:
    """The lines in the rule's order; a code of an older rule is left out."""
    return tuple(_WORDS[line["code"]](line) for line in rule if line["code"] in _WORDS)


def _speed(line: Mapping[str, Any]) -> RuleLine:
    words = ngettext(
        "%(articles)s article in %(minutes)s min; usual here is %(usual)s",
        "%(articles)s articles in %(minutes)s min; usual here is %(usual)s",
        line["articles"],
    )
    return RuleLine(_("Speed"), words % {**line, "usual": f"{line['usual']:g}"})


def _severity(line: Mapping[str, Any]) -> RuleLine:
    words = _("%(backing)s of %(voices)s voices say %(severity)s or more of 3")
    return RuleLine(_("Severity"), words % line)


def _grave(line: Mapping[str, Any]) -> RuleLine:
    words = {
        "deaths": _("Deaths on a communal line, told by %(owners)s independent owners"),
        "borders": _("Spreads across borders, told by %(owners)s independent owners"),
    }
    return RuleLine(_("Grave"), words[line["why"]] % line)


def _reach(line: Mapping[str, Any]) -> RuleLine:
    languages = ngettext("%(n)s language", "%(n)s languages", line["languages"])
    countries = ngettext("%(n)s country", "%(n)s countries", line["countries"])
    words = f"{languages % {'n': line['languages']}}, {countries % {'n': line['countries']}}"
    return RuleLine(_("Reach"), words)


def _owners(line: Mapping[str, Any]) -> RuleLine:
    words = ngettext(
        "%(known)s independent owner", "%(known)s independent owners", line["known"]
    ) % {"known": line["known"]}
    if line["unknown"]:
        words += ngettext(
            ", %(unknown)s more article whose owner we do not know (one voice)",
            ", %(unknown)s more articles whose owner we do not know (one voice)",
            line["unknown"],
        ) % {"unknown": line["unknown"]}
    if line["copies"]:
        words += ngettext(
            "; %(copies)s copy not counted", "; %(copies)s copies not counted", line["copies"]
        ) % {"copies": line["copies"]}
    return RuleLine(_("Who says so"), words)


def _one_voice(_line: Mapping[str, Any]) -> RuleLine:
    return RuleLine(_("Speaks against"), _("Only one voice says so yet"), against=True)


def _not_current(line: Mapping[str, Any]) -> RuleLine:
    words = _("%(old)s of %(articles)s articles are older than two days") % line
    return RuleLine(_("Speaks against"), words, against=True)


def _place_unsure(line: Mapping[str, Any]) -> RuleLine:
    words = _("Only %(same)s of %(articles)s articles agree on where it happens") % line
    return RuleLine(_("Speaks against"), words, against=True)


def _unsure(line: Mapping[str, Any]) -> RuleLine:
    words = _("The classifier is not sure: %(percent)s %% at best") % line
    return RuleLine(_("Speaks against"), words, against=True)


_WORDS: dict[str, Callable[[Mapping[str, Any]], RuleLine]] = {
    "speed": _speed,
    "severity": _severity,
    "grave": _grave,
    "reach": _reach,
    "owners": _owners,
    "one_voice": _one_voice,
    "not_current": _not_current,
    "place_unsure": _place_unsure,
    "unsure": _unsure,
}
