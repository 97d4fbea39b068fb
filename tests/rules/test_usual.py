"""What should have come in 24 hours, against what came: quiet, silent, or too little to say."""

from datetime import UTC, date, datetime, timedelta

import pytest

from streams.collectors.usual import QUIET_SHARE, RARE, chance, expected, state

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
TODAY = NOON.date()
LONG_AGO = date(2026, 1, 1)


def each_day(n: int, days: int = 40) -> dict[date, int]:
    return {TODAY - timedelta(days=back): n for back in range(1, days)}


def test_the_same_hours_of_the_last_weeks_say_what_is_usual() -> None:
    assert expected(each_day(24), LONG_AGO, NOON) == 24


def test_a_saturday_is_compared_with_saturdays() -> None:
    days = {day: 10 if day.weekday() == 5 else 100 for day in each_day(1)}
    assert expected(days, LONG_AGO, NOON) == pytest.approx((10 + 100) / 2)
    night = NOON.replace(hour=23, minute=59)
    assert expected(days, LONG_AGO, night) == pytest.approx(10, abs=0.1)


def test_one_strange_week_changes_nothing() -> None:
    days = each_day(20)
    for back in (7, 8):
        days[TODAY - timedelta(days=back)] = 900
    assert expected(days, LONG_AGO, NOON) == 20


def test_days_without_a_row_brought_nothing() -> None:
    assert expected({}, LONG_AGO, NOON) == 0


def test_the_first_week_is_measured_by_its_days_and_the_first_day_not_at_all() -> None:
    since = TODAY - timedelta(days=3)
    assert expected({since: 6, since + timedelta(days=1): 12}, since, NOON) == 6
    assert expected({}, TODAY - timedelta(days=1), NOON) is None
    assert expected({}, TODAY, NOON) is None


def test_weeks_that_were_not_counted_whole_are_left_out() -> None:
    days = each_day(30, days=9)
    since = TODAY - timedelta(days=8)
    assert expected(days, since, NOON) == 30


@pytest.mark.parametrize(
    ("sources", "usual", "seen", "called"),
    [
        (0, None, 0, "none"),
        (0, 50.0, 0, "none"),
        (2, None, 7, "learning"),
        (2, 0.0, 0, "few"),
        (2, 4.5, 0, "few"),
        (2, 4.7, 0, "silent"),
        (2, 40.0, 0, "silent"),
        (2, 40.0, 19, "quiet"),
        (2, 40.0, 20, "seen"),
        (2, 6.0, 2, "seen"),
        (2, 9.0, 2, "quiet"),
        (2, 4000.0, 1999, "quiet"),
        (2, 40.0, 400, "seen"),
    ],
)
def test_groups_are_called_what_they_are(
    sources: int, usual: float | None, seen: int, called: str
) -> None:
    assert state(sources, usual, seen) == called


def test_quiet_is_both_rare_and_less_than_half() -> None:
    assert chance(2, 6.0) > RARE
    assert QUIET_SHARE * 6.0 > 2
    assert chance(2, 9.0) < RARE


def test_the_chance_is_poissons() -> None:
    assert chance(0, 3.0) == pytest.approx(0.0498, abs=1e-4)
    assert chance(3, 3.0) == pytest.approx(0.6472, abs=1e-4)
    assert chance(5, 0.0) == 1.0
