"""The judged needs of the tests (invented people, graded by hand) and how rankings are measured."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from experts.importing.outside import need_of, profiles_of
from experts.matching.values import Need, Profile

DATA = Path(__file__).parent.parent / "tests" / "data" / "matching"
DEMO = Path(__file__).parent.parent / "experts" / "data" / "demo_experts.csv"
SETS = {
    "wide": ("wide_experts.csv", "wide_needs.jsonl"),
    "older": ("experts.csv", "needs.jsonl"),
    "demo": (DEMO.name, "demo_needs.jsonl"),
}
"""The judged sets: people and needs."""
Ranking = tuple[Sequence[str], Sequence[str]]
"""Ids of a ranking, best first, and of its slate."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A need with an editor's grades (0 to 3) and the sides that a fair slate must hold: of each
    at least one of the people named. split: "tune" or "report"; language: of its text."""

    id: str
    need: Need
    language: str
    grades: Mapping[str, int]
    sides: tuple[frozenset[str], ...]
    split: str


@dataclass(frozen=True, slots=True)
class Quality:
    """One need's figures: nDCG@10, whether all required languages were kept, share of sides in
    the slate (None where fewer than two are to be had)."""

    judged: Judged
    ndcg: float
    kept: bool
    sides: float | None


def people(name: str) -> list[Profile]:
    """The invented people of `tests/data/matching/NAME`, or those of the demonstration."""
    found, _remarks = profiles_of((DEMO if name == DEMO.name else DATA / name).read_bytes())
    return found


def needs(name: str) -> list[Judged]:
    """The judged needs of `tests/data/matching/NAME`."""
    return [_judged(line) for line in (DATA / name).read_text("utf-8").splitlines()]


def _judged(line: str) -> Judged:
    told = json.loads(line)
    ident, need = need_of(line.encode())
    sides = tuple(frozenset(side) for side in told.get("sides", ()))
    split = told.get("split", "report")
    return Judged(str(ident), need, told.get("lang", ""), told["grades"], sides, split)


def measured(
    judged: Sequence[Judged], profiles: Sequence[Profile], ask: Callable[[Need], Ranking]
) -> list[Quality]:
    """How well `ask` answers."""
    speaks = {profile.id: frozenset(profile.languages) for profile in profiles}
    return [_quality(one, speaks, ask(one.need)) for one in judged]


def ndcg(ranking: Sequence[str], grades: Mapping[str, int], depth: int = 10) -> float:
    """Järvelin and Kekäläinen, ACM TOIS 2002, with gains 2^grade - 1."""
    gains = [2.0 ** grades.get(ident, 0) - 1 for ident in ranking[:depth]]
    ideal = sorted((2.0**grade - 1 for grade in grades.values()), reverse=True)[:depth]
    return _discounted(gains) / _discounted(ideal)


def _discounted(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(rank + 2) for rank, gain in enumerate(gains))


def _quality(one: Judged, speaks: Mapping[str, frozenset[str]], found: Ranking) -> Quality:
    ranking, slate = found
    required = frozenset(one.need.required)
    kept = not required or all(speaks[person] & required for person in [*ranking, *slate])
    held = [bool(side & set(slate)) for side in one.sides]
    share = sum(held) / len(held) if len(held) > 1 else None
    return Quality(one, ndcg(ranking, one.grades), kept, share)


def told(found: Sequence[Quality]) -> dict[str, float | int]:
    """The means, by language of the need (English, others), as figures for people."""
    english = [one.ndcg for one in found if one.judged.language == "en"]
    others = [one.ndcg for one in found if one.judged.language != "en"]
    fair = [one.sides for one in found if one.sides is not None]
    return {
        "needs": len(found),
        "ndcg10": _mean([one.ndcg for one in found]),
        "ndcg10_english": _mean(english),
        "ndcg10_others": _mean(others),
        "required_kept": _mean([float(one.kept) for one in found if one.judged.need.required]),
        "sides_in_slate": _mean(fair),
    }


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 3) if values else 0.0
