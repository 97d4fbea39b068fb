"""Countries and cities that a text names, and the one where it happens."""

import gzip
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple, Self

from ahocorasick_rs import AhoCorasick, MatchKind

from models.place_names import form, key, variants
from models.text import LIMIT, WORD, is_han
from models.values import PlaceFound

DATA = Path(__file__).parent / "data"
GAZETTEER = DATA / "places.tsv.gz"
ALIASES = DATA / "place_aliases.toml"
HEADLINE_ENDS = " — "
LONGEST = 5
MOST = 8
"""Places given for one text."""
STEM = 4
KINDS = {"city": 1.0, "region": 0.5, "country": 0.0, "people": -1.0}


class Entry(NamedTuple):
    """One form of a name. `company`: a place only after "in" or beside its country."""

    form: str
    country: str
    name: str
    kind: str
    size: int
    company: bool

    def line(self) -> str:
        return "\t".join((*self[:4], str(self.size), "1" if self.company else ""))

    @classmethod
    def read(cls, line: str) -> Self:
        shape, country, name, kind, size, company = line.split("\t")
        return cls(shape, country, name, kind, int(size), bool(company))


@dataclass
class _Mention:
    entry: Entry
    first: int
    last: int
    headline: bool
    score: float = 0.0


@dataclass(frozen=True)
class _Word:
    """What is known of a word as written, whatever the text: tried once."""

    forms: tuple[str, ...]
    opens: int
    people: str
    here: bool


@dataclass
class _Token:
    text: str
    start: int
    word: _Word
    end: int = field(init=False)

    def __post_init__(self) -> None:
        self.end = self.start + len(self.text)


class Gazetteer:
    """Names in 17 languages (CLDR, GeoNames from 15,000 people, reviewed aliases)."""

    def __init__(self, entries: list[Entry]) -> None:
        reviewed = tomllib.loads(ALIASES.read_text(encoding="utf-8"))
        self._entries = {entry.form: entry for entry in entries if not is_han(entry.form)}
        self._opens: dict[str, int] = {}
        for shape in self._entries:
            first, count = shape.split(" ", 1)[0], shape.count(" ") + 1
            self._opens[first] = max(count, self._opens.get(first, 0))
        han = [entry for entry in entries if is_han(entry.form)]
        self._han = {entry.form: entry for entry in han}
        self._runs = AhoCorasick(list(self._han), matchkind=MatchKind.LeftmostLongest)
        self._before = frozenset(form(w) for w in reviewed["here"]["before"].split(","))
        self._after = frozenset(form(w) for w in reviewed["here"]["after"].split(","))
        self._people = _people(reviewed["adjectives"])
        self._names = {e.country: e.name for e in entries if e.kind == "country"}
        self._words: dict[str, _Word] = {}

    @classmethod
    @cache
    def load(cls) -> Self:
        """The shipped gazetteer, read once."""
        text = gzip.decompress(GAZETTEER.read_bytes()).decode()
        return cls([Entry.read(line) for line in text.split("\n")])

    def find(self, text: str, language: str = "") -> tuple[PlaceFound, ...]:
        """Places in the order of the text, at most eight, each once; one of them is `main`.

        Names are canonical English ones (GeoNames, CLDR), whatever the text's language. The
        main one is in the country that the headline, the place in the text, words like "in" and
        repetition speak for most; there a city wins over a region, a region over the country.
        """
        text = text[:LIMIT]
        mentions = self._mentions(text, language)
        if not mentions:
            return ()
        for mention in mentions:
            mention.score += KINDS[mention.entry.kind] - 0.04 * mention.first
            mention.score += 3.0 if mention.headline else 1.0
        main = _main(mentions)
        found: dict[tuple[str, str], bool] = {}
        for mention in mentions:
            place = (mention.entry.country, mention.entry.name)
            found[place] = found.get(place, False) or mention.entry is main
        places = [PlaceFound(country, name, is_main) for (country, name), is_main in found.items()]
        kept = [place for place in places[:MOST] if not place.main]
        return tuple(p for p in places if p.main or p in kept[: MOST - 1])

    def _mentions(self, text: str, language: str) -> list[_Mention]:
        tokens = [_Token(m.group(), m.start(), self._word(m.group())) for m in WORD.finditer(text)]
        border = text.find(HEADLINE_ENDS)
        border = len(text) if border < 0 else border
        found: list[_Mention] = []
        i = 0
        while i < len(tokens):
            token = tokens[i]
            if is_han(token.text):
                found += self._in_run(token, i, token.start < border)
            elif mention := self._at(tokens, i, text, language):
                mention.headline = token.start < border
                found.append(mention)
                i = mention.last
            i += 1
        return self._in_company(found, text, tokens)

    def _at(self, tokens: list[_Token], i: int, text: str, language: str) -> _Mention | None:
        """The longest name that begins at word i, if it may stand there."""
        word = tokens[i].word
        for count in range(min(word.opens, len(tokens) - i), 0, -1):
            rest = [key(tokens[i + n].text) for n in range(1, count)]
            for first in word.forms:
                entry = self._entries.get(" ".join([first, *rest]))
                if entry and self._written_as_name(entry, tokens[i].text):
                    mention = _Mention(entry, i, i + count - 1, False)
                    mention.score += self._here(tokens, mention, text, language)
                    return mention
        if word.people:
            country = word.people
            entry = Entry("", country, self._names.get(country, country), "people", 0, False)
            return _Mention(entry, i, i, False)
        return None

    def _written_as_name(self, entry: Entry, written: str) -> bool:
        """Latin and Cyrillic names begin with a capital; short codes are capitals throughout."""
        if not written[0].isupper():
            return not (written[0].islower() or entry.form[0].isascii())
        return len(entry.form) > 3 or written.isupper() or not entry.form.isascii()

    def _here(self, tokens: list[_Token], mention: _Mention, text: str, language: str) -> float:
        """2 if words around say that it happens here, or the text opens with the name."""
        before = tokens[mention.first - 1] if mention.first else None
        after = tokens[mention.last + 1] if mention.last + 1 < len(tokens) else None
        if before and before.word.here:
            return 2.0
        if before is None or text[: tokens[0].start].strip():
            opened = text[tokens[mention.last].end :][:3]
            if mention.first == 0 and (opened.startswith((":", " ("))):
                return 2.0
        if after and language in {"tr", "hi", "ur"} and key(after.text) in self._after:
            return 2.0
        arabic = tokens[mention.first].text
        return 1.5 if arabic.startswith("ب") and not mention.entry.form.startswith("ب") else 0.0

    def _in_run(self, token: _Token, i: int, headline: bool) -> list[_Mention]:
        found = []
        for _, start, end in self._runs.find_matches_as_indexes(token.text):
            entry = self._han[token.text[start:end]]
            mention = _Mention(entry, i, i, headline)
            if start and token.text[start - 1] in "在于":
                mention.score += 2.0
            found.append(mention)
        return found

    def _in_company(self, found: list[_Mention], text: str, tokens: list[_Token]) -> list[_Mention]:
        """Without the names that need company and have none, and without persons' names."""
        sure = {m.entry.country for m in found if not m.entry.company}
        kept = []
        for mention in found:
            here = mention.score >= 1.5
            beside = mention.entry.country in sure and mention.entry.kind != "country"
            if mention.entry.company and not (here or beside):
                continue
            if not here and self._in_a_person(mention, text, tokens):
                continue
            kept.append(mention)
        return kept

    def _in_a_person(self, mention: _Mention, text: str, tokens: list[_Token]) -> bool:
        """A small city's name right after another capitalised word is rather a surname."""
        entry = mention.entry
        if entry.kind != "city" or entry.size > 4_000_000 or not mention.first:
            return False
        before, own = tokens[mention.first - 1], tokens[mention.first]
        between = text[before.end : own.start]
        return between == " " and before.text[0].isupper() and before.text[-1].islower()

    def _word(self, text: str) -> _Word:
        known = self._words.get(text)
        if known is None:
            if len(self._words) > 200_000:
                self._words.clear()
            known = self._words[text] = self._meet(text)
        return known

    def _meet(self, text: str) -> _Word:
        if is_han(text):
            return _Word((), 0, "", False)
        forms = tuple(shape for shape in variants(text) if shape in self._opens)
        bare = key(text)
        ends = range(len(bare), STEM - 1, -1)
        people = self._people.get(bare) or next(
            (found for end in ends if (found := self._people.get(bare[:end] + "*"))), ""
        )
        opens = max((self._opens[shape] for shape in forms), default=0)
        return _Word(forms, opens, people, bare in self._before)


def _main(mentions: list[_Mention]) -> Entry:
    totals: dict[str, float] = {}
    for mention in sorted(mentions, key=lambda m: -m.score):
        country = mention.entry.country
        # The best mention counts in full, further ones less: repetition is weaker than place.
        share = 0.35 if country in totals else 1.0
        totals[country] = totals.get(country, 0.0) + share * max(mention.score, 0.1)
    best = max(totals, key=lambda country: totals[country])
    inside = [m for m in mentions if m.entry.country == best]
    rank = {"city": 3, "region": 2, "country": 1, "people": 0}
    return max(inside, key=lambda m: (rank[m.entry.kind], m.score)).entry


def _people(adjectives: dict[str, str]) -> dict[str, str]:
    """Form (with * for any ending) to country."""
    found: dict[str, str] = {}
    for country, listed in adjectives.items():
        for raw in listed.split(","):
            star = "*" if raw.strip().endswith("*") else ""
            found.setdefault(form(raw) + star, country)
    return found
