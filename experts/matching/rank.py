"""Ranking people for a need: fit, place, language, and who can answer now, in one number. Pure.

The index is built once and asked often; asking reads only the people that share something with
the need, and the vectors of those who may be proposed. Weights are learned from judged needs.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from experts.matching.clock import awake
from experts.matching.meaning import Meaning, Meant, parts
from experts.matching.need import Asked, Finder, in_english, nowhere, raised, spots_of, understood
from experts.matching.places import NAMED, Places
from experts.matching.text import Reading, read, shingles
from experts.matching.values import Load, Match, Need, Now, Profile, Reason
from experts.matching.vectors import Vectors
from experts.matching.weights import AWAKE, FIT, FULL, RELIABLE, RESTED, WEIGHTS
from experts.matching.why import Why, reasons
from models.language import detect

Floats = NDArray[np.float32]
Holders = Mapping[str, NDArray[np.int32]]
"""Code -> rows of the people who have it."""


class Index:
    """All people that could be proposed. Built in O(words); ask it with `rank`."""

    def __init__(
        self,
        profiles: Iterable[Profile],
        finder: Finder = nowhere,
        meaning: Meaning | None = None,
    ) -> None:
        """finder: where given, towns in needs and profiles are understood, too. meaning: where
        given, nearness of meaning counts beside words."""
        self._finder = finder
        self.profiles: Sequence[Profile] = tuple(profiles)
        readings = [read(profile.text) for profile in self.profiles]
        found = [finder(profile.text) for profile in self.profiles]
        self._row = {profile.id: row for row, profile in enumerate(self.profiles)}
        self._concepts = Vectors((r.concepts for r in readings), rarest=40)
        self._groups = Vectors((raised(r.groups) for r in readings), rarest=40)
        self._words = Vectors((r.terms for r in readings), rarest=60, common=0.25)
        spelt = (Counter(shingles(profile.text)) for profile in self.profiles)
        self._shingles = Vectors(spelt, rarest=40, common=0.02, rare=2)
        named = ({*r.countries, *dict(f)} for r, f in zip(readings, found, strict=True))
        self._places = Places(self.profiles, named)
        spots = [spots_of(f) for f in found]
        self._spots = _holders(spots)
        self._speaks = _holders(profile.languages for profile in self.profiles)
        self._works_on = _holders(profile.fault_lines for profile in self.profiles)
        self._refuses = _holders(profile.refuses for profile in self.profiles)
        self._zones = _holders((profile.timezone,) for profile in self.profiles)
        self._meant: Meant | None = None
        if meaning and self.profiles:
            told = zip(self.profiles, readings, strict=True)
            self._meant = Meant(meaning, (_parts(p, r, meaning.languages) for p, r in told))

    def __len__(self) -> int:
        return len(self.profiles)

    def understood(self, need: Need) -> Asked:
        """A need as this index reads it."""
        return understood(need, self._finder)

    def rank(
        self, need: Need | Asked, now: Now, *, most: int = 50, without: Collection[str] = ()
    ) -> list[Match]:
        """The best people for a need, best first, at most `most`. Nobody who speaks none of the
        required languages, refuses the main line, or is named in `without`."""
        asked = self.understood(need) if isinstance(need, Need) else need
        allowed = self._allowed(asked, without)
        found = self.evidence(asked, allowed)
        scores = self._scores(found, now)
        scores[~allowed] = -1
        return [
            Match(
                profile=self.profiles[row],
                score=round(float(scores[row]), 4),
                reasons=self._reasons(row, asked, now),
            )
            for row in _best(scores, most)
        ]

    def evidence(self, asked: Asked, allowed: NDArray[np.bool_]) -> dict[str, Floats]:
        """Each piece of evidence of `weights.WEIGHTS` for everybody, as far as there is any."""
        reading = asked.reading
        found = {
            "words": self._words.scores(reading.terms),
            "concepts": self._concepts.scores(reading.concepts),
            "shingles": self._shingles.scores(_spelt(reading.terms)),
            "groups": self._groups.scores(raised(reading.groups)),
            "lines": self._share(self._works_on, _falling(asked.lines)),
            "place": self._places.scores(asked.where),
            "spot": self._any(self._spots, asked.spots),
            "tongue": self._any(self._speaks, _tongues(asked)),
            "local": self._share(self._speaks, dict.fromkeys(asked.local, 1.0)),
        }
        if asked.home:
            found["home"] = self._places.scores(asked.home)
        found |= self._nearness(asked, allowed)
        topic = 0.5 * (found["groups"] + found["words"]) + 0.3 * found["concepts"]
        for name in ("meaning", "gloss"):
            topic += 0.8 * found.get(name, np.float32(0))
        found["both"] = topic * np.maximum(found["place"], found.get("home", np.float32(0)))
        return found

    def _nearness(self, asked: Asked, allowed: NDArray[np.bool_]) -> dict[str, Floats]:
        """Of meaning: by the need's own words where the encoder knows their language, by their
        English ones elsewhere."""
        if self._meant is None:
            return {}
        if asked.language in self._meant.languages or not self._meant.languages:
            return {"meaning": self._meant.near(asked.need.text, allowed)}
        english = in_english(asked)
        return {"gloss": self._meant.near(english, allowed)} if english else {}

    def _scores(self, found: Mapping[str, Floats], now: Now) -> Floats:
        fit = np.zeros(len(self.profiles), np.float32)
        for name, values in found.items():
            fit += np.float32(WEIGHTS[name] / FULL) * values
        score: Floats = FIT * np.minimum(fit, 1) + AWAKE * self._awake(now.at)
        score += RESTED + RELIABLE / 2
        for person, load in (now.loads or {}).items():
            if (row := self._row.get(person)) is not None:
                score[row] -= RESTED * strain(load) + RELIABLE * (0.5 - _answering(load))
        return np.maximum(score, 0)

    def _share(self, holders: Holders, wished: Mapping[str, float]) -> Floats:
        """What part of the wishes each person meets, by weight."""
        total = np.zeros(len(self.profiles), dtype=np.float32)
        whole = sum(wished.values()) or 1.0
        for code, weight in wished.items():
            total[holders.get(code, _NOBODY)] += weight / whole
        return total

    def _any(self, holders: Holders, wished: Iterable[str]) -> Floats:
        """1 for whoever has one of the codes."""
        has = np.zeros(len(self.profiles), dtype=np.float32)
        for code in wished:
            has[holders.get(code, _NOBODY)] = 1
        return has

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

    def _reasons(self, row: int, asked: Asked, now: Now) -> tuple[Reason, ...]:
        known = Why(
            places=[code for code in asked.where if self._places.of(row, code) >= NAMED - 0.01],
            spots=[s for s in asked.spots if row in self._spots.get(s, _NOBODY)],
            groups=self._groups.shared(row, asked.reading.groups, 2),
            topics=self._concepts.shared(row, asked.reading.concepts, 4),
        )
        return tuple(reasons(self.profiles[row], asked, now, known))


def strain(load: Load) -> float:
    """How much was asked of somebody, 0 (nothing) to 3: the last month counts in full."""
    return min(3.0, load.asks_30 + 0.3 * (load.asks_90 - load.asks_30))


def _answering(load: Load) -> float:
    """Share of asks that got an answer, with one good and one bad one added to begin with."""
    return (load.answered + 1) / (load.over + 2)


_NOBODY = np.zeros(0, dtype=np.int32)


def _parts(profile: Profile, reading: Reading, known: frozenset[str]) -> list[str]:
    strange = reading.gloss and known and detect(profile.text) not in known
    return parts(profile.text, reading.gloss if strange else "")


def _tongues(asked: Asked) -> tuple[str, ...]:
    """Languages that are good to speak: those wished for, else the need's own."""
    wished = asked.need.required or asked.need.wanted
    return wished or ((asked.language,) if asked.language not in {"", "en"} else ())


def _falling(lines: Sequence[str]) -> dict[str, float]:
    return {line: 1 / (1 + 0.6 * rank) for rank, line in enumerate(lines)}


def _spelt(terms: Mapping[str, int]) -> Counter[str]:
    return Counter(part for term in terms for part in shingles(term))


def _holders(codes: Iterable[Iterable[str]]) -> Holders:
    rows: dict[str, list[int]] = {}
    for row, held in enumerate(codes):
        for code in set(held):
            rows.setdefault(code, []).append(row)
    return {code: np.asarray(held, dtype=np.int32) for code, held in rows.items()}


def _best(scores: Floats, most: int) -> list[int]:
    """The rows of the highest scores, best first; equal ones in the order of the index."""
    count = min(most, int((scores >= 0).sum()))
    if not count:
        return []
    first = np.argpartition(-scores, count - 1)[:count]
    return [int(row) for row in first[np.lexsort((first, -scores[first]))]]
