"""Which of the places that a text names is where it happens: a linear score over what speaks."""

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from models.place_names import Entry, form

HEADLINE_ENDS = " — "
SENTENCE_ENDS = (". ", "? ", "! ", "。", "؟ ", "| ", "... ")
HEADLINE_AT_LEAST, HEADLINE_AT_MOST = 40, 200
KINDS = ("city", "region", "country", "people", "cue", "leader")
RANK = {"city": 3, "region": 2, "country": 1}
SIGNALS = ("here", "origin", "against", "actor", "dateline")
FEATURES = (
    *(f"headline {kind}" for kind in KINDS),
    *(f"below {kind}" for kind in KINDS),
    *SIGNALS,
    *("here in headline", "first", "position", "repeated", "most named", "small city alone"),
)
START = (
    *(3.4, 3.2, 2.8, 2.0, 1.8, 1.2),
    *(1.6, 1.5, 1.2, 0.7, 0.9, 0.5),
    *(1.5, -1.0, -1.0, -1.5, -0.3),
    *(0.5, 0.2, -0.3, 0.6, 0.3, -1.0),
)
"""What the weights are drawn towards when they are fitted: set by hand from how news is written."""
WEIGHTS = (
    *(3.26, 3.26, 2.77, 1.87, 1.96, 1.07),
    *(1.48, 1.58, 1.20, 0.48, 1.00, 0.58),
    *(1.55, -0.91, -0.93, -1.56, -0.40),
    *(0.48, 0.15, -0.12, 0.62, 0.12, -1.03),
)
"""Fitted by models.fit_places on the developing half of tests/data/places (docs/places.md)."""
REPEATED_AT_MOST = 6
SMALL = 400_000
"""Four times the population below which a city named once is weak evidence alone."""


@dataclass(eq=False)
class Mention:
    """A name in a text, from word `first` to word `last`, and what the words around it say."""

    entry: Entry
    first: int
    last: int
    headline: bool = False
    here: bool = False
    origin: bool = False
    against: bool = False
    actor: bool = False
    dateline: bool = False


@dataclass(frozen=True)
class Signals:
    """Words around a name: "in" it, "from" it, "against" it, and verbs of those who react."""

    before: frozenset[str]
    after: frozenset[str]
    origin: frozenset[str]
    origin_after: frozenset[str]
    against: frozenset[str]
    actors: frozenset[str]
    stems: tuple[str, ...]

    @classmethod
    def of(cls, listed: dict[str, str]) -> Self:
        """Of the section [signals] of place_aliases.toml; a verb may end in *."""
        sets = {
            name: frozenset(form(word) for word in words.split(",") if "*" not in word)
            for name, words in listed.items()
        }
        stems = (word.strip() for word in listed["actors"].split(","))
        return cls(**sets, stems=tuple(form(word) for word in stems if word.endswith("*")))

    def read(
        self,
        mention: Mention,
        text: str,
        keys: list[str],
        starts: list[int],
        language: str,
    ) -> None:
        """Set what the words around a mention say. `keys`, `starts`: the text's words."""
        first, last = mention.first, mention.last
        before = keys[first - 1] if first else ""
        after = keys[last + 1] if last + 1 < len(keys) else ""
        mention.here = mention.here or before in self.before
        mention.origin = before in self.origin
        mention.against = mention.against or before in self.against
        if language in {"tr", "hi", "ur"}:
            mention.here = mention.here or after in self.after
            mention.origin = mention.origin or after in self.origin_after
        if keys[first][:1] == "ب" and mention.entry.form[:1] != "ب":
            mention.here = True
        window = [*keys[max(first - 2, 0) : first]] if language == "ar" else []
        window += keys[last + 1 : last + (6 if language in {"tr", "hi"} else 3)]
        mention.actor = mention.actor or any(self._reacts(word) for word in window)
        end = starts[last + 1] if last + 1 < len(starts) else len(text)
        opened = text[starts[last] : end].rstrip()
        mention.dateline = (first == 0 or text[: starts[first]].endswith(HEADLINE_ENDS)) and (
            opened.endswith((":", "(", "/", " –", " -"))
        )

    def _reacts(self, word: str) -> bool:
        return word in self.actors or word.startswith(self.stems)


def headline_ends(text: str) -> int:
    """Where the headline, or else the first sentence, ends."""
    border = text.find(HEADLINE_ENDS)
    if border > 0:
        return border
    ends = (text.find(mark, HEADLINE_AT_LEAST) for mark in SENTENCE_ENDS)
    return min([end for end in ends if end > 0] + [HEADLINE_AT_MOST, len(text)])


def scene(mentions: list[Mention]) -> Mention:
    """The mention that names where it happens, as exactly as the text says."""
    table = described(mentions)
    best = max(table, key=lambda country: float(table[country] @ _WEIGHTS))
    inside = [m for m in mentions if m.entry.country == best]
    return max(
        inside,
        key=lambda m: (RANK.get(m.entry.kind, 0), m.here + 2 * m.headline, -m.first),
    )


def described(mentions: list[Mention]) -> dict[str, NDArray[np.float64]]:
    """Country to its row of FEATURES."""
    table: dict[str, NDArray[np.float64]] = {}
    counts: dict[str, int] = {}
    for mention in mentions:
        counts[mention.entry.country] = counts.get(mention.entry.country, 0) + 1
    most = max(counts.values(), default=0)
    for mention in mentions:
        country = mention.entry.country
        row = table.get(country)
        if row is None:
            row = table[country] = np.zeros(len(FEATURES))
            row[_AT["first"]] = len(table) == 1
            row[_AT["position"]] = min(mention.first, 40) / 10
            row[_AT["repeated"]] = math.log(min(counts[country], REPEATED_AT_MOST))
            row[_AT["most named"]] = counts[country] == most
            small = mention.entry.kind == "city" and mention.entry.size < SMALL
            row[_AT["small city alone"]] = small and counts[country] == 1 and not mention.here
        row[_AT[f"{'headline' if mention.headline else 'below'} {mention.entry.kind}"]] = 1.0
        for signal in SIGNALS:
            if getattr(mention, signal):
                row[_AT[signal]] = 1.0
        if mention.here and mention.headline:
            row[_AT["here in headline"]] = 1.0
    return table


_AT = {name: column for column, name in enumerate(FEATURES)}
_WEIGHTS = np.array(WEIGHTS)
