"""A slate: five people chosen as a set, not the top of a list. Pure.

Greedy choice, then exchanges until none helps (local search, as for maximal marginal relevance:
Carbonell and Goldstein, SIGIR 1998; the set's worth is the sum stated in `worth`).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from experts.matching.names import countries_of, folded, regions_of
from experts.matching.text import read
from experts.matching.values import Match, Need, Profile

SIZE = 5
POOL = 30
"""How far down the ranking a slate may reach."""
NEAR_ENOUGH = 0.6
"""Share of the best score below which balance is no excuse any more."""
BOTH_SIDES, GENDERS, REGIONS, TONGUES, SAME_HOUSE = 0.30, 0.20, 0.10, 0.15, 0.15
"""What balance is worth, in units of score summed over the set."""
A, B, BETWEEN = "a", "b", ""
"""Sides of a divide, without their names: names of communities stay in the registry."""
_SIDES = {"islam", "christianity", "judaism", "hinduism", "buddhism", "sikhism", "sectarian",
          "roma", "kurds", "uyghur_tibet", "rohingya", "indigenous", "caste", "herders",
          "migrants", "refugees", "diaspora", "racism", "ethnic"}  # fmt: skip


def choose(ranking: Sequence[Match], need: Need, size: int = SIZE) -> list[Match]:
    """Five (or `size`, or all there are) of a ranking, best first, balanced over the sides of the
    divide, genders, regions and wanted languages."""
    pool = [m for m in ranking[:POOL] if m.score >= NEAR_ENOUGH * ranking[0].score]
    pool = pool if len(pool) >= size else list(ranking[: max(size, len(pool))])
    side = sides(pool)
    chosen: list[Match] = []
    while len(chosen) < min(size, len(pool)):
        left = [m for m in pool if m not in chosen]
        chosen.append(max(left, key=lambda m: worth([*chosen, m], need, side)))
    return sorted(_exchanged(chosen, pool, need, side), key=lambda m: -m.score)


def worth(chosen: Sequence[Match], need: Need, side: Mapping[str, str]) -> float:
    """The sum of scores, plus what balance is worth, minus what repeats."""
    people = [match.profile for match in chosen]
    total = sum(match.score for match in chosen)
    total += BOTH_SIDES * _even([side[p.id] for p in people if side[p.id] != BETWEEN])
    total += GENDERS * _even([p.gender for p in people if p.gender])
    total += REGIONS * len({_home(p.country) for p in people}) / len(people)
    total += TONGUES * _covered(people, need)
    houses = [_house(p.affiliation) for p in people if p.affiliation]
    return total - SAME_HOUSE * (len(houses) - len(set(houses)))


def sides(pool: Iterable[Match]) -> dict[str, str]:
    """The side of everybody in a ranking: `a` and `b` are the two communities that most of them
    name, "" is neither or both. By expert's id."""
    kinds = {m.profile.id: _kinds(m.profile.communities) for m in pool}
    common = Counter(kind for found in kinds.values() for kind in found).most_common(2)
    letters = {kind: letter for (kind, _n), letter in zip(common, (A, B), strict=False)}
    named = {person: {letters[k] for k in found if k in letters} for person, found in kinds.items()}
    return {person: found.pop() if len(found) == 1 else BETWEEN for person, found in named.items()}


@cache
def _kinds(communities: tuple[str, ...]) -> frozenset[str]:
    """What communities stand for, so that "Muslim" and "musulmane" are one side; the name itself
    where no concept knows it."""
    return frozenset(kind for name in communities for kind in _kinds_of(name))


def _kinds_of(name: str) -> frozenset[str]:
    known = frozenset(read(name).concepts) & _SIDES
    return known or frozenset({folded(name)})


def _exchanged(
    chosen: Sequence[Match], pool: Sequence[Match], need: Need, side: Mapping[str, str]
) -> list[Match]:
    """The best set that single exchanges reach."""
    best, value = list(chosen), worth(chosen, need, side) if chosen else 0.0
    improved = True
    while improved:
        improved = False
        for trial in _exchanges(best, pool):
            if (other := worth(trial, need, side)) > value + 1e-9:
                best, value, improved = trial, other, True
                break
    return best


def _exchanges(chosen: Sequence[Match], pool: Sequence[Match]) -> Iterable[list[Match]]:
    inside = {match.profile.id for match in chosen}
    left = [match for match in pool if match.profile.id not in inside]
    for place in range(len(chosen)):
        for other in left:
            yield [*chosen[:place], other, *chosen[place + 1 :]]


def _even(values: Sequence[str]) -> float:
    """0 where all are of one kind, 1 where the two commonest kinds are equally strong."""
    counts = sorted((values.count(value) for value in set(values)), reverse=True)
    return 2 * counts[1] / (counts[0] + counts[1]) if len(counts) > 1 else 0.0


def _covered(people: Sequence[Profile], need: Need) -> float:
    """Share of the wished languages that at least one of the set speaks."""
    wished = set(need.required) | set(need.wanted)
    spoken = {code for person in people for code in person.languages}
    return len(wished & spoken) / len(wished) if wished else 0.0


@cache
def _house(affiliation: str) -> str:
    return folded(affiliation)


@cache
def _home(country: str) -> str:
    """The country's smallest region, so that neighbours count as one part of the world."""
    return min(regions_of(country), key=lambda c: (len(countries_of(c)), c), default=country)
