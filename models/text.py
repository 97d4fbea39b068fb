"""Text as the models see it: words with their places, compared without case and accents."""

import re
import unicodedata
from functools import lru_cache

LIMIT = 1200
"""Characters of a text that the models read: headline and summary fit in, floods do not."""

MARKS = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0983\u09bc-\u09cd\u200c"
HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
# Vowel signs of the Indic scripts are marks, not letters, so \w alone would cut Hindi words.
INDIC = "\u093a-\u094f\u0955-\u0957\u0962\u0963"
WORD = re.compile(rf"[{HAN}]+|(?:(?![{HAN}_])[\w{MARKS}{INDIC}])+")
_IS_HAN = re.compile(rf"[{HAN}]")
_ARABIC = str.maketrans(
    {
        "أ": "ا",
        "إ": "ا",
        "آ": "ا",
        "ٱ": "ا",
        "ى": "ي",
        "ی": "ي",
        "ې": "ي",
        "ة": "ه",
        "ۀ": "ه",
        "ک": "ك",
        "ـ": None,
        "\u200c": None,
    }
)
_LATIN = str.maketrans({"ı": "i", "ø": "o", "ł": "l", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe"})


def words(text: str) -> list[str]:
    """Words of the first LIMIT characters, as written; a run of Chinese characters is one."""
    return WORD.findall(text[:LIMIT])


def is_han(word: str) -> bool:
    return _IS_HAN.match(word) is not None


@lru_cache(maxsize=200_000)
def plain(word: str) -> str:
    """The form in which words are compared: lower case, no accents, one spelling per letter.

    >>> plain("Mosquée"), plain("İstanbul"), plain("أقليات")
    ('mosquee', 'istanbul', 'اقليات')
    """
    if word.isascii():
        return word.lower()
    apart = unicodedata.normalize("NFKD", word.lower())
    bare = "".join(c for c in apart if not _is_accent(c))
    return unicodedata.normalize("NFC", bare).translate(_ARABIC).translate(_LATIN)


def _is_accent(char: str) -> bool:
    """Latin and Greek accents and Arabic vowel signs; the signs of Indic scripts are letters."""
    return "\u0300" <= char <= "\u036f" or "\u064b" <= char <= "\u065f" or char == "\u0670"


def han_grams(run: str) -> list[str]:
    """Single characters and pairs: Chinese writes no spaces, pairs are its commonest words."""
    return [*run, *(run[i : i + 2] for i in range(len(run) - 1))]
