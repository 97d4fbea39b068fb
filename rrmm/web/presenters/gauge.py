"""What newsworthiness and corroboration mean, in words; two scores that nobody may add up."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

BLOCKS = 8
"""Blocks drawn for corroboration; more owners than these are written, not drawn."""


def newsworthiness(value: int, mark: int) -> str:
    """`value` (0 to 100) against `mark`, the value from which the desk is told."""
    if value >= mark + 20:
        word = _("High.")
    elif value >= mark:
        word = _("Over the mark.")
    else:
        word = _("Under the mark.")
    return f"{word} " + _("The mark is where the desk is told.")


def corroboration(owners: int, languages: int, copies: int) -> str:
    """How many independent owners say so, in how many languages; copies named, never counted."""
    sentence = ngettext(
        "%(n)d independent owner in %(languages)s.",
        "%(n)d independent owners in %(languages)s.",
        owners,
    ) % {"n": owners, "languages": _languages(languages)}
    return " ".join(filter(None, [_strength(owners), sentence if owners else "", _copies(copies)]))


def _languages(n: int) -> str:
    return ngettext("%(n)d language", "%(n)d languages", n) % {"n": n}


def _strength(owners: int) -> str:
    if owners == 0:
        return _("No outlet has it yet.")
    if owners == 1:
        return _("One voice only.")
    return _("Good.") if owners >= 4 else _("Thin.")


def _copies(copies: int) -> str:
    if not copies:
        return ""
    return ngettext("%(n)d copy not counted.", "%(n)d copies not counted.", copies) % {"n": copies}
