"""When to try again, when to give up, when to stop the line."""

from datetime import UTC, datetime, timedelta

from streams.collectors.headers import retry_after
from streams.retry import LONGEST_ASKED, POISON_WAITS, WAITS, Breaker, Transient, wait

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_what_may_heal_is_tried_for_hours() -> None:
    waits = [wait(n, Transient("busy")) for n in range(1, len(WAITS) + 1)]
    assert None not in waits
    assert sum((found or timedelta() for found in waits), timedelta()) > timedelta(hours=5)
    assert wait(len(WAITS) + 1, Transient("busy")) is None


def test_what_looks_like_poison_is_tried_three_times_in_all() -> None:
    assert [wait(n, ValueError("no")) for n in (1, 2, 3)] == [*POISON_WAITS, None]


def test_the_other_side_may_ask_for_more_patience_but_not_for_less() -> None:
    assert wait(1, Transient("429", after=timedelta(minutes=7))) == timedelta(minutes=7)
    assert wait(4, Transient("429", after=timedelta(seconds=1))) == WAITS[3]


def test_nobody_may_ask_for_patience_without_end() -> None:
    assert wait(1, Transient("429", after=timedelta(days=3650))) == LONGEST_ASKED


def test_a_failing_net_is_no_poison() -> None:
    assert wait(3, ConnectionResetError()) == wait(3, TimeoutError()) == WAITS[2]


def test_a_line_on_which_everything_fails_stands_still_and_then_longer() -> None:
    breaker = Breaker()
    for _ in range(9):
        breaker.note(False, NOW)
    assert breaker.open_until(NOW) is None
    breaker.note(False, NOW)
    assert breaker.open_until(NOW) == NOW + timedelta(seconds=1)
    later = NOW + timedelta(seconds=2)
    assert breaker.open_until(later) is None
    for _ in range(10):
        breaker.note(False, later)
    assert breaker.open_until(later) == later + timedelta(seconds=2)


def test_a_few_failures_among_many_do_not_stop_the_line() -> None:
    breaker = Breaker()
    for n in range(60):
        breaker.note(n % 3 != 0, NOW)
    assert breaker.open_until(NOW) is None


def test_a_wait_in_odd_digits_is_no_wait() -> None:
    assert retry_after("²", NOW) == 0
    assert retry_after(" 120 ", NOW) == 120
