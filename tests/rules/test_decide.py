"""When a feed is polled next, and how failures are graded."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.collectors import decide

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
MIDDLE = 0.5
"""Chance without jitter."""


def test_a_feed_that_brings_much_is_polled_more_often_and_a_quiet_one_less() -> None:
    busy = decide.pace(600, new=5, floor_s=0, pushed=False, chance=MIDDLE)
    some = decide.pace(600, new=1, floor_s=0, pushed=False, chance=MIDDLE)
    quiet = decide.pace(600, new=0, floor_s=0, pushed=False, chance=MIDDLE)
    assert busy.interval_s < some.interval_s < 600 < quiet.interval_s


@given(
    interval=st.integers(0, 10**7),
    new=st.integers(0, 500),
    floor=st.integers(0, 10**7),
    pushed=st.booleans(),
    chance=st.floats(0, 1, exclude_max=True),
)
def test_the_interval_stays_between_a_minute_and_six_hours(
    interval: int, new: int, floor: int, pushed: bool, chance: float
) -> None:
    pace = decide.pace(interval, new, floor, pushed, chance)
    assert decide.SHORTEST <= pace.interval_s <= decide.LONGEST
    assert 0.9 * decide.SHORTEST <= pace.wait_s <= 1.1 * decide.LONGEST


def test_the_servers_wish_is_a_lower_bound_and_leaves_our_own_interval_alone() -> None:
    pace = decide.pace(300, new=3, floor_s=3600, pushed=False, chance=MIDDLE)
    assert pace.wait_s == 3600
    assert pace.interval_s == 150


def test_while_a_hub_pushes_polling_is_rare() -> None:
    assert decide.pace(60, 9, 0, pushed=True, chance=MIDDLE).wait_s == decide.PUSHED


def test_jitter_spreads_polls_to_both_sides() -> None:
    waits = [decide.pace(600, 0, 0, False, chance).wait_s for chance in (0.0, 0.5, 0.999)]
    assert waits == sorted(waits)
    assert waits[0] < 750 < waits[2]


@pytest.mark.parametrize(
    ("code", "grade"),
    [
        ("timeout", "soft"),
        ("server_error", "soft"),
        ("too_many_requests", "temporary"),
        ("unavailable", "temporary"),
        ("not_found", "hard"),
        ("private_address", "hard"),
        ("bomb", "hard"),
        ("a code that nobody knows yet", "hard"),
    ],
)
def test_failures_are_graded(code: str, grade: str) -> None:
    assert decide.setback(code, 1, timedelta(0), 0, MIDDLE).grade == grade


def test_waits_double_from_failure_to_failure_and_end_somewhere() -> None:
    waits = [decide.setback("timeout", n, timedelta(0), 0, MIDDLE).wait_s for n in (1, 2, 3, 99)]
    assert waits == [60, 120, 240, 6 * 3600]


def test_hard_failures_wait_longer_than_soft_ones() -> None:
    soft, hard = (
        decide.setback(code, 1, timedelta(0), 0, MIDDLE) for code in ("timeout", "not_found")
    )
    assert soft.wait_s < hard.wait_s


def test_a_feed_that_fails_for_weeks_is_slowly_let_go_but_never_given_up() -> None:
    daily = decide.setback("timeout", 3, timedelta(days=8), 0, MIDDLE)
    weekly = decide.setback("timeout", 3, timedelta(days=40), 0, MIDDLE)
    assert daily.wait_s == 86400
    assert weekly.wait_s == 7 * 86400
    assert not weekly.muted


def test_retry_after_is_obeyed_up_to_a_day() -> None:
    asked = decide.setback("too_many_requests", 1, timedelta(0), 3 * 3600, MIDDLE)
    absurd = decide.setback("too_many_requests", 1, timedelta(0), 10**8, MIDDLE)
    assert asked.wait_s == 3 * 3600
    assert absurd.wait_s == 86400


def test_gone_mutes_and_nothing_else_does() -> None:
    assert decide.setback("gone", 1, timedelta(0), 0, MIDDLE).muted
    assert not decide.setback("not_found", 500, timedelta(days=400), 0, MIDDLE).muted


def test_the_first_poll_and_the_first_after_a_gap_are_backfill() -> None:
    assert decide.is_backfill(None, 300, NOW)
    assert decide.is_backfill(NOW - timedelta(hours=3), 300, NOW)
    assert not decide.is_backfill(NOW - timedelta(minutes=10), 300, NOW)


def test_a_feed_polled_rarely_has_no_gap_because_of_that() -> None:
    assert not decide.is_backfill(NOW - timedelta(hours=12), 6 * 3600, NOW)
    assert decide.is_backfill(NOW - timedelta(hours=19), 6 * 3600, NOW)


def test_after_a_week_of_304_the_whole_document_is_asked_for() -> None:
    assert decide.wants_whole(NOW - timedelta(days=8), NOW)
    assert not decide.wants_whole(NOW - timedelta(days=6), NOW)
    assert decide.wants_whole(None, NOW)


def test_a_feed_moves_only_after_three_equal_permanent_redirects() -> None:
    target, moves = "", 0
    for expected in (1, 2, 3):
        target, moves = decide.has_moved("https://new.example/feed", target, moves)
        assert moves == expected
    assert moves >= decide.MOVES_NEEDED
    assert decide.has_moved("", target, moves) == ("https://new.example/feed", 3)


def test_another_target_or_none_starts_the_counting_again() -> None:
    assert decide.has_moved("https://c.example", "https://b.example", 2)[1] == 1
    assert decide.has_moved("", "https://b.example", 2) == ("", 0)
