"""How five people are chosen as a set, from all sides of a divide. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bench.judged import people
from experts.matching.names import FAULT_LINES
from experts.matching.need import above, understood
from experts.matching.rank import Index
from experts.matching.sides import divide, letters
from experts.matching.slate import NEAR_ENOUGH, choose, worth
from experts.matching.text import groups
from experts.matching.values import Match, Need, Now, Profile

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def index() -> Index:
    return Index(people("experts.csv"))


def _profile(ident: str, **told: Any) -> Profile:
    base = Profile(id=ident, text="Mosques and churches.", country="TN", languages=("ar",))
    return replace(base, **{"fault_lines": ("religion",), **told})


def _ids(ranking: Iterable[Match]) -> list[str]:
    return [match.profile.id for match in ranking]


def _match(ident: str, score: float, **told: Any) -> Match:
    return Match(_profile(ident, **told), score)


def test_a_slate_is_a_set_and_not_the_top_of_the_list() -> None:
    men = [_match(f"m{n}", 0.8 - n / 100, gender="man", communities=("Muslim",)) for n in range(6)]
    women = [_match(f"w{n}", 0.7, gender="woman", communities=("Christian",)) for n in range(3)]
    chosen = choose([*men, *women], understood(Need(text="x")))
    assert len(chosen) == 5
    assert {m.profile.gender for m in chosen} == {"man", "woman"}
    assert {m.profile.communities for m in chosen} == {("Muslim",), ("Christian",)}


def test_balance_never_reaches_for_people_who_do_not_fit() -> None:
    fit = [_match(f"m{n}", 0.8, gender="man") for n in range(6)]
    unfit = [_match("w", 0.2, gender="woman")]
    assert "w" not in _ids(choose([*fit, *unfit], understood(Need(text="x"))))


def test_sides_are_letters_and_one_community_in_two_languages_is_one_side() -> None:
    pool = [
        _match("a", 0.9, communities=("Muslim",)),
        _match("b", 0.8, communities=("musulmane",)),
        _match("c", 0.7, communities=("Catholic",)),
        _match("d", 0.6, communities=("Muslim", "Catholic")),
        _match("e", 0.5),
    ]
    found = letters(pool, understood(Need(text="x")))
    assert found == {
        "a": "a",
        "b": "a",
        "c": "b",
        "d": "",
        "e": "",
    }


def test_exchanging_one_person_never_makes_a_slate_better(index: Index) -> None:
    need = Need(text="Quran burned in Stockholm, protests in Malmö", wanted=("sv", "ar"))
    asked = understood(need)
    ranking = index.rank(need, Now(NOON), most=30)
    floor = NEAR_ENOUGH * ranking[0].score
    side = divide([match for match in ranking if match.score >= floor], asked)
    chosen = choose(ranking, asked)
    for place in range(5):
        for other in ranking:
            if other not in chosen and other.score >= floor:
                trial = [*chosen[:place], other, *chosen[place + 1 :]]
                assert worth(trial, need, side) <= worth(chosen, need, side) + 1e-9


def test_fewer_than_five_make_a_smaller_slate() -> None:
    assert len(choose([_match("a", 0.5), _match("b", 0.1)], understood(Need(text="x")))) == 2


def _chosen(text: str, pool: list[Match]) -> set[str]:
    return set(_ids(choose(pool, understood(Need(text=text)))))


def _crowd(count: int, **told: Any) -> list[Match]:
    return [_match(f"c{n}", 0.8, **told) for n in range(count)]


def test_both_sides_that_a_headline_names_are_on_the_slate() -> None:
    hindus = _crowd(8, country="IN", communities=("Hindu",))
    muslim = _match("m", 0.6, country="IN", communities=("मुस्लिम",))
    assert "m" in _chosen("Hindu-Muslim clashes in Gujarat", [*hindus, muslim])


def test_where_one_side_is_named_its_people_and_their_neighbours_are_on_the_slate() -> None:
    scholars = _crowd(8, country="FR")
    imam = _match("i", 0.6, country="FR", communities=("musulman",))
    assert "i" in _chosen("Mosquée incendiée à Toulouse, France", [*scholars, imam])
    imams = _crowd(8, country="FR", communities=("musulman",))
    priest = _match("p", 0.6, country="FR", communities=("catholique",))
    assert "p" in _chosen("Mosquée incendiée à Toulouse, France", [*imams, priest])


def test_a_side_is_better_held_by_somebody_of_the_place() -> None:
    others = _crowd(6, country="IN", communities=("Hindu",))
    abroad = _match("abroad", 0.7, country="GB", communities=("Muslim",))
    there = _match("there", 0.66, country="IN", communities=("Muslim",))
    chosen = _chosen("Hindu-Muslim clashes in India", [*others, abroad, there])
    assert "there" in chosen


def test_people_who_belong_to_both_named_groups_are_one_side() -> None:
    kuki = [_match(f"k{n}", 0.8, country="IN", communities=("Kuki", "Christian")) for n in range(6)]
    meitei = _match("m", 0.6, country="IN", communities=("Meitei",))
    assert "m" in _chosen("Kuki churches burned in Manipur, India", [*kuki, meitei])


def test_who_names_no_community_is_not_taken_for_the_community_they_write_about() -> None:
    pool = [
        _match("writes", 0.9, country="FR", text="Writes on mosques in France."),
        _match("is", 0.8, country="FR", communities=("Muslim",)),
    ]
    found = letters(pool, understood(Need(text="Mosque burned in Lyon, France")))
    assert found == {"writes": "", "is": "a"}


def test_no_sides_are_found_among_people_of_one_kind() -> None:
    assert divide(_crowd(3, communities=("Muslim",)), understood(Need(text="x"))) == []
    assert divide([], understood(Need(text="Hindu-Muslim clashes"))) == []


def test_people_of_another_country_that_a_headline_names_are_a_side() -> None:
    romans = _crowd(8, country="IT", communities=("from a harbour family",))
    there = _match("g", 0.6, country="IT", communities=("Ghanaian",))
    assert "g" in _chosen("Ghanaian workers attacked in Rome, Italy", [*romans, there])


def test_every_group_has_words_a_fault_line_and_known_larger_groups() -> None:
    for name, row in groups().items():
        assert row["words"].strip(), name
        assert row["line"] in FAULT_LINES, name
        assert set(row.get("of", "").split()) <= set(groups()), name
        assert name not in {larger for level in above(name)[1:] for larger in level}, name
