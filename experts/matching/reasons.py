"""Reasons as words that a person can check. Pure; the web passes its own translation."""

from collections.abc import Callable

from experts.matching.names import language_name, place_name
from experts.matching.values import Reason


def _(words: str) -> str:
    """Marks words for gettext's extraction."""
    return words


TEMPLATES = {
    "speaks": _("speaks {about}"),
    "speaks_local": _("speaks {about}, a language of {more}"),
    "line_place": _("works on {about} in {more}"),
    "line": _("works on {about}"),
    "place": _("knows {about}"),
    "lives": _("lives in {about}"),
    "names": _("profile names {about}"),
    "group": _("profile speaks of {about}"),
    "topic": _("profile speaks of {about}"),
    "awake": _("awake now, {about}"),
    "asleep": _("asleep now, {about}"),
    "not_asked": _("not asked in 90 days"),
    "asked_once": _("asked once in 90 days"),
    "asked": _("asked {about} times in 90 days, {more} of them in the last 30"),
    "answers": _("answered {about} of the last {more} asks"),
}
LINES = {
    "religion": _("religion"),
    "ethnicity": _("ethnicity"),
    "migration": _("migration"),
    "culture": _("culture"),
}
_LANGUAGES = {"speaks", "speaks_local"}
_PLACES = {"place", "lives"}
_LINES = {"line", "line_place"}


def words(reason: Reason, translate: Callable[[str], str] = str, at: str = "en") -> str:
    """A reason as a short phrase. translate: gettext; at: the language for names (CLDR)."""
    more = place_name(reason.more, at) if reason.code in {"speaks_local", "line_place"} else ""
    about = _about(reason, translate, at)
    return translate(TEMPLATES[reason.code]).format(about=about, more=more or reason.more)


def _about(reason: Reason, translate: Callable[[str], str], at: str) -> str:
    if reason.code in _LANGUAGES:
        return language_name(reason.about, at)
    if reason.code in _PLACES:
        return place_name(reason.about, at)
    if reason.code in _LINES:
        return translate(LINES[reason.about])
    if reason.code == "group":
        return translate(reason.about.replace("_", " ").title())
    return translate(reason.about.replace("_", " ")) if reason.code == "topic" else reason.about
