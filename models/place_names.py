"""How names of places are compared: spelling, case endings, letters written onto a name."""

from collections.abc import Iterator
from typing import NamedTuple, Self

from models.text import plain, words

SHORTEST = 4
"""Letters that stay when a case ending is cut off; shorter names are compared as they are."""
_RUSSIAN = (
    *("иями", "ями", "ами", "иям", "иях", "ией", "ого", "ому", "ыми", "ими"),
    *("ием", "ах", "ях", "ам", "ям", "ом", "ем", "ой", "ей", "ою", "ые", "ый", "ии", "ия", "ию"),
    *("ие", "а", "я", "о", "е", "и", "ы", "у", "ю", "ь", "и"),
)
_ARABIC = ("وبال", "وال", "بال", "فال", "كال", "ولل", "لل", "ال", "و", "ب", "ل", "ف")


class Entry(NamedTuple):
    """One form of a name. `company`: a place only after "in" or beside its country."""

    form: str
    country: str
    name: str
    kind: str
    size: int
    company: bool

    @property
    def foreign(self) -> bool:
        """Not in Latin letters (whose accents a form has lost)."""
        return not self.form.isascii()

    def line(self) -> str:
        return "\t".join((*self[:4], str(self.size), "1" if self.company else ""))

    @classmethod
    def read(cls, line: str) -> Self:
        shape, country, name, kind, size, company = line.split("\t")
        return cls(shape, country, name, kind, int(size), bool(company))


def key(word: str) -> str:
    """The form of one word by which a name is found: Russian case endings cut off.

    >>> key("Москве") == key("Москва"), key("Zürich")
    (True, 'zurich')
    """
    bare = plain(word)
    if bare and "\u0400" <= bare[0] <= "\u04ff":
        for ending in _RUSSIAN:
            if bare.endswith(ending) and len(bare) - len(ending) >= SHORTEST:
                return bare[: -len(ending)]
    return bare


def form(name: str) -> str:
    """The form of a whole name: the forms of its words, one space between."""
    return " ".join(key(word) for word in words(name))


def variants(word: str) -> Iterator[str]:
    """Forms to try for a word of a text, likeliest first: as it is, without what is written
    onto it (Arabic "and", "in", "the"; the s of a German or English genitive; German -er)."""
    bare = key(word)
    yield bare
    if bare and "\u0600" <= bare[0] <= "\u06ff":
        for clitic in _ARABIC:
            if bare.startswith(clitic) and len(bare) - len(clitic) >= 3:
                yield bare[len(clitic) :]
                yield "ال" + bare[len(clitic) :]
        return
    if len(bare) > SHORTEST and word[0].isupper() and bare[-1] == "s":
        yield bare[:-1]
    if len(bare) > SHORTEST + 2 and word[0].isupper() and bare.endswith("er"):
        yield bare[:-2]
        yield bare[:-2] + "en"
