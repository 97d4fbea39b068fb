"""When a story becomes a case, how big it is, how well it is known."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rrmm.flashpoints.escalation import Decision, Standing, decide
from rrmm.flashpoints.scores import Parameters, Voice, scene_of, surprise, voices_of

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
RULE = Parameters()
QUIET = 0.02


def voice(owner: str = "Ligustro", minutes_ago: float = 10, **given: Any) -> Voice:
    known: dict[str, Any] = {
        "owner": owner,
        "language": "it",
        "outlet_country": "IT",
        "countries": ("IT",),
        "lines": ("religion",),
        "trigger": "protest",
        "severity": 2,
        "score": 0.95,
        "published_at": NOW - timedelta(minutes=minutes_ago),
        "seen_at": NOW - timedelta(minutes=minutes_ago),
    }
    return Voice(**known | given)


def judged(
    *story: Voice, usual: float = QUIET, standing: Standing | None = None, now: datetime = NOW
) -> Decision:
    return decide(story, usual, standing, now, RULE)


def codes(decision: Decision) -> list[str]:
    return [line["code"] for line in decision.rule]


def test_one_grave_article_opens_a_case_without_a_second_source() -> None:
    found = judged(voice(severity=3), usual=5.0)
    assert found.action == "open"
    assert found.severity == 3
    assert "one_voice" in codes(found)


def test_a_local_matter_of_one_source_opens_nothing() -> None:
    assert judged(voice(severity=1)).action == "nothing"


def test_the_same_articles_are_news_in_a_quiet_place_and_not_in_a_loud_one() -> None:
    story = [voice(), voice(minutes_ago=20)]
    quiet, loud = judged(*story, usual=QUIET), judged(*story, usual=6.0)
    assert (quiet.action, loud.action) == ("open", "nothing")
    assert quiet.newsworthiness > loud.newsworthiness
    assert quiet.corroboration == loud.corroboration


def test_copies_change_no_score() -> None:
    alone = judged(voice(severity=3))
    copied = judged(voice(severity=3), *[voice(f"Paper {n}", is_copy=True) for n in range(9)])
    assert copied.newsworthiness == alone.newsworthiness
    assert copied.corroboration == alone.corroboration
    assert (copied.voices, copied.copies) == (1, 9)


def test_unknown_owners_are_one_voice_and_half_a_known_one() -> None:
    unknown = [voice("", minutes_ago=n) for n in range(5)]
    assert voices_of(unknown) == 1
    assert judged(*unknown).corroboration < judged(voice("Known")).corroboration
    assert judged(voice("A"), *unknown).corroboration < judged(voice("A"), voice("B")).corroboration


def test_backfill_never_opens_a_case_and_never_counts_as_speed() -> None:
    story = [voice(f"Owner {n}", severity=3, backfill=True) for n in range(6)]
    found = judged(*story)
    assert found.action == "nothing"
    [speed] = [line for line in found.rule if line["code"] == "speed"]
    assert speed["articles"] == 0
    assert judged(*story, voice("Fresh", severity=3)).action == "open"


def test_severity_four_needs_deaths_told_by_two_known_owners() -> None:
    one = voice("A", severity=3, trigger="violence")
    assert judged(one).severity == 3
    assert judged(one, replace(one, owner="")).severity == 3
    assert judged(one, replace(one, owner="B", is_copy=True)).severity == 3
    assert judged(one, replace(one, owner="B", trigger="speech")).severity == 3
    assert judged(one, replace(one, owner="B")).severity == 4


def test_severity_four_also_comes_from_spreading_across_borders() -> None:
    there = [voice(owner, severity=3, countries=("IT",)) for owner in "AB"]
    beyond = [voice(owner, severity=3, countries=("FR",)) for owner in "CD"]
    assert judged(*there, beyond[0]).severity == 3
    found = judged(*there, *beyond)
    assert found.severity == 4
    assert {"code": "grave", "why": "borders", "owners": 4} in found.rule


def test_old_deaths_do_not_make_a_case_grave() -> None:
    days_ago = 60 * 24 * 3
    story = [voice(o, days_ago, severity=3, trigger="violence") for o in "AB"]
    assert judged(*story).severity == 3
    assert "not_current" in codes(judged(*story))
    assert judged(*story).corroboration < judged(voice("A"), voice("B")).corroboration


def test_one_outlier_among_three_voices_does_not_set_the_severity() -> None:
    assert judged(voice("A", severity=3), voice("B", severity=1)).severity == 3
    three = [voice("A", severity=3), voice("B", severity=1), voice("C", severity=1)]
    assert judged(*three).severity == 1


def test_disagreement_on_the_place_costs_corroboration_and_is_said() -> None:
    agreed = judged(voice("A"), voice("B"))
    split = judged(voice("A"), voice("B", countries=("FR",)))
    assert split.corroboration < agreed.corroboration
    assert "place_unsure" in codes(split)
    assert "place_unsure" not in codes(agreed)


def test_an_unsure_classifier_weighs_less() -> None:
    assert judged(voice(score=0.5)).newsworthiness < judged(voice(score=0.9)).newsworthiness
    assert "unsure" in codes(judged(voice(score=0.5)))


DISMISSED = Standing(
    "dismissed", 2, NOW - timedelta(hours=1), False, 2, 2, frozenset({"it"}), frozenset({"IT"})
)
LATER = NOW + timedelta(hours=4)


def many(n: int, **given: Any) -> list[Voice]:
    return [voice(f"Owner {at}", **given) for at in range(n)]


def test_a_dismissed_case_stays_away_however_many_repeat_it() -> None:
    assert judged(*many(30), standing=DISMISSED, now=LATER).action == "nothing"


def test_a_dismissed_case_comes_back_when_voices_double_and_a_language_joins() -> None:
    story = [*many(3), voice("Al-Marsa", language="ar")]
    assert judged(*story, standing=DISMISSED, now=NOW).action == "nothing"
    assert judged(*story, standing=DISMISSED, now=LATER).action == "come_back"
    duplicate = replace(DISMISSED, duplicate=True)
    assert judged(*story, standing=duplicate, now=LATER).action == "nothing"


def test_in_the_cool_down_only_deaths_bring_a_case_back() -> None:
    assert judged(*many(3, severity=3), standing=DISMISSED).action == "come_back"
    mild = replace(DISMISSED, decided_severity=1)
    assert judged(*many(3, severity=2), standing=mild).action == "nothing"
    assert judged(*many(3, severity=2), standing=mild, now=LATER).action == "come_back"


def test_backfill_brings_no_case_back() -> None:
    story = many(3, severity=3, backfill=True)
    assert judged(*story, standing=DISMISSED, now=LATER).action == "nothing"


def test_a_closed_case_is_followed_by_a_new_one() -> None:
    closed = replace(DISMISSED, state="closed")
    assert judged(*many(3, severity=3), standing=closed, now=LATER).action == "open"


def test_a_held_case_comes_back_when_its_severity_rises() -> None:
    held = replace(DISMISSED, state="held")
    assert judged(*many(3), standing=held).action == "grow"
    assert judged(*many(3, severity=3), standing=held).action == "come_back"


@pytest.mark.parametrize("state", ["new", "confirmed"])
def test_a_case_on_the_desk_only_grows(state: str) -> None:
    assert judged(*many(9, severity=3), standing=Standing(state, 2)).action == "grow"


def test_an_unknown_parameter_is_named() -> None:
    assert Parameters.of({"open_at": 50.0}).open_at == 50.0
    with pytest.raises(ValueError, match="opne_at"):
        Parameters.of({"opne_at": 50.0})


def test_surprise_is_the_poisson_tail() -> None:
    assert surprise(0, 1.0) == 0.0
    assert surprise(1, 1.0) == pytest.approx(0.1992, abs=1e-4)
    assert surprise(2, 0.04) == pytest.approx(3.1087, abs=1e-3)
    assert surprise(14, 0.5) > surprise(7, 0.5) > surprise(7, 5.0)


def test_the_scene_is_where_most_evidence_points() -> None:
    assert scene_of([voice(), voice("B", countries=("FR",), score=0.5)]) == "IT"
    assert scene_of([voice(countries=())]) == ""


VOICES = st.builds(
    voice,
    owner=st.sampled_from(["", "A", "B", "C"]),
    minutes_ago=st.floats(0, 9000),
    language=st.sampled_from(["it", "ar", "en"]),
    countries=st.sampled_from([(), ("IT",), ("FR", "IT")]),
    trigger=st.sampled_from(["violence", "other"]),
    severity=st.integers(1, 3),
    score=st.floats(0, 1),
    backfill=st.booleans(),
)


@given(st.lists(VOICES, min_size=1, max_size=12), st.floats(0, 50), VOICES)
def test_scores_stay_in_their_bounds_and_a_copy_moves_none(
    story: list[Voice], usual: float, extra: Voice
) -> None:
    found = judged(*story, usual=usual)
    assert 0 <= found.newsworthiness <= 100
    assert 0 <= found.corroboration <= 100
    assert 1 <= found.severity <= 4
    copied = judged(*story, replace(extra, is_copy=True), usual=usual)
    assert (copied.newsworthiness, copied.corroboration, copied.severity, copied.action) == (
        found.newsworthiness, found.corroboration, found.severity, found.action,
    )  # fmt: skip


@given(st.lists(VOICES, min_size=1, max_size=8))
def test_nothing_but_backfill_opens_nothing(story: list[Voice]) -> None:
    assert judged(*[replace(one, backfill=True) for one in story]).action == "nothing"


def test_an_office_named_as_source_corroborates_once_however_many_repeat_it() -> None:
    plain = judged(voice("A"), voice("B"))
    told = judged(voice("A", named=("official",)), voice("B"))
    again = judged(voice("A", named=("official",)), voice("B", named=("official",)))
    assert plain.corroboration < told.corroboration == again.corroboration
    assert told.corroboration < judged(voice("A"), voice("B"), voice("C")).corroboration
    assert told.newsworthiness == plain.newsworthiness
    assert {"code": "sources", "official": 1, "agencies": [], "articles": 2} in told.rule


def test_an_agency_is_worth_less_and_no_source_of_its_own_reports() -> None:
    plain, own = judged(voice("AFP")), judged(voice("AFP", named=("AFP",)))
    assert own.corroboration == plain.corroboration
    other = judged(voice("A", named=("AFP",)))
    assert plain.corroboration < other.corroboration
    assert other.corroboration < judged(voice("A", named=("official",))).corroboration


def test_owners_who_all_have_it_from_one_agency_may_be_one_voice() -> None:
    both = judged(voice("A", named=("AFP",)), voice("B", named=("official", "AFP")))
    assert "one_agency" in codes(both)
    assert "one_agency" not in codes(judged(voice("A", named=("AFP",)), voice("B")))


def test_a_case_that_comes_back_says_all_that_is_new() -> None:
    story = [*many(3, severity=3), voice("Al-Marsa", language="ar", severity=3)]
    found = judged(*story, standing=DISMISSED, now=LATER)
    assert found.action == "come_back"
    assert found.why == (
        {"code": "rose", "was": 2, "now": 3},
        {"code": "doubled", "was": 2, "now": 4},
        {"code": "languages", "joined": ["ar"]},
        {"code": "after", "minutes": 300, "state": "dismissed"},
    )
    assert judged(*story, standing=Standing("new", 2)).why == ()
    assert judged(*story).why == ()


def test_a_held_case_says_that_its_severity_rose() -> None:
    held = replace(DISMISSED, state="held")
    why = judged(*many(2, severity=3), standing=held).why
    assert [line["code"] for line in why] == ["rose", "after"]
