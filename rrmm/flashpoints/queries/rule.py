"""What the escalation rule saw, in words that a person can check."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rrmm.flashpoints.queries.names import country_name, language_name


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


def _sources(line: Mapping[str, Any]) -> RuleLine:
    said = []
    if line["official"]:
        said.append(
            ngettext(
                "%(official)s of %(articles)s article names an office that says so",
                "%(official)s of %(articles)s articles name an office that says so",
                line["articles"],
            ) % line
        )  # fmt: skip
    if line["agencies"]:
        said.append(_("given as source: %(names)s") % {"names": ", ".join(line["agencies"])})
    return RuleLine(_("Sources they name"), "; ".join(said))


def _one_agency(line: Mapping[str, Any]) -> RuleLine:
    words = _("All %(articles)s articles have it from %(agency)s: they may be one voice") % line
    return RuleLine(_("Speaks against"), words, against=True)


def _rose(line: Mapping[str, Any]) -> RuleLine:
    return RuleLine(_("Why it came back"), _("Severity rose from %(was)s to %(now)s") % line)


def _doubled(line: Mapping[str, Any]) -> RuleLine:
    return RuleLine(_("Why it came back"), _("Voices grew from %(was)s to %(now)s") % line)


def _languages(line: Mapping[str, Any]) -> RuleLine:
    names = {"names": ", ".join(language_name(code) for code in line["joined"])}
    return RuleLine(_("Why it came back"), _("Now also in %(names)s") % names)


def _countries(line: Mapping[str, Any]) -> RuleLine:
    names = {"names": ", ".join(country_name(code) for code in line["joined"])}
    return RuleLine(_("Why it came back"), _("Now also in %(names)s") % names)


def _after(line: Mapping[str, Any]) -> RuleLine:
    hours, minutes = divmod(line["minutes"], 60)
    span = _("%(h)s h %(m)s min") % {"h": hours, "m": minutes} if hours else (
        _("%(m)s min") % {"m": minutes})  # fmt: skip
    said = _("Was held for %(span)s") if line["state"] == "held" else _("Was gone for %(span)s")
    return RuleLine(_("Why it came back"), said % {"span": span})


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
    "sources": _sources,
    "one_agency": _one_agency,
    "rose": _rose,
    "doubled": _doubled,
    "languages": _languages,
    "countries": _countries,
    "after": _after,
}
