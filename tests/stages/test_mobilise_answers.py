"""What an answer does: places, stand-down, reserve, undo, later, never."""

from typing import Any

import pytest
import time_machine

from experts import services
from experts.models import AskState, Risk
from streams.mail.models import Message
from streams.models import Trail
from tests import asking as a
from tests.builders import drain

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_hold(settings: Any) -> None:
    settings.ASK_HOLD = 0
    settings.ASK_EXTRA = 1


def test_undone_in_the_hold_nothing_was_sent_and_nothing_will_be(settings: Any) -> None:
    settings.ASK_HOLD = 120
    with time_machine.travel(a.NOON, tick=False) as clock:
        made = a.asking(a.people(3))
        services.stop_mobilisation(made.pk, a.staff().pk)
        clock.shift(3600)
        a.go_on()
    made.refresh_from_db()
    assert made.state == "stopped"
    assert not made.asks.exists()
    assert not Message.objects.exists()


def test_two_yeses_fill_two_places_and_the_third_is_stood_down_at_once() -> None:
    one, two, three = a.people(3)
    made = a.asking([one, two, three])
    assert services.accept(a.token(made, one)) == AskState.ACCEPTED
    assert services.accept(a.token(made, two)) == AskState.ACCEPTED
    drain(a.STAGES)
    made.refresh_from_db()
    assert (made.state, made.filled) == ("filled", 2)
    assert a.states(made)["Person 3"] == "stood_down"
    assert a.mails("stood_down") == {"Person 3"}
    assert a.mails("receipt") == {"Person 1", "Person 2"}


def test_who_comes_second_to_the_last_place_is_thanked_and_may_wait_in_reserve() -> None:
    one, two = a.people(2)
    made = a.asking([one, two], slots=1)
    late = a.token(made, two)
    services.accept(a.token(made, one))
    assert services.accept(late) == AskState.STOOD_DOWN
    made.refresh_from_db()
    assert made.filled == 1
    assert services.wait_in_reserve(late) == AskState.RESERVE
    drain(a.STAGES)
    assert a.states(made) == {"Person 1": "accepted", "Person 2": "reserve"}
    assert a.mails("stood_down") == set()


def test_the_same_answer_twice_is_one_answer() -> None:
    one, *others = a.people(3)
    made = a.asking([one, *others])
    key = a.token(made, one)
    assert services.accept(key) == services.accept(key) == AskState.ACCEPTED
    assert services.decline(key) == AskState.ACCEPTED
    made.refresh_from_db()
    assert made.filled == 1


def test_an_undone_yes_reopens_the_place_and_asks_the_reserve_first() -> None:
    one, two, three, four = a.people(4)
    made = a.asking([one, two, three, four], slots=1)
    waiting = a.token(made, two)
    services.accept(a.token(made, one))
    drain(a.STAGES)
    services.wait_in_reserve(waiting)
    assert services.undo(a.token(made, one)) == AskState.DECLINED
    drain(a.STAGES)
    made.refresh_from_db()
    assert (made.state, made.filled) == ("asking", 0)
    assert a.open_asks(made) == {"Person 2", "Person 3"}
    assert a.states(made)["Person 1"] == "declined"
    called = Message.objects.filter(to_ref=f"expert:{two.pk}").latest("queued_at")
    assert "you offered to stay in reserve" in called.text
    assert services.accept(waiting) == AskState.ASKED, "the old link answers nothing any more"
    assert services.accept(a.token(made, two)) == AskState.ACCEPTED


def test_a_yes_can_be_undone_for_thirty_minutes_only() -> None:
    with time_machine.travel(a.NOON, tick=False) as clock:
        one, *others = a.people(3)
        made = a.asking([one, *others])
        services.accept(a.token(made, one))
        clock.shift(30 * 60)
        assert services.undo(a.token(made, one)) == AskState.ACCEPTED
        clock.shift(-1)
        assert services.undo(a.token(made, one)) == AskState.DECLINED


def test_an_undone_no_opens_the_question_again() -> None:
    one, *others = a.people(3)
    made = a.asking([one, *others])
    key = a.token(made, one)
    services.decline(key)
    drain(a.STAGES)
    assert services.undo(key) == AskState.ASKED
    assert services.accept(key) == AskState.ACCEPTED


def test_a_no_undone_after_the_places_filled_reads_that_they_are() -> None:
    one, two, three = a.people(3)
    made = a.asking([one, two, three])
    services.decline(a.token(made, one))
    services.accept(a.token(made, two))
    services.accept(a.token(made, three))
    drain(a.STAGES)
    assert services.undo(a.token(made, one)) == AskState.STOOD_DOWN


def test_later_is_a_no_for_now_and_a_candidate_again_when_the_hour_has_come() -> None:
    with time_machine.travel(a.NOON, tick=False) as clock:
        one, two, three, four, five = a.people(5)
        made = a.asking([one, two, three, four, five], answer_minutes=45)
        services.later(a.token(made, one), "hour")
        drain(a.STAGES)
        assert a.open_asks(made) == {"Person 2", "Person 3", "Person 4"}
        clock.shift(61 * 60)
        a.go_on()
        assert a.open_asks(made) == {"Person 1", "Person 5"}
        assert services.accept(a.token(made, one)) == AskState.ACCEPTED


def test_unsafe_shields_the_person_and_tells_the_trail() -> None:
    one, *others = a.people(3)
    made = a.asking([one, *others])
    services.decline(a.token(made, one), "unsafe")
    drain(a.STAGES)
    assert made.slate.get(expert=one).risk == Risk.DO_NOT_MAIL
    act = Trail.objects.get(act="ask.declined")
    assert act.detail["why"] == "unsafe"
    assert act.actor == f"expert:{one.pk}"


def test_never_again_holds_for_every_case_until_it_is_undone() -> None:
    one, two = a.people(2)
    first = a.asking([one, two], slots=1)
    services.never(a.token(first, one))
    drain(a.STAGES)
    second = a.asking([one, two], slots=1)
    assert a.open_asks(second) == {"Person 2"}
    services.undo(a.token(first, one))
    one.refresh_from_db()
    assert one.askable


def test_a_no_undone_then_is_somebody_to_wait_for() -> None:
    made = a.asking(a.people(1))
    only = made.asks.get().expert
    services.decline(a.token(made, only))
    drain(a.STAGES)
    services.undo(a.token(made, only))
    drain(a.STAGES)
    made.refresh_from_db()
    assert made.exhausted_at is None
