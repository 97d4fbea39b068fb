"""Ranking people for a need: fit, place, language, and who can answer now, in one number. Pure.

The index is built once and asked often; asking reads only the people that share something with
the need. Weights are stated here and checked against judged needs (tests/data/matching).
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from babel.languages import get_official_languages
from numpy.typing import NDArray

from experts.matching.clock import awake, local
from experts.matching.names import FAULT_LINES
from experts.matching.places import Places
from experts.matching.text import Reading, concepts, read, shingles
from experts.matching.values import Load, Match, Need, Now, Profile, Reason
from experts.matching.vectors import Vectors

Floats = NDArray[np.float32]
Finder = Callable[[str], Sequence[str]]
"""Countries (codes, the scene first) of the places that a text names; a gazetteer."""
Holders = Mapping[str, NDArray[np.int32]]
"""Code -> rows of the people who have it."""

CONCEPTS, WORDS, SHINGLES = 0.55, 0.3, 0.15
"""Parts of the topic's score."""
FULL_TOPIC = 0.5
"""A cosine that counts as complete: profiles say much that a need does not ask for."""
TOPIC, LINES, PLACE, LANGUAGE, AWAKE, RESTED, RELIABLE = 0.36, 0.15, 0.29, 0.10, 0.04, 0.04, 0.02
NO_LOAD = Load()


@dataclass(frozen=True, slots=True)
class Asked:
    """A need, read: what the index is asked with."""

    need: Need
    reading: Reading
    lines: tuple[str, ...]
    countries: tuple[str, ...]
    local: tuple[str, ...]
    """Languages of the country where it happens, as far as the need wants none itself."""


class Index:
    """All people that could be proposed. Built in O(words); ask it with `rank`."""

    def __init__(self, profiles: Iterable[Profile], finder: Finder | None = None) -> None:
        """finder: where given, cities in needs and profiles are understood, too."""
        self._finder: Finder = finder or (lambda _text: ())
        self.profiles: Sequence[Profile] = tuple(profiles)
        readings = [read(profile.text) for profile in self.profiles]
        self._row = {profile.id: row for row, profile in enumerate(self.profiles)}
        self._concepts = Vectors((r.concepts for r in readings), rarest=40)
        self._words = Vectors((r.terms for r in readings), rarest=60, common=0.25)
        spelt = (Counter(shingles(profile.text)) for profile in self.profiles)
        self._shingles = Vectors(spelt, rarest=40, common=0.02, rare=2)
        named = (
            {*r.countries, *self._finder(p.text)}
            for p, r in zip(self.profiles, readings, strict=True)
        )
        self._places = Places(self.profiles, named)
        self._speaks = _holders(self.profiles, lambda profile: profile.languages)
        self._works_on = _holders(self.profiles, lambda profile: profile.fault_lines)
        self._refuses = _holders(self.profiles, lambda profile: profile.refuses)
        self._zones = _holders(self.profiles, lambda profile: (profile.timezone,))

    def __len__(self) -> int:
        return len(self.profiles)

    def rank(
        self, need: Need, now: Now, *, most: int = 50, without: Collection[str] = ()
    ) -> list[Match]:
        """The best people for a need, best first, at most `most`. Nobody who speaks none of the
        required languages, refuses the main line, or is named in `without`."""
        asked = understood(need, self._finder)
        scores = self._scores(asked, now)
        scores[~self._allowed(asked, without)] = -1
        rows = _best(scores, most)
        return [
            Match(
                profile=self.profiles[row],
                score=round(float(scores[row]), 4),
                reasons=tuple(self._reasons(row, asked, now)),
            )
            for row in rows
        ]

    def _scores(self, asked: Asked, now: Now) -> Floats:
        score = TOPIC * self._topic(asked.reading)
        score += LINES * self._share(self._works_on, _falling(asked.lines))
        where = (*asked.countries, *asked.need.regions)
        score += PLACE * self._places.scores(where)
        score += LANGUAGE * self._language(asked)
        score += AWAKE * self._awake(now.at)
        score += RESTED + RELIABLE / 2
        for person, load in (now.loads or {}).items():
            if (row := self._row.get(person)) is not None:
                score[row] -= RESTED * strain(load) + RELIABLE * (0.5 - _answering(load))
        return score

    def _topic(self, reading: Reading) -> Floats:
        near = CONCEPTS * self._concepts.scores(reading.concepts)
        near += WORDS * self._words.scores(reading.terms)
        near += SHINGLES * self._shingles.scores(_spelt(reading.terms))
        whole: Floats = np.minimum(near / np.float32(FULL_TOPIC), np.float32(1))
        return whole

    def _language(self, asked: Asked) -> Floats:
        wished = asked.need.required or asked.need.wanted
        share = self._share(self._speaks, dict.fromkeys(wished, 1.0))
        home = self._share(self._speaks, dict.fromkeys(asked.local, 1.0))
        return 0.7 * share + 0.3 * home if wished else 0.6 * home

    def _share(
        self, holders: Mapping[str, NDArray[np.int32]], wished: Mapping[str, float]
    ) -> Floats:
        """What part of the wishes each person meets, by weight."""
        total = np.zeros(len(self.profiles), dtype=np.float32)
        whole = sum(wished.values()) or 1.0
        for code, weight in wished.items():
            total[holders.get(code, _NOBODY)] += weight / whole
        return total

    def _awake(self, at: datetime) -> Floats:
        up = np.full(len(self.profiles), 0.5, dtype=np.float32)
        for zone, rows in self._zones.items():
            state = awake(zone, at)
            up[rows] = 0.5 if state is None else float(state)
        return up

    def _allowed(self, asked: Asked, without: Collection[str]) -> NDArray[np.bool_]:
        allowed = np.full(len(self.profiles), not asked.need.required)
        for language in asked.need.required:
            allowed[self._speaks.get(language, _NOBODY)] = True
        if asked.lines:
            allowed[self._refuses.get(asked.lines[0], _NOBODY)] = False
        out = [self._row[person] for person in without if person in self._row]
        allowed[np.asarray(out, dtype=np.int32)] = False
        return allowed

    def _reasons(self, row: int, asked: Asked, now: Now) -> Iterable[Reason]:
        profile = self.profiles[row]
        yield from _on_language(profile, asked)
        yield from self._on_subject(row, asked)
        yield from _on_time(profile, now)

    def _on_subject(self, row: int, asked: Asked) -> Iterable[Reason]:
        profile = self.profiles[row]
        line = next((line for line in asked.lines if line in profile.fault_lines), "")
        where = (*asked.countries, *asked.need.regions)
        known = [code for code in where if self._places.of(row, code) >= 0.7]
        if line and known:
            yield Reason("line_place", line, known[0])
        elif line:
            yield Reason("line", line)
        if known and profile.country == known[0]:
            yield Reason("lives", known[0])
        elif known and not line:
            yield Reason("place", known[0])
        topics = self._concepts.shared(row, asked.reading.concepts, 3)
        yield from (Reason("topic", topic) for topic in topics)


def understood(need: Need, finder: Finder = lambda _text: ()) -> Asked:
    """A need with what its text says where the need itself leaves it open."""
    reading = read(need.text)
    met = (*finder(need.text), *(code for code, _n in reading.countries.most_common(4)))
    countries = need.countries or tuple(dict.fromkeys(met))[:4]
    lines = need.lines or _lines_of(reading)
    home = tuple(get_official_languages(countries[0], de_facto=True)) if countries else ()
    return Asked(need, reading, lines, countries, tuple(code[:2] for code in home))


def strain(load: Load) -> float:
    """How much was asked of somebody, 0 (nothing) to 3: the last month counts in full."""
    return min(3.0, load.asks_30 + 0.3 * (load.asks_90 - load.asks_30))


def _answering(load: Load) -> float:
    """Share of asks that got an answer, with one good and one bad one added to begin with."""
    return (load.answered + 1) / (load.over + 2)


def _lines_of(reading: Reading) -> tuple[str, ...]:
    table = concepts()
    votes: Counter[str] = Counter()
    for concept, n in reading.concepts.items():
        if line := table[concept].get("line"):
            votes[line] += n
    most = max(votes.values(), default=0)
    found = [(n, line) for line, n in votes.items() if n >= most / 3]
    return tuple(line for _n, line in sorted(found, key=lambda p: (-p[0], FAULT_LINES.index(p[1]))))


def _on_language(profile: Profile, asked: Asked) -> Iterable[Reason]:
    wished = asked.need.required or asked.need.wanted
    spoken = [code for code in wished if code in profile.languages]
    yield from (Reason("speaks", code) for code in spoken)
    for code in asked.local:
        if code in profile.languages and code not in spoken:
            yield Reason("speaks_local", code, asked.countries[0])


def _on_time(profile: Profile, now: Now) -> Iterable[Reason]:
    there = local(profile.timezone, now.at)
    if there:
        yield Reason("awake" if awake(profile.timezone, now.at) else "asleep", f"{there:%H:%M}")
    if now.loads is None:
        return
    load = now.loads.get(profile.id, NO_LOAD)
    if load.asks_90 > 1:
        yield Reason("asked", str(load.asks_90), str(load.asks_30))
    else:
        yield Reason("asked_once" if load.asks_90 else "not_asked")
    if load.over:
        yield Reason("answers", str(load.answered), str(load.over))


_NOBODY = np.zeros(0, dtype=np.int32)


def _falling(lines: Sequence[str]) -> dict[str, float]:
    return {line: 1 / (1 + 0.6 * rank) for rank, line in enumerate(lines)}


def _spelt(terms: Mapping[str, int]) -> Counter[str]:
    return Counter(part for term in terms for part in shingles(term))


def _holders(profiles: Sequence[Profile], of: Callable[[Profile], Iterable[str]]) -> Holders:
    rows: dict[str, list[int]] = {}
    for row, profile in enumerate(profiles):
        for code in set(of(profile)):
            rows.setdefault(code, []).append(row)
    return {code: np.asarray(held, dtype=np.int32) for code, held in rows.items()}


def _best(scores: Floats, most: int) -> list[int]:
    """The rows of the highest scores, best first; equal ones in the order of the index."""
    count = min(most, int((scores >= 0).sum()))
    if not count:
        return []
    first = np.argpartition(-scores, count - 1)[:count]
    return [int(row) for row in first[np.lexsort((first, -scores[first]))]]
