"""A slate: five people chosen as a set, not the top of a list. Pure.

Greedy choice, then exchanges until none helps (local search, as for maximal marginal relevance:
Carbonell and Goldstein, SIGIR 1998; the set's worth is the sum stated in `worth`).
"""

from collections.abc import Iterable, Sequence
from functools import cache

from experts.matching.names import countries_of, folded, regions_of
from experts.matching.need import Asked
from experts.matching.sides import CLEAR, Standing, divide
from experts.matching.values import Match, Need, Profile

SIZE = 5
POOL = 30
"""How far down the ranking a slate may reach."""
NEAR_ENOUGH = 0.45
"""Share of the best score below which balance is no excuse any more."""
SIDES, EVEN, GENDERS, REGIONS, TONGUES, SAME_HOUSE = 0.45, 0.15, 0.15, 0.05, 0.15, 0.15
"""What balance is worth, in units of score summed over the set: each side that is held, both in
equal strength, genders, parts of the world, wished languages, and what two of one house cost."""


def choose(ranking: Sequence[Match], asked: Asked, size: int = SIZE) -> list[Match]:
    """Five (or `size`, or all there are) of a ranking, best first, balanced over the sides of the
    divide, genders, regions and wished languages."""
    need = asked.need
    pool = [m for m in ranking[:POOL] if m.score >= NEAR_ENOUGH * ranking[0].score]
    pool = pool if len(pool) >= size else list(ranking[: max(size, len(pool))])
    held = divide(pool, asked)
    chosen: list[Match] = []
    while len(chosen) < min(size, len(pool)):
        left = [m for m in pool if m not in chosen]
        chosen.append(max(left, key=lambda m: worth([*chosen, m], need, held)))
    return sorted(_exchanged(chosen, pool, need, held), key=lambda m: -m.score)


def worth(chosen: Sequence[Match], need: Need, sides: Sequence[Standing]) -> float:
    """The sum of scores, plus what balance is worth, minus what repeats."""
    people = [match.profile for match in chosen]
    total = sum(match.score for match in chosen)
    for side in sides:
        total += SIDES * max((side.get(p.id, 0.0) for p in people), default=0.0)
    total += EVEN * _even([side for p in people for side in _side_of(p, sides)])
    total += GENDERS * _even([p.gender for p in people if p.gender])
    total += REGIONS * len({_home(p.country) for p in people}) / len(people)
    total += TONGUES * _covered(people, need)
    houses = [_house(p.affiliation) for p in people if p.affiliation]
    return total - SAME_HOUSE * (len(houses) - len(set(houses)))


def _side_of(person: Profile, sides: Sequence[Standing]) -> list[str]:
    of = [str(at) for at, side in enumerate(sides) if side.get(person.id, 0.0) >= CLEAR]
    return of if len(of) == 1 else []


def _exchanged(
    chosen: Sequence[Match], pool: Sequence[Match], need: Need, sides: Sequence[Standing]
) -> list[Match]:
    """The best set that single exchanges reach."""
    best, value = list(chosen), worth(chosen, need, sides) if chosen else 0.0
    improved = True
    while improved:
        improved = False
        for trial in _exchanges(best, pool):
            if (other := worth(trial, need, sides)) > value + 1e-9:
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
