"""Mails to staff on duty: what they say, how many there are, and what they never say."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.utils import timezone

from experts import services as experts
from experts.models import Expert, Mobilisation, Purpose
from rrmm.flashpoints import jobs, services
from rrmm.flashpoints.models import Flashpoint
from rrmm.flashpoints.stages import cluster
from rrmm.web.presenters.standing import standing
from streams import tally
from streams.mail.models import Message
from streams.mail.registry import still_holds
from streams.models import Record
from tests import asking
from tests.builders import drain
from tests.watching import FIRE, case, flagged, staff

pytestmark = pytest.mark.django_db(transaction=True)
START = "2026-11-21T10:00:00Z"


@pytest.fixture
def tamar() -> User:
    cluster.forget()
    return staff("Tamar Olin", on_duty=True)


def to_staff() -> list[Message]:
    return list(Message.objects.filter(to_ref__startswith="staff:").order_by("queued_at", "id"))


def confirmed(tamar: User, settings: Any, people: int = 3) -> tuple[Flashpoint, list[Expert]]:
    """A confirmed case whose first wave has left; the mail about its opening is told and gone."""
    settings.ASK_HOLD, settings.ASK_EXTRA = 0, 3
    found, everybody = case(tamar), asking.people(people)
    services.confirm(found.pk, tamar, asking.plan(everybody))
    drain(["mobilise"])
    from experts.jobs import waves

    waves()
    drain(["mobilise", "tell"])
    Message.objects.all().delete()
    return Flashpoint.objects.get(pk=found.pk), everybody


def answer(found: Flashpoint, person: Expert, yes: bool) -> None:
    token = asking.token(Mobilisation.objects.get(case=found.pk), person)
    experts.accept(token) if yes else experts.decline(token)


def test_only_staff_on_duty_are_told_of_a_new_flashpoint(tamar: User) -> None:
    staff("Idris Kane", on_duty=False)
    flagged(owner="Ligustro", severity=3)
    drain(["cluster", "escalate", "tell"])
    [mail] = to_staff()
    found = Flashpoint.objects.get()
    assert mail.to_ref == f"staff:{tamar.pk}"
    assert mail.subject == f"New: Porto Sereno, Italy, severity 3 of 4 ({found.number})"
    assert FIRE in mail.text
    assert FIRE in mail.html
    assert "Only one voice says so yet" in mail.text
    assert f"/cases/{found.pk}/" in mail.text
    assert "@" not in mail.to_ref


def test_a_headline_cannot_smuggle_markup_into_the_mail(tamar: User) -> None:
    flagged("<b>Fire</b> in prayer room & hall", owner="Ligustro", severity=3)
    drain(["cluster", "escalate", "tell"])
    [mail] = to_staff()
    assert "<b>Fire" not in mail.html
    assert "<b>Fire</b> in prayer room & hall" in mail.text


def test_a_mail_about_a_case_dismissed_meanwhile_does_not_leave(tamar: User) -> None:
    flagged(owner="Ligustro", severity=3)
    drain(["cluster", "escalate", "tell"])
    [mail] = to_staff()
    assert still_holds(mail.reason)
    services.dismiss(Flashpoint.objects.get().pk, tamar, "not_real")
    assert not still_holds(mail.reason)


def test_answers_are_told_without_names(tamar: User, settings: Any) -> None:
    found, people = confirmed(tamar, settings)
    answer(found, people[0], yes=True)
    drain(["tell"])
    [mail] = to_staff()
    assert mail.subject == f"Porto Sereno, Italy: 1 of 3 asked said yes ({found.number})"
    assert "Places filled: 1 of 2." in mail.text
    for person in people:
        assert person.name not in mail.text + mail.html + mail.subject


def test_answers_within_ten_minutes_come_in_one_later_mail(tamar: User, settings: Any) -> None:
    with time_machine.travel(START, tick=True) as clock:
        found, people = confirmed(tamar, settings)
        answer(found, people[0], yes=True)
        drain(["tell"])
        answer(found, people[1], yes=False)
        drain(["tell"])
        assert len(to_staff()) == 1
        assert tally.of_day()["tell.bundled"] == 1
        assert jobs.tell_waiting() == 0
        clock.shift(timedelta(minutes=10))
        assert jobs.tell_waiting() == 1
        assert jobs.tell_waiting() == 0
    assert "Said no: 1." in to_staff()[1].text


def test_nothing_waits_from_severity_three_on(tamar: User, settings: Any) -> None:
    found, people = confirmed(tamar, settings)
    Flashpoint.objects.filter(pk=found.pk).update(severity=3)
    for person in people[:2]:
        answer(found, person, yes=False)
        drain(["tell"])
    assert len(to_staff()) == 2


def test_nobody_on_duty_is_counted(settings: Any) -> None:
    cluster.forget()
    flagged(owner="Ligustro", severity=3)
    drain(["cluster", "escalate", "tell"])
    assert to_staff() == []
    assert tally.of_day()["tell.nobody_on_duty"] == 1


def test_answers_to_an_undone_confirmation_are_not_told(tamar: User, settings: Any) -> None:
    found, people = confirmed(tamar, settings)
    answer(found, people[0], yes=True)
    services.undo_confirm(found.pk, tamar)
    drain(["tell"])
    assert to_staff() == []
    assert tally.of_day()["tell.no_case"] == 1


def test_a_place_that_became_free_again_is_told_at_once(tamar: User, settings: Any) -> None:
    found, people = confirmed(tamar, settings)
    answer(found, people[0], True)
    answer(found, people[1], True)
    drain(["mobilise", "tell"])
    told = len(to_staff())
    asked = Mobilisation.objects.get(case=found.pk)
    experts.undo(asking.token(asked, people[0], Purpose.UNDO))
    drain(["mobilise", "tell"])
    assert len(to_staff()) == told + 1


def test_a_case_that_came_back_is_told_as_such_with_what_is_new(tamar: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        flagged(owner="Ligustro", severity=2)
        flagged("Porto Sereno: prayer room burnt, marches called", owner="Al-Marsa", severity=2)
        drain(["cluster", "escalate", "tell"])
        found = Flashpoint.objects.get()
        services.dismiss(found.pk, tamar, "not_ours")
        Message.objects.all().delete()
        clock.shift(timedelta(minutes=20))
        flagged("Prayer room fire in Porto Sereno harbour: two die", owner="Wire", severity=3)
        flagged("Two die in Porto Sereno prayer room fire in harbour", owner="Post", severity=3)
        drain(["cluster", "escalate", "tell"])
    [mail] = to_staff()
    assert mail.subject.startswith("Back: ")
    assert "Severity rose from 2 to 4" in mail.text
    assert "Was gone for 20 min" in mail.text
    kinds = list(Record.objects.filter(key=str(found.pk)).values_list("kind", flat=True))
    assert kinds.count("FlashpointOpened") == kinds.count("FlashpointReturned") == 1
    assert "FlashpointReopened" not in kinds
    row = standing(Flashpoint.objects.get(), None, tamar.pk, timezone.now())
    assert row is not None
    assert row.words == "Came back"
    assert row.note.startswith("Severity rose from 2 to 4; voices grew from 2 to 4")
    services.hold(found.pk, tamar, timezone.now() + timedelta(hours=1))
    assert Flashpoint.objects.get().back_because == []
