"""Who is found for needs that an editor judged by hand (invented people, 19 languages). The
floors are a little under what bench/bench_matching.py measures."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from bench.judged import Quality, Ranking, measured, ndcg, needs, people, told
from experts.matching.meaning import InMemory
from experts.matching.rank import Index
from experts.matching.slate import choose
from experts.matching.values import Need, Now
from experts.senses import finder
from models.encoder import encoder

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def _quality(index: Index, file: str) -> list[Quality]:
    def ask(need: Need) -> Ranking:
        asked = index.understood(need)
        ranking = index.rank(asked, Now(NOON), most=20)
        slate = choose(ranking, asked)
        return [m.profile.id for m in ranking], [m.profile.id for m in slate]

    return measured(needs(file), index.profiles, ask)


@pytest.fixture(scope="module")
def wide() -> Sequence[Quality]:
    tool = encoder()
    meaning = InMemory(tool.encode, tool.languages)
    return _quality(Index(people("wide_experts.csv"), finder(), meaning), "wide_needs.jsonl")


def test_the_half_that_tuned_nothing_finds_its_people_and_sides(wide: Sequence[Quality]) -> None:
    found = told([one for one in wide if one.judged.split == "report"])
    assert found["ndcg10_english"] >= 0.92, found
    assert found["ndcg10_others"] >= 0.94, found
    assert found["sides_in_slate"] >= 0.90, found
    assert found["required_kept"] == 1.0


def test_without_an_encoder_words_places_and_peoples_carry_it() -> None:
    found = told(_quality(Index(people("wide_experts.csv"), finder()), "wide_needs.jsonl"))
    assert found["ndcg10"] >= 0.92, found


def test_the_older_set_finds_its_people_without_encoder_and_gazetteer() -> None:
    index = Index(people("experts.csv"))
    assert told(_quality(index, "needs.jsonl"))["ndcg10"] >= 0.94


def test_the_best_person_of_every_older_need_is_among_the_first_three() -> None:
    index = Index(people("experts.csv"))
    for one in needs("needs.jsonl"):
        first = [match.profile.id for match in index.rank(one.need, Now(NOON), most=3)]
        assert 3 in [one.grades.get(person, 0) for person in first], (one.id, first)


def test_the_judged_sets_are_whole() -> None:
    judged = needs("wide_needs.jsonl")
    known = {profile.id for profile in people("wide_experts.csv")}
    assert len(known) >= 200
    assert len(judged) >= 40
    assert len({one.language for one in judged}) >= 8
    for one in judged:
        assert set(one.grades) <= known
        assert all(side and side <= set(one.grades) for side in one.sides), one.id


def test_the_measure_is_one_for_the_best_order_and_less_for_any_other() -> None:
    grades = {"a": 3, "b": 1}
    assert ndcg(["a", "b", "c"], grades) == pytest.approx(1.0)
    assert ndcg(["b", "a"], grades) == pytest.approx((1 + 7 / 1.584962) / (7 + 1 / 1.584962), 1e-5)
    assert ndcg(["c"], grades) == 0.0
