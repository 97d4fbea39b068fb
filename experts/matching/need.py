"""Understanding a need: its lines, places, peoples, and what it leaves unsaid. Pure."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from babel.languages import get_official_languages

from experts.matching.names import FAULT_LINES, countries_of, place_name
from experts.matching.text import Reading, concepts, groups, read
from experts.matching.values import Need
from models.language import detect

Finder = Callable[[str], Sequence[tuple[str, str]]]
"""Places that a text names, the scene first: country (ISO 3166-1 alpha-2) and name; a gazetteer."""
AT_HOME = {
    "fr": "FR", "de": "DE", "tr": "TR", "hi": "IN", "ur": "PK", "sw": "KE TZ", "bn": "BD",
    "he": "IL", "pl": "PL", "nl": "NL", "ja": "JP", "ko": "KR", "ru": "RU", "uk": "UA",
    "fa": "IR", "id": "ID", "it": "IT", "pt": "BR PT", "zh": "CN", "es": "ES",
}  # fmt: skip
"""Where a headline that names no country is from: papers seldom name their own."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A need, read: what the index is asked with."""

    need: Need
    reading: Reading
    language: str
    lines: tuple[str, ...]
    countries: tuple[str, ...]
    spots: tuple[str, ...]
    """Towns and provinces that the text names."""
    local: tuple[str, ...]
    """Languages of the country where it happens."""

    @property
    def where(self) -> tuple[str, ...]:
        """Countries and regions that somebody should know, the scene first."""
        said = (*self.countries, *self.need.regions)
        return said or tuple(code for code, _n in self.reading.areas.most_common(2))

    @property
    def scene(self) -> frozenset[str]:
        """The country where it happens, or those that it may be; none where nothing tells."""
        near = (code for place in self.where for code in countries_of(place))
        return frozenset(self.countries[:1] or (*near,) or self.home)

    @property
    def home(self) -> tuple[str, ...]:
        """Countries it may be about, where nothing says which."""
        return () if self.where else tuple(AT_HOME.get(self.language, "").split())


def nowhere(_text: str) -> Sequence[tuple[str, str]]:
    """A gazetteer that knows no place."""
    return ()


def understood(need: Need, finder: Finder = nowhere) -> Asked:
    """A need with what its text says where the need itself leaves it open."""
    reading = read(need.text)
    found = finder(need.text)
    met = (*(country for country, _ in found), *(c for c, _n in reading.countries.most_common(4)))
    countries = need.countries or tuple(dict.fromkeys(met))[:4]
    home = tuple(get_official_languages(countries[0], de_facto=True)) if countries else ()
    return Asked(
        need=need,
        reading=reading,
        language=detect(need.text),
        lines=need.lines or _lines_of(reading),
        countries=countries,
        spots=spots_of(found),
        local=tuple(code[:2] for code in home),
    )


def spots_of(found: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Of places that a text names, those smaller than a country."""
    return tuple(dict.fromkeys(name for country, name in found if name != place_name(country)))


def in_english(asked: Asked) -> str:
    """What a need says, in English, where the glossary knows its words; "" elsewhere."""
    if not asked.reading.gloss:
        return ""
    where = [*asked.spots[:1], *(place_name(code) for code in asked.countries[:2])]
    return ". ".join(part for part in (asked.reading.gloss, ", ".join(where)) if part)


def raised(found: Mapping[str, int]) -> Counter[str]:
    """Groups with the larger groups that hold them: a Copt is a Christian, too, but less so."""
    total: Counter[str] = Counter()
    for name, n in found.items():
        for step, level in enumerate(above(name)):
            for larger in level:
                total[larger] += max(1, (4 * n) >> step)
    return total


@cache
def above(group: str) -> tuple[tuple[str, ...], ...]:
    """A group, the groups that hold it, those that hold them, and so on."""
    levels: list[tuple[str, ...]] = [(group,)]
    while levels[-1]:
        levels.append(tuple(m for g in levels[-1] for m in groups()[g].get("of", "").split()))
    return tuple(levels[:-1])


def _lines_of(reading: Reading) -> tuple[str, ...]:
    votes: Counter[str] = Counter()
    for table, met in ((concepts(), reading.concepts), (groups(), reading.groups)):
        for name, n in met.items():
            if line := table[name].get("line"):
                votes[line] += n
    most = max(votes.values(), default=0)
    found = [(n, line) for line, n in votes.items() if n >= most / 3]
    return tuple(line for _n, line in sorted(found, key=lambda p: (-p[0], FAULT_LINES.index(p[1]))))
