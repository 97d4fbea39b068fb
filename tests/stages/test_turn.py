"""A turn: one has it, the others stand by, and nobody waits long for the dead."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from streams import turn
from streams.models import Lease
from streams.turn import Turn

pytestmark = pytest.mark.django_db


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def of(clock: Clock) -> Turn:
    return Turn("test", clock)


def later(clock: Clock, seconds: float) -> None:
    """Time goes by, for the processes and for the database."""
    clock.now += seconds
    Lease.objects.update(until=F("until") - timedelta(seconds=seconds))


def test_the_first_has_it_and_the_second_stands_by(clock: Clock) -> None:
    first, second = of(clock), of(clock)
    assert first.keep()
    assert not second.keep()
    assert first.mine
    assert not second.mine
    assert second.holder() == first.me.rpartition(":")[0]
    assert Lease.objects.filter(until__gt=timezone.now()).count() == 1


def test_who_renews_keeps_it(clock: Clock) -> None:
    first, second = of(clock), of(clock)
    assert first.keep()
    for _ in range(60):
        later(clock, turn.TRY)
        assert first.keep()
        assert not second.keep()


def test_a_dead_holder_keeps_others_waiting_no_longer_than_a_lease(clock: Clock) -> None:
    first, second = of(clock), of(clock)
    assert first.keep()
    waited = 0.0
    while not second.keep():
        later(clock, turn.TRY)
        waited += turn.TRY
    assert turn.LASTS <= waited <= turn.LASTS + 2 * turn.TRY
    assert not first.mine


def test_who_slept_too_long_knows_it_before_asking(clock: Clock) -> None:
    first, second = of(clock), of(clock)
    assert first.keep()
    later(clock, turn.LASTS + 1)
    assert not first.mine
    assert second.keep()
    assert not first.keep()


def test_who_slept_too_long_takes_it_up_again_where_nobody_else_wants_it(clock: Clock) -> None:
    first = of(clock)
    assert first.keep()
    later(clock, 10 * turn.LASTS)
    assert first.keep()


def test_who_ends_in_order_keeps_nobody_waiting(clock: Clock) -> None:
    first, second = of(clock), of(clock)
    assert first.keep()
    second.release()
    assert not second.keep()
    first.release()
    assert not first.mine
    assert first.holder() == ""
    clock.now += turn.TRY
    assert second.keep()


def test_the_databases_clock_decides(clock: Clock) -> None:
    first = of(clock)
    assert first.keep()
    lasts = timedelta(seconds=turn.LASTS)
    near = Lease.objects.filter(until__gt=Now() + lasts - timedelta(seconds=5))
    assert near.filter(until__lte=Now() + lasts).exists()
