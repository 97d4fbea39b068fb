"""Asking in waves: the hold, the next best, the stop, the deadline."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from experts import services
from experts.models import Link
from streams.mail.models import Message, MessageState
from streams.models import Delivery, State
from tests import asking as a
from tests.builders import drain

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_hold(settings: Any) -> None:
    settings.ASK_HOLD = 0
    settings.ASK_EXTRA = 1


def test_the_hold_sends_nothing_until_it_is_over(settings: Any) -> None:
    settings.ASK_HOLD = 120
    with time_machine.travel(a.NOON, tick=False) as clock:
        made = a.asking(a.people(4))
        assert made.state == "preparing"
        clock.shift(119)
        a.go_on()
        assert not made.asks.exists()
        clock.shift(1)
        a.go_on()
    made.refresh_from_db()
    assert made.state == "asking"
    assert made.wave == 1
    assert a.open_asks(made) == {"Person 1", "Person 2", "Person 3"}
    assert a.mails("ask") == {"Person 1", "Person 2", "Person 3"}


def test_a_stop_after_the_first_wave_withdraws_every_open_ask_by_mail() -> None:
    one, two, three, four = a.people(4)
    made = a.asking([one, two, three, four])
    services.accept(a.token(made, one))
    services.decline(a.token(made, two))
    drain(a.STAGES)
    services.stop_mobilisation(made.pk, a.staff().pk)
    services.stop_mobilisation(made.pk, a.staff().pk)
    drain(a.STAGES)
    assert a.states(made) == {
        "Person 1": "withdrawn",
        "Person 2": "declined",
        "Person 3": "withdrawn",
        "Person 4": "withdrawn",
    }
    assert a.mails("withdrawn") == {"Person 1", "Person 3", "Person 4"}
    assert not Link.objects.filter(ask__expert=three, revoked_at=None).exists()


def test_whom_the_alert_never_reached_gets_no_withdrawal() -> None:
    made = a.prepared(a.people(3))
    drain(["mobilise"])
    services.stop_mobilisation(made.pk, a.staff().pk)
    drain(a.STAGES)
    states = set(Message.objects.values_list("state", flat=True))
    assert states == {MessageState.WITHDRAWN}


def test_a_yes_cannot_come_after_the_stop() -> None:
    one, *others = a.people(3)
    made = a.asking([one, *others])
    services.stop_mobilisation(made.pk, a.staff().pk)
    services.accept(a.token(made, one))
    made.refresh_from_db()
    assert made.filled == 0
    drain(a.STAGES)
    assert a.states(made)["Person 1"] == "withdrawn"


def test_a_decline_brings_the_next_best_of_the_slate_then_of_the_ranking() -> None:
    slate, ranked = a.people(4), [a.expert("Ranked 1"), a.expert("Ranked 2")]
    made = a.asking(slate, ranked)
    services.decline(a.token(made, slate[0]), "no_time")
    drain(a.STAGES)
    assert a.open_asks(made) == {"Person 2", "Person 3", "Person 4"}
    services.decline(a.token(made, slate[1]))
    drain(a.STAGES)
    assert a.open_asks(made) == {"Person 3", "Person 4", "Ranked 1"}


def test_a_time_out_brings_the_next_best() -> None:
    with time_machine.travel(a.NOON, tick=False) as clock:
        made = a.asking(a.people(5), answer_minutes=30)
        clock.shift(29 * 60)
        a.go_on()
        assert a.open_asks(made) == {"Person 1", "Person 2", "Person 3"}
        clock.shift(60)
        a.go_on()
    assert a.open_asks(made) == {"Person 4", "Person 5"}
    assert a.states(made)["Person 1"] == "expired"
    made.refresh_from_db()
    assert made.wave == 2


def test_without_a_fixed_answer_time_it_is_an_hour_or_a_quarter_of_what_is_left() -> None:
    with time_machine.travel(a.NOON, tick=False):
        short = a.asking(a.people(1), deadline_at=a.NOON + timedelta(hours=2))
        due = short.asks.get().due_at
    assert due == a.NOON + timedelta(minutes=30)


def test_after_the_deadline_open_asks_end_and_nobody_is_asked() -> None:
    with time_machine.travel(a.NOON, tick=False) as clock:
        made = a.asking(a.people(5), answer_minutes=600)
        clock.shift(6 * 3600)
        a.go_on()
    made.refresh_from_db()
    assert made.state == "ended"
    assert set(a.states(made).values()) == {"expired"}
    assert made.next_wave_at is None


def test_repeating_every_event_changes_nothing() -> None:
    one, two, three, four = a.people(4)
    made = a.asking([one, two, three, four])
    services.decline(a.token(made, one))
    services.accept(a.token(made, two))
    services.accept(a.token(made, three))
    drain(a.STAGES)
    before = (a.states(made), Message.objects.count(), Link.objects.count())
    Delivery.objects.filter(stage="mobilise").update(state=State.PENDING, due_at=None)
    drain(a.STAGES)
    a.go_on()
    made.refresh_from_db()
    assert (a.states(made), Message.objects.count(), Link.objects.count()) == before
    assert made.filled == 2
