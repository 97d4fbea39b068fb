"""What staff do to a case, over HTTP: each button, its undo, and what a stale page says."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from experts import services as experts
from experts.models import Expert, Mobilisation
from rrmm.flashpoints import services
from rrmm.flashpoints.models import Flashpoint, State
from streams.models import Record
from streams.trail import about
from tests import asking, cast, watching
from tests.builders import drain

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(cast.staff("idris"))
    return client


def press(desk: Client, what: str, case: Flashpoint, **form: Any) -> str:
    """Presses a button; the text of the page to which it led."""
    answer = desk.post(reverse(f"staff:case-{what}", args=[case.pk]), form, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def confirmed(people: int = 3) -> Flashpoint:
    """A case whose experts are about to be asked."""
    case = watching.case()
    services.confirm(case.pk, cast.staff("idris"), asking.plan(asking.people(people)))
    case.refresh_from_db()
    return case


def now(case: Flashpoint) -> Flashpoint:
    case.refresh_from_db()
    return case


def test_take_and_give_back(desk: Client) -> None:
    case = watching.case()
    assert "is yours until" in press(desk, "take", case)
    assert now(case).holder == cast.staff("idris")
    assert "is given back" in press(desk, "release", case)
    assert now(case).holder is None


def test_a_case_that_another_has_is_taken_over_only_on_purpose(desk: Client) -> None:
    case = watching.case()
    services.take(case.pk, cast.staff("tamar"))
    text = press(desk, "take", case)
    assert "has this case until" in text
    assert now(case).holder == cast.staff("tamar")
    press(desk, "take", case, force="1")
    assert now(case).holder == cast.staff("idris")
    assert about(case.pk).filter(act="flashpoint.taken_over").exists()


@pytest.mark.parametrize(("choice", "least"), [("30m", 29), ("2h", 119), ("morning", 7)])
def test_hold_until_an_offered_time(desk: Client, choice: str, least: int) -> None:
    case = watching.case()
    text = press(desk, "hold", case, until=choice, words="The court speaks")
    assert "is held until" in text
    until = now(case).held_until
    assert until is not None
    assert until - timezone.now() > timedelta(minutes=least)
    assert case.held_for == "The court speaks"
    assert (choice != "morning") or until.hour == 8


def test_hold_until_a_typed_time_and_end_it(desk: Client) -> None:
    case = watching.case()
    later = timezone.now() + timedelta(hours=5)
    press(desk, "hold", case, until="at", day=f"{later:%Y-%m-%d}", time=f"{later:%H:%M}")
    until = now(case).held_until
    assert until is not None
    assert f"{until:%Y-%m-%d %H:%M}" == f"{later:%Y-%m-%d %H:%M}"
    assert "back in the queue" in press(desk, "unhold", case)
    assert now(case).state == State.NEW


@pytest.mark.parametrize(
    ("day", "time", "said"),
    [
        ("", "", "Say the day"),
        ("2026-13-41", "25:99", "Say the day"),
        ("2020-01-01", "10:00", "ahead"),
    ],
)
def test_a_hold_that_cannot_be_keeps_what_was_typed(
    desk: Client, day: str, time: str, said: str
) -> None:
    case = watching.case()
    form = {"until": "at", "day": day, "time": time, "words": "We wait"}
    answer = desk.post(reverse("staff:case-hold", args=[case.pk]), form)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert said in text
    assert 'role="alert"' in text
    assert 'aria-invalid="true"' in text
    assert 'value="We wait"' in text
    assert now(case).state == State.NEW


def test_dismiss_with_a_reason_and_undo(desk: Client) -> None:
    case = watching.case()
    text = press(desk, "dismiss", case, reason="not_ours")
    assert "dismissed: Not along a fault line." in text
    assert f'data-undo="{reverse("staff:case-reopen", args=[case.pk])}"' in text
    assert now(case).state == State.DISMISSED
    assert "back in the queue" in press(desk, "reopen", case)
    assert now(case).state == State.NEW


def test_another_reason_needs_words(desk: Client) -> None:
    case = watching.case()
    answer = desk.post(reverse("staff:case-dismiss", args=[case.pk]), {"reason": "other"})
    assert answer.status_code == 422
    assert "Say the reason in a few words" in answer.content.decode()
    assert now(case).state == State.NEW


def test_the_questions_work_as_pages_without_script(desk: Client) -> None:
    case = watching.case()
    for what in ("hold", "dismiss"):
        text = desk.get(reverse(f"staff:case-{what}", args=[case.pk])).content.decode()
        assert '<form method="post">' in text
    assert now(case).state == State.NEW


def test_a_stale_page_changes_nothing_and_says_how_it_stands(desk: Client) -> None:
    case = watching.case()
    services.dismiss(case.pk, cast.staff("tamar"), "old")
    answer = desk.post(
        reverse("staff:case-hold", args=[case.pk]), {"until": "30m", "words": "wait"}
    )
    assert answer.status_code == 422
    assert "Nothing was changed" in answer.content.decode()
    assert now(case).state == State.DISMISSED


def test_a_second_click_changes_nothing_more(desk: Client) -> None:
    case = watching.case()
    press(desk, "dismiss", case, reason="old")
    before = Record.objects.count()
    text = desk.post(reverse("staff:case-dismiss", args=[case.pk]), {"reason": "old"}).content
    assert "Nothing was changed" in text.decode()
    assert Record.objects.count() == before


def test_nothing_is_changed_by_reading(desk: Client) -> None:
    case = watching.case()
    for what in ("take", "release", "unhold", "reopen", "undo", "ask", "close", "severity"):
        assert desk.get(reverse(f"staff:case-{what}", args=[case.pk])).status_code == 405


def test_a_button_leads_back_to_its_page_and_nowhere_else(desk: Client) -> None:
    case = watching.case()
    url = reverse("staff:case-take", args=[case.pk])
    home = reverse("staff:desk") + f"?line=religion&case={case.pk}"
    assert desk.post(url, {"next": home})["Location"] == home
    own = reverse("staff:case", args=[case.pk])
    assert desk.post(url, {"next": "https://elsewhere.example/"})["Location"] == own
    assert desk.post(url, {"next": "//elsewhere.example/"})["Location"] == own


def test_severity_set_by_hand_stays(desk: Client) -> None:
    case = watching.case()
    assert "set by you" in press(desk, "severity", case, severity="4")
    assert (now(case).severity, case.severity_by_hand) == (4, True)
    assert "Severity goes from 1 to 4." in press(desk, "severity", case, severity="9")
    assert now(case).severity == 4


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


def test_opening_a_case_by_hand_keeps_its_source_from_everybody_else(desk: Client) -> None:
    form = {
        "headline": "Two families told to leave",
        "country": "LB",
        "place": "Ain Saddeh",
        "line": ["religion"],
        "severity": "2",
        "note": "A teacher called",
        "origin": "focal_point",
        "language": ["ar"],
    }
    answer = desk.post(reverse("staff:case-new"), form, follow=True)
    case = Flashpoint.objects.get()
    assert (case.headline, case.country, case.origin) == (form["headline"], "LB", "focal_point")
    text = answer.content.decode()
    assert "The case is on the desk." in text
    assert "A teacher called" in text
    assert "never shown outside the staff pages" in text
    assert not Record.objects.filter(payload__icontains="teacher").exists()


def test_a_case_by_hand_says_what_is_missing_and_loses_nothing(desk: Client) -> None:
    answer = desk.post(reverse("staff:case-new"), {"headline": "Kept words", "country": "XX"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "4 fields need you." in text
    assert 'value="Kept words"' in text
    assert not Flashpoint.objects.exists()


def test_the_list_of_cases_narrows_and_pages(desk: Client) -> None:
    watching.case(headline="Needle in the list", lines=["culture"])
    for _n in range(50):
        watching.case(by=cast.staff("tamar"))
    url = reverse("staff:cases")
    assert "Page 1 of 2" in desk.get(url).content.decode()
    assert "Needle" in desk.get(url, {"page": "2"}).content.decode()
    found = desk.get(url, {"line": "culture", "state": "new", "q": "needle"}).content.decode()
    assert "1 case, newest first." in found
    assert "No case like this" in desk.get(url, {"state": "held"}).content.decode()
