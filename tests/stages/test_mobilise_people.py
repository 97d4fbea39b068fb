"""Who may be asked, and what staff change while asking goes on."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from experts import services
from experts.models import Link, Mobilisation, Risk
from experts.plan import BriefSentence, SlatePick
from streams.mail.models import Message
from streams.models import Trail
from tests import asking as a
from tests.builders import drain

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_hold(settings: Any) -> None:
    settings.ASK_HOLD = 0
    settings.ASK_EXTRA = 1


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
    assert a.mails("stood_down") == set()


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
        a.go_on()
        for _ in range(2):
            assert a.open_asks(a.asking([one], slots=1, answer_minutes=60)) == {"Person 1"}
            clock.shift(7 * 3600)
            a.go_on()
        assert a.open_asks(a.asking([one], slots=1)) == set()
        clock.shift(30 * 24 * 3600)
        assert a.open_asks(a.asking([one], slots=1)) == {"Person 1"}


def test_when_nobody_is_left_staff_are_told_once_and_the_state_says_so() -> None:
    made = a.asking(a.people(1))
    services.decline(a.token(made, made.asks.get().expert))
    drain(a.STAGES)
    a.go_on()
    made.refresh_from_db()
    assert made.exhausted_at is not None
    assert made.state == "asking"
    told = Message.objects.filter(reason=f"nobody_left:{made.pk}")
    assert told.count() == 1
    assert Trail.objects.filter(act="mobilisation.exhausted").count() == 1


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
