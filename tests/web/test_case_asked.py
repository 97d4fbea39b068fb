"""A case whose experts are asked: what staff see and press, and the versions of the brief."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from experts import services as experts
from experts.models import Expert, Mobilisation
from rrmm.flashpoints.models import State
from streams.models import Record
from tests import asking, cast, watching
from tests.builders import drain
from tests.web.desk_kit import confirmed, now, press

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(cast.staff("idris"))
    return client


def test_the_hold_before_the_first_wave_counts_down_and_can_be_undone(desk: Client) -> None:
    case = confirmed()
    text = desk.get(reverse("staff:case", args=[case.pk])).content.decode()
    assert "First wave leaves in" in text
    assert "data-until=" in text
    assert "Nothing was sent" in press(desk, "undo", case)
    assert now(case).state == State.NEW
    assert not Record.objects.filter(kind="ExpertAsked").exists()


def test_who_is_asked_stands_on_the_page_with_what_they_said(
    desk: Client, settings: LazySettings
) -> None:
    settings.ASK_HOLD = 0
    case = confirmed()
    drain(["mobilise"])
    mobilisation = Mobilisation.objects.get(case=case.pk)
    experts.accept(asking.token(mobilisation, Expert.objects.get(name="Person 1")))
    text = desk.get(reverse("staff:case", args=[case.pk])).content.decode()
    for words in (
        "Person 1",
        "Person 2",
        "Person 3",
        "Waiting for an answer",
        "1 of 2 places taken",
    ):
        assert words in text
    assert 'class="state good"' in text
    assert "said yes" in text
    assert "Ask one more" in text


def test_stopping_after_the_first_wave_says_that_a_withdrawal_goes_out(
    desk: Client, settings: LazySettings
) -> None:
    settings.ASK_HOLD = 0
    case = confirmed()
    drain(["mobilise"])
    assert "A withdrawal goes to everybody" in press(desk, "undo", case)
    drain(["mobilise"])
    assert set(Mobilisation.objects.get().asks.values_list("state", flat=True)) == {"withdrawn"}


def test_ask_one_more(desk: Client, settings: LazySettings) -> None:
    settings.ASK_HOLD = 0
    case = confirmed(people=5)
    drain(["mobilise"])
    before = Mobilisation.objects.get().asks.count()
    assert "One more will be asked" in press(desk, "ask", case)
    drain(["mobilise"])
    assert Mobilisation.objects.get().asks.count() == before + 1
    assert "Nobody is asked for this case" in press(desk, "ask", watching.case())


def test_the_slate_can_be_changed_while_people_are_asked(desk: Client) -> None:
    case = confirmed()
    more = asking.expert("Late Comer")
    assert "is on the slate" in press(desk, "slate-add", case, expert=str(more.pk))
    assert "No mail of this case goes to Late Comer" in press(
        desk, "slate-risk", case, expert=str(more.pk), risk="do_not_mail"
    )
    assert "will not be asked" in press(desk, "slate-remove", case, expert=str(more.pk))
    entry = Mobilisation.objects.get().slate.get(expert=more)
    assert (entry.removed, entry.risk) == (True, "do_not_mail")
    assert "not in the registry" in press(desk, "slate-add", case, expert="nobody")


def test_a_case_is_closed_once_nobody_waits(desk: Client) -> None:
    case = confirmed()
    page = reverse("staff:case", args=[case.pk])
    assert "Close case" not in desk.get(page).content.decode()
    Mobilisation.objects.update(state="filled", filled=2)
    assert "Close case" in desk.get(page).content.decode()
    assert "is closed" in press(desk, "close", case)
    assert now(case).state == State.CLOSED
    assert "is open again" in press(desk, "reopen", case)
    assert now(case).state == State.CONFIRMED


def test_the_brief_gets_a_new_version_and_the_old_one_stays(desk: Client) -> None:
    case = confirmed()
    url = reverse("staff:case-brief", args=[case.pk])
    form = brief_form(desk.get(url).content.decode(), text=["One thing is known."])
    assert desk.post(url, form)["Location"] == reverse("staff:case", args=[case.pk])
    mobilisation = Mobilisation.objects.get()
    assert [b.version for b in mobilisation.briefs.all()] == [1, 2]
    old = desk.get(reverse("staff:case-brief-version", args=[case.pk, 1])).content.decode()
    assert "A fire destroyed a room" in old
    assert "Not what people read now" in old


def test_a_brief_saved_by_another_meanwhile_is_not_overwritten_unseen(desk: Client) -> None:
    case = confirmed()
    url = reverse("staff:case-brief", args=[case.pk])
    form = brief_form(desk.get(url).content.decode(), text=["Mine."])
    mobilisation = Mobilisation.objects.get()
    experts.new_brief_version(
        mobilisation.pk,
        cast.staff("tamar").pk,
        asking.plan([]).sentences,
        "Theirs.",
        timezone.now() + timedelta(hours=3),
    )
    answer = desk.post(url, form)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody saved version 2 while you wrote." in text
    assert "Mine." in text
    assert "Theirs." in text
    form["saw"] = "2"
    assert desk.post(url, form).status_code == 302
    assert mobilisation.briefs.count() == 3


def brief_form(_page: str, text: list[str]) -> dict[str, Any]:
    """What the form of the first version sends when these are its sentences."""
    later = timezone.now() + timedelta(hours=4)
    return {
        "saw": "1",
        "do": "save",
        "text": text,
        "source": [""] * len(text),
        "ask": "Please write.",
        "day": f"{later:%Y-%m-%d}",
        "time": f"{later:%H:%M}",
    }
