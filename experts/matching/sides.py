"""The sides of a divide, and who can stand for which. Pure.

A side is a faith or a people that the need names. Where it names one only, the other side are the
people of the place who are not of it; where it names none, the two communities that most of the
best people name. Sides carry no names outside this module: names of communities stay in the
registry.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from experts.matching.names import folded
from experts.matching.need import Asked, above
from experts.matching.text import groups_in, read
from experts.matching.values import Match, Profile

A, B, BETWEEN = "a", "b", ""
MOST = 4
OWN, LARGER, TOLD, UNSAID, ANYBODY = 1.0, 0.55, 0.35, 0.6, 0.3
"""How well somebody stands for a side: names it as their own community; names a larger one that
holds it; only speaks of it. For the other side, where only one is named: lives there and names
no community; lives elsewhere."""
ELSEWHERE = 0.8
"""What is left of that for who lives elsewhere: their divide is another."""
CLEAR = 0.4
"""From here on somebody counts as being of a side."""
PEOPLE = "@"
"""Before a country's code: the people of that country, wherever they live."""
Standing = Mapping[str, float]
"""By person's id: how well they stand for one side, 0 to 1."""


@dataclass(frozen=True, slots=True)
class _Person:
    """Whom somebody speaks for: groups and how well; whether they live where it happens."""

    profile: Profile
    score: float
    groups: Mapping[str, float]
    here: bool


def divide(pool: Sequence[Match], asked: Asked) -> list[Standing]:
    """The sides of a need that these people could stand for: none, or two to four."""
    where = asked.scene
    people = [_person(match, where) for match in pool]
    told = [*_finest(asked.reading.groups), *_abroad(asked)]
    named = _apart([_standing(people, name) for name in told])
    if not named:
        named = _commonest(people)
    if len(named) == 1:
        named.append(_others(people, named[0]))
    named = [side for side in named if side]
    return named[:MOST] if len(named) > 1 else []


def letters(pool: Sequence[Match], asked: Asked) -> dict[str, str]:
    """The side of everybody, by id: `a` and `b` are the two sides of the divide, "" is neither,
    both, or not said: nobody is given a side who names no community."""
    found = divide(pool, asked)[:2]
    told: dict[str, str] = {}
    for match in pool:
        person = match.profile
        of = [name for name, side in zip((A, B), found, strict=False) if _is_of(side, person.id)]
        told[person.id] = of[0] if len(of) == 1 and person.communities else BETWEEN
    return told


def _is_of(side: Standing, person: str) -> bool:
    return side.get(person, 0.0) >= CLEAR


def _finest(met: Counter[str]) -> list[str]:
    """The groups that a text names, without those that hold another of them."""
    holding = {larger for name in met for level in above(name)[1:] for larger in level}
    return [name for name, _n in met.most_common() if name not in holding]


def _larger(group: str) -> set[str]:
    return {name for level in above(group)[1:] for name in level}


def _abroad(asked: Asked) -> list[str]:
    """The peoples of countries that a text names beside the one where it happens."""
    met = (code for code, _n in asked.reading.countries.most_common(3))
    return [PEOPLE + code for code in met if code not in asked.scene]


def _standing(people: Sequence[_Person], group: str) -> Standing:
    larger = set() if group.startswith(PEOPLE) else _larger(group)
    found: dict[str, float] = {}
    for person in people:
        share = person.groups.get(group, 0.0)
        if not share and any(person.groups.get(name, 0.0) >= OWN for name in larger):
            share = LARGER
        if share:
            found[person.profile.id] = share * (1 if person.here else ELSEWHERE)
    # Who only writes about a group stands for it only where nobody of it is to be had.
    return {person: held for person, held in found.items() if held >= CLEAR} or found


def _apart(sides: Sequence[Standing]) -> list[Standing]:
    """Sides that mostly the same people stand for are one side."""
    kept: list[Standing] = []
    for side in sides:
        if not side:
            continue
        for at, other in enumerate(kept):
            if _same(side, other):
                kept[at] = {p: max(side.get(p, 0), other.get(p, 0)) for p in {*side, *other}}
                break
        else:
            kept.append(side)
    return kept


def _same(one: Standing, other: Standing) -> bool:
    first = {person for person in one if _is_of(one, person)} or set(one)
    second = {person for person in other if _is_of(other, person)} or set(other)
    return 2 * len(first & second) > min(len(first), len(second))


def _commonest(people: Sequence[_Person]) -> list[Standing]:
    """The two communities that weigh most among the best, where there are two."""
    weight: Counter[str] = Counter()
    for person in people:
        for group, share in person.groups.items():
            if share >= OWN:
                weight[group] += int(1000 * person.score**2)
    found: list[Standing] = []
    for group, _n in weight.most_common():
        side = {p.profile.id: 1.0 for p in people if p.groups.get(group, 0) >= OWN}
        if not any(_same(side, other) for other in found):
            found.append(side)
        if len(found) == 2:
            break
    return found


def _others(people: Sequence[_Person], side: Standing) -> Standing:
    """Who is not of a side: best those of another community who live where it happens."""
    found: dict[str, float] = {}
    for person in people:
        if person.profile.id not in side:
            own = OWN if person.profile.communities else UNSAID
            found[person.profile.id] = own if person.here else ANYBODY
    return found


def _person(match: Match, where: frozenset[str]) -> _Person:
    here = not where or match.profile.country in where
    return _Person(match.profile, match.score, _speaks_for(match.profile), here)


def _speaks_for(profile: Profile) -> Mapping[str, float]:
    """Groups that somebody names as their own community, in full; where somebody names none,
    those of whom the profile speaks, a little."""
    if profile.communities:
        return dict.fromkeys(_kinds(profile.communities), OWN)
    return dict.fromkeys(_held(groups_in(profile.text)), TOLD)


@cache
def _kinds(communities: tuple[str, ...]) -> frozenset[str]:
    """What communities stand for, so that "Muslim" and "musulmane" are one side; the name itself
    where no table knows it."""
    found: set[str] = set()
    for name in communities:
        known = _held(groups_in(name)) | {PEOPLE + code for code in read(name).countries}
        found |= known or {"=" + folded(name)}
    return frozenset(found)


def _held(found: Iterable[str]) -> frozenset[str]:
    return frozenset(larger for name in found for level in above(name) for larger in level)
