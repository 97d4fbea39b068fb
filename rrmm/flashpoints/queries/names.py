"""Names of countries and languages as the reader's language has them (CLDR)."""

from functools import lru_cache

from babel import Locale, UnknownLocaleError
from django.utils.translation import get_language


def country_name(code: str) -> str:
    """IT -> Italy; an unknown code is given back."""
    return str(_locale(get_language() or "en").territories.get(code.upper(), code))


def language_name(code: str) -> str:
    """ar -> Arabic; an unknown code is given back."""
    return str(_locale(get_language() or "en").languages.get(code.lower(), code))


@lru_cache(maxsize=32)
def _locale(code: str) -> Locale:
    try:
        return Locale.parse(code, sep="-")
    except (ValueError, UnknownLocaleError):
        return Locale("en")
