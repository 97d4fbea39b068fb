"""Whom to ask next, how many, until when."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experts.schedule import (
    Candidate,
    Limits,
    Source,
    Standing,
    again_at,
    answer_by,
    is_quiet,
    local,
    next_wave,
    wanted,
)

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
NAMES = UUID("6f0a6f8e-0000-4000-8000-000000000000")


def person(name: str, source: Source = "slate", order: int = 0, **more: Any) -> Candidate:
    return Candidate(uuid5(NAMES, name), source, order, **more)


def at(**more: Any) -> Standing:
    known: dict[str, Any] = {
        "now": NOON,
        "slots": 2,
        "filled": 0,
        "open_asks": 0,
        "extra": 1,
        "deadline_at": NOON + timedelta(hours=6),
        "answer_minutes": None,
    }
    return Standing(**{**known, **more})


def chosen(standing: Standing, *people: Candidate) -> list[UUID]:
    return list(next_wave(standing, people, Limits(), 60).ask)


def keys(*people: Candidate) -> list[UUID]:
    return [one.expert for one in people]


def test_a_first_wave_asks_one_more_than_there_are_places() -> None:
    people = [person(str(n), order=n) for n in range(5)]
    assert chosen(at(), *people) == keys(*people[:3])


def test_an_open_ask_counts_and_a_taken_place_asks_for_fewer() -> None:
    assert wanted(at(open_asks=3)) == 0
    assert wanted(at(open_asks=2)) == 1
    assert wanted(at(filled=1, open_asks=2)) == 0
    assert wanted(at(filled=1, open_asks=1)) == 1


def test_nobody_is_asked_when_all_places_are_taken_or_the_deadline_is_here() -> None:
    assert wanted(at(filled=2)) == 0
    assert wanted(at(now=NOON + timedelta(hours=6))) == 0


def test_the_reserve_comes_before_the_later_the_slate_and_the_ranking() -> None:
    ranked, slated, later = person("r", "ranking"), person("s"), person("l", "later")
    reserve = person("w", "reserve")
    order = chosen(at(slots=9), ranked, slated, later, reserve)
    assert order == keys(reserve, later, slated, ranked)


def test_staffs_order_holds_even_at_night() -> None:
    asleep = person("tokyo", order=1, timezone="Asia/Tokyo")
    awake = person("paris", order=2, timezone="Europe/Paris")
    night = at(now=datetime(2026, 11, 21, 15, 0, tzinfo=UTC), slots=1, extra=0)
    assert is_quiet(night.now, "Asia/Tokyo")
    assert chosen(night, asleep, awake) == keys(asleep)


def test_of_the_ranking_those_awake_come_first() -> None:
    asleep = person("tokyo", "ranking", 1, timezone="Asia/Tokyo")
    awake = person("paris", "ranking", 2, timezone="Europe/Paris")
    night = at(now=datetime(2026, 11, 21, 15, 0, tzinfo=UTC), slots=1, extra=0)
    assert chosen(night, asleep, awake) == keys(awake)


@pytest.mark.parametrize(
    ("against", "why"),
    [
        ({"unaskable": "paused"}, "paused"),
        ({"unaskable": "no_consent"}, "no_consent"),
        ({"do_not_mail": True}, "do_not_mail"),
        ({"refuses": frozenset({"religion"})}, "refused"),
        ({"refuses": frozenset({"*"})}, "refused"),
        ({"open_asks": 2}, "asked_now"),
        ({"asks_lately": 4}, "asked_often"),
    ],
)
def test_who_may_not_be_asked_is_passed_over_with_the_reason(
    against: dict[str, Any], why: str
) -> None:
    shielded, free = person("a", order=1, **against), person("b", order=2)
    wave = next_wave(at(topics=frozenset({"religion"})), [shielded, free], Limits(), 60)
    assert list(wave.ask) == keys(free)
    assert dict(wave.passed_over) == {shielded.expert: why}


def test_a_refused_topic_of_another_case_does_not_matter() -> None:
    one = person("a", refuses=frozenset({"migration"}))
    assert chosen(at(topics=frozenset({"religion"})), one) == keys(one)


def test_the_reserve_offered_itself_so_its_load_does_not_count() -> None:
    one = person("a", "reserve", open_asks=2, asks_lately=4)
    assert chosen(at(), one) == keys(one)


def test_it_is_exhausted_only_when_nobody_is_asked_and_nobody_is_left() -> None:
    shielded = person("a", do_not_mail=True)
    assert next_wave(at(), [shielded], Limits(), 60).exhausted
    assert not next_wave(at(open_asks=1), [shielded], Limits(), 60).exhausted
    assert not next_wave(at(filled=2), [], Limits(), 60).exhausted


@pytest.mark.parametrize(
    ("hours_left", "minutes"), [(6, 60), (2, 30), (0.5, 10), (0.1, 6), (0, 0), (-1, 0)]
)
def test_the_answer_time_is_an_hour_or_a_quarter_of_the_time_left(
    hours_left: float, minutes: int
) -> None:
    due = answer_by(NOON, NOON + timedelta(hours=hours_left), None, 60)
    assert due - NOON == timedelta(minutes=minutes)


def test_staff_may_fix_the_answer_time_but_not_beyond_the_deadline() -> None:
    assert answer_by(NOON, NOON + timedelta(hours=6), 5, 60) == NOON + timedelta(minutes=5)
    assert answer_by(NOON, NOON + timedelta(hours=1), 90, 60) == NOON + timedelta(hours=1)


@pytest.mark.parametrize(
    ("utc_hour", "quiet"), [(20, False), (21, True), (5, True), (6, False), (12, False)]
)
def test_quiet_hours_are_those_of_the_person(utc_hour: int, quiet: bool) -> None:
    assert is_quiet(datetime(2026, 11, 21, utc_hour, tzinfo=UTC), "Africa/Tunis") is quiet


def test_later_means_in_an_hour_or_at_eight_where_the_person_lives() -> None:
    assert again_at(NOON, "Africa/Tunis", "hour") == NOON + timedelta(hours=1)
    morning = again_at(NOON, "Africa/Tunis", "morning")
    assert morning == datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
    before_dawn = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
    assert again_at(before_dawn, "Africa/Tunis", "morning").day == 21


def test_an_unknown_zone_is_read_as_utc() -> None:
    assert local(NOON, "Nowhere/Atlantis").hour == 12


@given(
    slots=st.integers(1, 6),
    filled=st.integers(0, 6),
    open_asks=st.integers(0, 6),
    extra=st.integers(0, 3),
    sources=st.lists(st.sampled_from(["reserve", "later", "slate", "ranking"]), max_size=12),
)
def test_never_more_are_open_than_places_and_the_extra(
    slots: int, filled: int, open_asks: int, extra: int, sources: list[Source]
) -> None:
    people = [person(str(n), source, n) for n, source in enumerate(sources)]
    standing = at(slots=slots, filled=min(filled, slots), open_asks=open_asks, extra=extra)
    wave = next_wave(standing, people, Limits(), 60)
    assert len(set(wave.ask)) == len(wave.ask)
    if wave.ask:
        assert open_asks + len(wave.ask) <= slots - standing.filled + extra
