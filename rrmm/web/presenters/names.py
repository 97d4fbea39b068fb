"""Choices of countries and languages, sorted as the reader reads them."""

from functools import lru_cache

from babel import Locale
from django.utils.translation import get_language

from rrmm.web import words

OURS = (
    *("ar", "bn", "de", "en", "es", "fa", "fr", "ha", "he", "hi", "id", "it", "ja", "ko", "ms"),
    *("nl", "pl", "pt", "ru", "sw", "ta", "te", "th", "tl", "tr", "uk", "ur", "vi", "zh"),
)
"""Languages offered in a form: those of the sources and those in which people write for us."""


def countries() -> list[tuple[str, str]]:
    """ISO 3166 codes and names, by name."""
    return _countries(get_language() or "en")


@lru_cache(maxsize=8)
def _countries(reader: str) -> list[tuple[str, str]]:
    known = [str(code) for code in Locale("en").territories]
    codes = [c for c in known if len(c) == 2 and c.isalpha() and c not in _NOT]
    return sorted(((code, words.country(code)) for code in codes), key=lambda pair: pair[1])


_NOT = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"}
"""Codes of CLDR that are no country or territory of ISO 3166."""


def languages() -> list[tuple[str, str]]:
    """Codes and names of the languages we offer, by name."""
    return sorted(((code, words.language(code)) for code in OURS), key=lambda pair: pair[1])
