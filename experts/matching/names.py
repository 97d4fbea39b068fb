"""Names of languages, countries, regions and fault lines in many languages, as codes. Pure.

Names come from CLDR (through babel); `regions.toml` adds our regions, the tables below what
people write and CLDR does not know.
"""

import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel import Locale

FAULT_LINES = ("religion", "ethnicity", "migration", "culture")
_TONGUES = "en fr es ar ru zh pt de tr fa hi id it nl uk ur he ja ko sw bn pl"
TONGUES = tuple(_TONGUES.split())
"""Locales whose names of languages and countries we read."""

_LINE_NAMES = {
    "religion": "r religious religión religião religioso religieux glaube religione din agama دين "
    "الدين религия 宗教 धर्म مذهب دین faith belief",
    "ethnicity": "e ethnic ethnie ethnicité etnia etnicidad etnicidade ethnizität etnicità race "
    "racism etnik عرق العرق этничность 族裔 जातीयता قومیت etnisitas",
    "migration": "m migrants migrations migración migração migrazione refugees asylum göç هجرة "
    "الهجرة миграция 移民 प्रवासन مهاجرت migrasi",
    "culture": "c cultural culture/heritage heritage cultura kultur kültür ثقافة الثقافة культура "
    "文化 संस्कृति فرهنگ budaya patrimoine identity",
}
_COUNTRY_NAMES = {
    "GB": "uk,great britain,britain,england,scotland,wales,northern ireland",
    "US": "usa,u.s.,u.s.a.,america,united states of america,estados unidos de américa,eeuu,eua",
    "AE": "uae,emirates",
    "CD": "drc,dr congo,rdc,democratic republic of the congo,congo-kinshasa,zaire",
    "CG": "congo-brazzaville,republic of the congo",
    "CI": "ivory coast,cote d'ivoire",
    "MM": "burma,birmanie",
    "PS": "palestine,gaza,west bank,palestinian territories",
    "XK": "kosovo",
    "CZ": "czech republic",
    "MK": "macedonia",
    "TR": "turkey",
    "KR": "korea,republic of korea",
    "KP": "north korea,dprk",
    "NL": "holland",
    "BA": "bosnia,bosnia and herzegovina",
    "SZ": "swaziland",
    "CV": "cape verde",
    "TL": "east timor",
    "RU": "russian federation",
    "SY": "syrian arab republic",
    "IR": "islamic republic of iran",
    "VA": "vatican,holy see",
    "TW": "taiwan",
    "LA": "laos",
    "VN": "viet nam",
    "MD": "moldova",
    "BO": "bolivia",
    "VE": "venezuela",
    "TZ": "tanzania",
    "CN": "prc,mainland china",
}
_LANGUAGE_NAMES = {
    "fa": "farsi,dari,persian",
    "zh": "mandarin,putonghua,cantonese",
    "es": "castilian,castellano",
    "bs": "bosnian",
    "ku": "kurdish,kurmanji",
    "ckb": "sorani",
    "id": "bahasa indonesia,bahasa",
    "tl": "tagalog,filipino",
    "he": "hebrew,iw",
    "nb": "no",
    "zgh": "tamazight,amazigh,berber",
    "rom": "romani",
    "sw": "kiswahili",
    "pa": "punjabi",
    "ps": "pashto",
    "ug": "uighur",
}


def folded(text: str) -> str:
    """One spelling for comparing: NFKC, case folded, Arabic letter forms and marks unified,
    zero-width characters gone, runs of space single."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").translate(_SAME)
    return " ".join(plain.split())


_SAME = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ۀ": "ه", "ة": "ه"}
    | {chr(c): None for c in range(0x064B, 0x0653)}
    | {"ـ": None, "\u200b": None, "\u200d": None, "\u200e": None, "\u200f": None, "\ufeff": None}
    | {"\u200c": " ", "\u0307": None}
)


@dataclass(frozen=True, slots=True)
class Region:
    """A region: its code, its countries (ISO 3166-1 alpha-2), its names in many languages."""

    code: str
    countries: frozenset[str]
    names: tuple[str, ...]


@cache
def language_codes() -> Mapping[str, str]:
    """Folded name, endonym or code -> ISO 639 code."""
    found = _of_cldr(lambda at: at.languages, lambda code: 2 <= len(code) <= 3)
    return found | _aliases(_LANGUAGE_NAMES)


@cache
def country_codes() -> Mapping[str, str]:
    """Folded name, alias or code -> ISO 3166-1 alpha-2 (and XK)."""
    found = _of_cldr(lambda at: at.territories, _is_country)
    return found | _aliases(_COUNTRY_NAMES)


@cache
def line_codes() -> Mapping[str, str]:
    """Folded name of a fault line -> its code."""
    names = {folded(n): line for line, words in _LINE_NAMES.items() for n in words.split()}
    return names | {line: line for line in FAULT_LINES}


@cache
def regions() -> Mapping[str, Region]:
    """Our regions by code."""
    table = tomllib.loads(Path(__file__).with_name("regions.toml").read_text("utf-8"))
    return {
        code: Region(code, frozenset(row["countries"].split()), tuple(_region_names(code, row)))
        for code, row in table.items()
    }


@cache
def region_codes() -> Mapping[str, str]:
    """Folded name of a region or country -> region code, or country code where it is one."""
    own = {folded(name): code for code, region in regions().items() for name in region.names}
    return {**country_codes(), **own}


@cache
def countries_of(place: str) -> frozenset[str]:
    """The countries of a region code; of a country code, itself; of anything else, none."""
    if place in regions():
        return regions()[place].countries
    return frozenset({place}) if len(place) == 2 and place.isupper() else frozenset()


@cache
def regions_of(country: str) -> frozenset[str]:
    """The codes of all regions that hold a country."""
    return frozenset(code for code, region in regions().items() if country in region.countries)


def language_name(code: str, at: str = "en") -> str:
    """The name of a language in the language `at`; the code where CLDR has none."""
    return str(_locale(at).languages.get(code, code))


def place_name(code: str, at: str = "en") -> str:
    """The name of a country or region in the language `at`."""
    if code in regions():
        m49 = _m49().get(code, "")
        fallback = code.replace("-", " ").title()
        return str(_locale(at).territories.get(m49, fallback)) if at != "en" else fallback
    return str(_locale(at).territories.get(code, code))


@cache
def _locale(code: str) -> Locale:
    return Locale.parse(code.replace("-", "_").replace("zh_hans", "zh_Hans"))


@cache
def _m49() -> Mapping[str, str]:
    table = tomllib.loads(Path(__file__).with_name("regions.toml").read_text("utf-8"))
    return {code: row["m49"] for code, row in table.items() if "m49" in row}


def _region_names(code: str, row: Mapping[str, str]) -> Iterable[str]:
    yield code
    yield code.replace("-", " ")
    yield from (name.strip() for name in row.get("names", "").split(",") if name.strip())
    if "m49" in row:
        yield from (str(_locale(t).territories[row["m49"]]) for t in TONGUES)


def _is_country(code: str) -> bool:
    return len(code) == 2 and code.isalpha() and code not in {"ZZ", "EU", "EZ", "UN", "XA", "XB"}


def _of_cldr(
    table: Callable[[Locale], Mapping[str, str]], wanted: Callable[[str], bool]
) -> dict[str, str]:
    """Names of every tongue; English has the last word where two tongues disagree."""
    found: dict[str, str] = {}
    for tongue in reversed(TONGUES):
        names = table(_locale(tongue))
        found.update({folded(name): code for code, name in names.items() if wanted(code)})
    found.update({code.casefold(): code for code in table(_locale("en")) if wanted(code)})
    return found


def _aliases(table: Mapping[str, str]) -> dict[str, str]:
    return {folded(name): code for code, names in table.items() for name in names.split(",")}
