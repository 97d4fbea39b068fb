"""Asking in waves: who is asked, who takes a place, who is stood down, what a stop does."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from experts import jobs, services
from experts.models import Ask, AskState, Link, Mobilisation, Risk
from experts.plan import BriefSentence, SlatePick
from streams.mail.models import Message, MessageState
from streams.models import Delivery, State, Trail
from tests import asking as a
from tests.builders import drain

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_hold(settings: Any) -> None:
    settings.ASK_HOLD = 0
    settings.ASK_EXTRA = 1


def mails(reason: str) -> set[str]:
    """To whom mails of this reason really left."""
    sent = Message.objects.filter(reason__startswith=f"{reason}:", state=MessageState.SENT)
    return {
        Ask.objects.get(pk=row.reason.partition(":")[2]).expert.name
        for row in sent
        if reason != "nobody_left"
    }


def go_on() -> None:
    """Lets the clock look and the stages run."""
    jobs.waves()
    drain(a.STAGES)


def test_the_hold_sends_nothing_until_it_is_over(settings: Any) -> None:
    settings.ASK_HOLD = 120
    with time_machine.travel(a.NOON, tick=False) as clock:
        made = a.asking(a.people(4))
        assert made.state == "preparing"
        clock.shift(119)
        go_on()
        assert not made.asks.exists()
        clock.shift(1)
        go_on()
    made.refresh_from_db()
    assert made.state == "asking"
    assert made.wave == 1
    assert a.open_asks(made) == {"Person 1", "Person 2", "Person 3"}
    assert mails("ask") == {"Person 1", "Person 2", "Person 3"}


def test_undone_in_the_hold_nothing_was_sent_and_nothing_will_be(settings: Any) -> None:
    settings.ASK_HOLD = 120
    with time_machine.travel(a.NOON, tick=False) as clock:
        made = a.asking(a.people(3))
        services.stop_mobilisation(made.pk, a.staff().pk)
        clock.shift(3600)
        go_on()
    made.refresh_from_db()
    assert made.state == "stopped"
    assert not made.asks.exists()
    assert not Message.objects.exists()


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
    assert mails("withdrawn") == {"Person 1", "Person 3", "Person 4"}
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


def test_two_yeses_fill_two_places_and_the_third_is_stood_down_at_once() -> None:
    one, two, three = a.people(3)
    made = a.asking([one, two, three])
    assert services.accept(a.token(made, one)) == AskState.ACCEPTED
    assert services.accept(a.token(made, two)) == AskState.ACCEPTED
    drain(a.STAGES)
    made.refresh_from_db()
    assert (made.state, made.filled) == ("filled", 2)
    assert a.states(made)["Person 3"] == "stood_down"
    assert mails("stood_down") == {"Person 3"}
    assert mails("receipt") == {"Person 1", "Person 2"}


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
    assert mails("stood_down") == set()


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
        go_on()
        assert a.open_asks(made) == {"Person 1", "Person 2", "Person 3"}
        clock.shift(60)
        go_on()
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
        go_on()
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
    go_on()
    made.refresh_from_db()
    assert (a.states(made), Message.objects.count(), Link.objects.count()) == before
    assert made.filled == 2


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
        go_on()
        assert a.open_asks(made) == {"Person 1", "Person 5"}
        assert services.accept(a.token(made, one)) == AskState.ACCEPTED


def test_do_not_mail_is_asked_by_no_list_and_gets_no_mail() -> None:
    shielded, two, three = a.people(3)
    picks = (SlatePick(shielded.pk, "do_not_mail"), SlatePick(two.pk), SlatePick(three.pk))
    made = a.asking([], [shielded], slate=picks)
    assert a.open_asks(made) == {"Person 2", "Person 3"}
    assert not Message.objects.filter(to_ref=f"expert:{shielded.pk}").exists()


def test_a_person_shielded_after_the_ask_gets_no_further_mail_of_the_case() -> None:
    one, two = a.people(2)
    made = a.asking([one, two], slots=1)
    services.set_risk(made.pk, one.pk, Risk.DO_NOT_MAIL, a.staff().pk)
    services.accept(a.token(made, two))
    drain(a.STAGES)
    assert a.states(made)["Person 1"] == "stood_down"
    assert mails("stood_down") == set()


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


@pytest.mark.parametrize("change", ["inactive", "paused", "no_consent", "refused"])
def test_nobody_is_asked_who_may_not_be(change: str) -> None:
    one, two = a.people(2)
    if change == "inactive":
        one.active = False
    elif change == "paused":
        one.paused_until = timezone.now() + timedelta(days=1)
    elif change == "no_consent":
        one.consent.delete()
    else:
        one.do_not_ask = ["religion"]
    one.save()
    made = a.asking([one, two], slots=1)
    assert a.open_asks(made) == {"Person 2"}


def test_nobody_gets_more_than_two_open_asks_or_four_in_thirty_days() -> None:
    with time_machine.travel(a.NOON, tick=False) as clock:
        one, two = a.people(2)
        for _ in range(2):
            assert "Person 1" in a.open_asks(a.asking([one, two], slots=1, answer_minutes=60))
        assert a.open_asks(a.asking([one], slots=1, answer_minutes=60)) == set()
        clock.shift(7 * 3600)
        go_on()
        for _ in range(2):
            assert a.open_asks(a.asking([one], slots=1, answer_minutes=60)) == {"Person 1"}
            clock.shift(7 * 3600)
            go_on()
        assert a.open_asks(a.asking([one], slots=1)) == set()
        clock.shift(30 * 24 * 3600)
        assert a.open_asks(a.asking([one], slots=1)) == {"Person 1"}


def test_when_nobody_is_left_staff_are_told_once_and_the_state_says_so() -> None:
    made = a.asking(a.people(1))
    services.decline(a.token(made, made.asks.get().expert))
    drain(a.STAGES)
    go_on()
    made.refresh_from_db()
    assert made.exhausted_at is not None
    assert made.state == "asking"
    told = Message.objects.filter(reason=f"nobody_left:{made.pk}")
    assert told.count() == 1
    assert Trail.objects.filter(act="mobilisation.exhausted").count() == 1


def test_a_no_undone_then_is_somebody_to_wait_for() -> None:
    made = a.asking(a.people(1))
    only = made.asks.get().expert
    services.decline(a.token(made, only))
    drain(a.STAGES)
    services.undo(a.token(made, only))
    drain(a.STAGES)
    made.refresh_from_db()
    assert made.exhausted_at is None


def test_whoever_staff_add_after_that_is_asked_at_once() -> None:
    made = a.asking(a.people(1))
    services.decline(a.token(made, made.asks.get().expert))
    drain(a.STAGES)
    new = a.expert("Late Comer")
    services.add_to_slate(made.pk, new.pk, a.staff().pk)
    drain(a.STAGES)
    made.refresh_from_db()
    assert a.open_asks(made) == {"Late Comer"}
    assert made.exhausted_at is None


def test_ask_one_more_asks_exactly_one_more() -> None:
    made = a.asking(a.people(6))
    services.ask_one_more(made.pk, a.staff().pk)
    drain(a.STAGES)
    assert len(a.open_asks(made)) == 4


def test_removed_from_the_slate_is_asked_from_no_list() -> None:
    one, two, three, four = a.people(4)
    made = a.asking([one, two, three, four], [four])
    services.remove_from_slate(made.pk, four.pk, a.staff().pk)
    services.decline(a.token(made, one))
    drain(a.STAGES)
    assert a.open_asks(made) == {"Person 2", "Person 3"}
    with pytest.raises(services.Conflict):
        services.remove_from_slate(made.pk, two.pk, a.staff().pk)


def test_staff_can_free_a_place_and_the_next_best_is_asked() -> None:
    one, two, three = a.people(3)
    made = a.asking([one, two, three], slots=1)
    services.accept(a.token(made, one))
    drain(a.STAGES)
    services.release_slot(a.ask_of(made, one).pk, a.staff().pk)
    drain(a.STAGES)
    made.refresh_from_db()
    assert made.filled == 0
    assert a.open_asks(made) == {"Person 2", "Person 3"}
    with pytest.raises(services.Conflict):
        services.release_slot(a.ask_of(made, one).pk, a.staff().pk)


def test_a_new_brief_is_a_new_version_and_moves_the_deadline() -> None:
    made = a.asking(a.people(3))
    later = timezone.now() + timedelta(hours=9)
    version = services.new_brief_version(
        made.pk, a.staff().pk, [BriefSentence("It was a short circuit.")], "500 words.", later
    )
    made.refresh_from_db()
    assert version == 2
    assert made.deadline_at == later
    assert set(Link.objects.values_list("expires_at", flat=True)) == {later}
    assert made.briefs.get(version=1).ask_text.startswith("700 words")


@pytest.mark.parametrize(
    "wrong", [{"slots": 0}, {"sentences": ()}, {"ask_text": " "}, {"deadline_at": a.NOON}]
)
def test_a_plan_that_cannot_work_is_refused_with_words(wrong: dict[str, Any]) -> None:
    with pytest.raises(services.Conflict):
        a.prepared(a.people(1), **wrong)
    assert not Mobilisation.objects.exists()


def test_a_mobilisation_removed_meanwhile_does_not_stop_the_line() -> None:
    made = a.prepared(a.people(1))
    made.delete()
    outcome = drain(a.STAGES)
    assert outcome["mobilise"].buried == outcome["mobilise"].retried == 0
