"""Countries and cities that a text names, and the one where it happens."""

import gzip
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Self

from ahocorasick_rs import AhoCorasick, MatchKind

from models.place_names import Entry, form, key, variants
from models.place_scene import Mention, Signals, headline_ends, scene
from models.text import LIMIT, WORD, is_han
from models.values import PlaceFound

DATA = Path(__file__).parent / "data"
GAZETTEER = DATA / "places.tsv.gz"
ALIASES = DATA / "place_aliases.toml"
CUES = DATA / "place_cues.toml"
MOST = 8
"""Places given for one text."""
STEM = 4
HOME = {
    "de": "DE",
    "es": "ES",
    "fa": "IR",
    "fr": "FR",
    "hi": "IN",
    "id": "ID",
    "it": "IT",
    "nl": "NL",
    "pt": "BR",
    "ru": "RU",
    "tr": "TR",
    "zh": "CN",
}
"""Of places with the same name, the one where the text's language is at home."""
SPREAD = {"es", "it", "nl"}
"""Languages whose texts without any place are not guessed: at home in many countries, or never
measured."""


@dataclass(frozen=True)
class _Word:
    """What is known of a word as written, whatever the text: tried once."""

    forms: tuple[str, ...]
    opens: int
    implied: tuple[str, str]
    """Country and kind that the word's stem implies; two empty ones if none."""
    local: bool


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
        cues = tomllib.loads(CUES.read_text(encoding="utf-8"))
        self._entries: dict[str, Entry] = {}
        self._rivals: dict[str, list[Entry]] = {}
        for entry in entries:
            if self._entries.setdefault(entry.form, entry) is not entry:
                self._rivals.setdefault(entry.form, []).append(entry)
        self._local = {shape.split(":")[1] for shape in self._entries if shape[2:3] == ":"}
        self._opens: dict[str, int] = {}
        for shape in self._entries:
            first, count = shape.split(" ", 1)[0], shape.count(" ") + 1
            self._opens[first] = max(count, self._opens.get(first, 0))
        han = [shape for shape in self._entries if is_han(shape)]
        self._runs = AhoCorasick(han, matchkind=MatchKind.LeftmostLongest)
        self._signals = Signals.of(reviewed["signals"])
        self._implied = _stems(reviewed["adjectives"], "people") | _stems(cues["stems"], "cue")
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
        main one is in the country for which most speaks (models.place_scene); there a city wins
        over a region, a region over the country. A country may be found by what implies it (its
        parties, institutions, people). A text that tells nothing gets the home of its language, if
        that is mostly one country, as a `weak` place; in English, Spanish and Arabic none.
        """
        mentions = self.mentions(text, language)
        if not mentions:
            return self._guessed(text, language)
        main = scene(mentions)
        found: dict[tuple[str, str], bool] = {}
        for mention in mentions:
            place = (mention.entry.country, mention.entry.name)
            found[place] = found.get(place, False) or mention is main
        places = [PlaceFound(country, name, is_main) for (country, name), is_main in found.items()]
        kept = [place for place in places[:MOST] if not place.main]
        return tuple(p for p in places if p.main or p in kept[: MOST - 1])

    def _guessed(self, text: str, language: str) -> tuple[PlaceFound, ...]:
        country = HOME.get(language, "")
        if not country or language in SPREAD or not any(c.isalpha() for c in text[:LIMIT]):
            return ()
        return (PlaceFound(country, self._names[country], True, weak=True),)

    def mentions(self, text: str, language: str = "") -> list[Mention]:
        """What a text names, in its order, with what the words around each say."""
        text = text[:LIMIT].lstrip("\ufeff \n")
        tokens = [_Token(m.group(), m.start(), self._word(m.group())) for m in WORD.finditer(text)]
        border = headline_ends(text)
        found: list[Mention] = []
        i = 0
        while i < len(tokens):
            token = tokens[i]
            if is_han(token.text):
                found += self._in_run(token, i)
            elif mention := self._at(tokens, i, language):
                found.append(mention)
                i = mention.last
            i += 1
        written = [token.text for token in tokens]
        keys = [key(word) for word in written]
        starts = [token.start for token in tokens]
        for mention in found:
            mention.headline = starts[mention.first] < border
            self._signals.read(mention, text, keys, starts, language)
        return self._settled(self._in_company(found, text, tokens), language)

    def _at(self, tokens: list[_Token], i: int, language: str) -> Mention | None:
        """The longest name that begins at word i, if it may stand there."""
        word = tokens[i].word
        for count in range(min(word.opens, len(tokens) - i), 0, -1):
            rest = [key(tokens[i + n].text) for n in range(1, count)]
            for first in word.forms:
                entry = self._entries.get(" ".join([first, *rest]))
                if entry and self._written_as_name(entry, tokens[i].text):
                    return Mention(entry, i, i + count - 1)
        if word.local and (entry := self._entries.get(f"{language}:{key(tokens[i].text)}")):
            return Mention(entry, i, i)
        country, kind = word.implied
        if country:
            name = self._names.get(country, country)
            return Mention(Entry("", country, name, kind, 0, False), i, i)
        return None

    def _written_as_name(self, entry: Entry, written: str) -> bool:
        """Latin and Cyrillic names begin with a capital; short codes are capitals throughout."""
        if not written[0].isupper():
            return not (written[0].islower() or entry.form[0].isascii())
        return len(entry.form) > 3 or written.isupper() or not entry.form.isascii()

    def _in_run(self, token: _Token, i: int) -> list[Mention]:
        found = []
        for _, start, end in self._runs.find_matches_as_indexes(token.text):
            mention = Mention(self._entries[token.text[start:end]], i, i)
            mention.here = bool(start and token.text[start - 1] in "在于驻")
            mention.actor = token.text[end : end + 2] in self._signals.actors
            mention.against = bool(start and token.text[start - 1] in "对向")
            found.append(mention)
        return found

    def _settled(self, found: list[Mention], language: str) -> list[Mention]:
        """Each name of several places as the one that the rest of the text, or the language,
        speaks for; else the most populous."""
        sure = {m.entry.country for m in found if m.entry.form not in self._rivals}
        home = HOME.get(language, "")
        for mention in found:
            others = self._rivals.get(mention.entry.form, ())
            if others and mention.entry.country not in sure:
                fitting = [entry for entry in others if entry.country in sure]
                native = [entry for entry in others if entry.country == home]
                small = mention.entry.kind == "city" and mention.entry.country != home
                mention.entry = (fitting or (native if small else []) or [mention.entry])[0]
        return found

    def _in_company(self, found: list[Mention], text: str, tokens: list[_Token]) -> list[Mention]:
        """Without the names that need company and have none, and without persons' names."""
        sure = {m.entry.country for m in found if not m.entry.company}
        kept = []
        for mention in found:
            here = mention.here
            beside = mention.entry.country in sure and mention.entry.kind != "country"
            if mention.entry.company and not (here or beside):
                continue
            if not here and self._in_a_person(mention, text, tokens):
                continue
            kept.append(mention)
        return kept

    def _in_a_person(self, mention: Mention, text: str, tokens: list[_Token]) -> bool:
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
            return _Word((), 0, ("", ""), False)
        shapes = tuple(variants(text))
        forms = tuple(s for i, s in enumerate(shapes) if s in self._opens and self._may(s, i))
        implied = next((found for s in shapes if any(found := self._stem(s))), ("", ""))
        opens = max((self._opens[shape] for shape in forms), default=0)
        return _Word(forms, opens, implied, shapes[0] in self._local)

    def _may(self, shape: str, cut: int) -> bool:
        """An Arabic word without what was written onto it names large places only: what is
        left of other words too often looks like a town."""
        entry = self._entries.get(shape)
        small = entry is not None and entry.kind == "city" and entry.size < 300_000
        return not (cut and small and "\u0600" <= shape[0] <= "\u06ff")

    def _stem(self, shape: str) -> tuple[str, str]:
        """Country and kind that a word implies by the way it begins."""
        if found := self._implied.get(shape):
            return found
        for end in range(len(shape), STEM - 1, -1):
            if found := self._implied.get(shape[:end] + "*"):
                return found
        return ("", "")


def _stems(listed: dict[str, str], kind: str) -> dict[str, tuple[str, str]]:
    """Form (with * for any ending) to country and kind."""
    found: dict[str, tuple[str, str]] = {}
    for country, words in listed.items():
        for raw in words.split(","):
            star = "*" if raw.strip().endswith("*") else ""
            found.setdefault(form(raw) + star, (country, kind))
    return found
