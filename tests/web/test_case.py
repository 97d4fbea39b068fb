"""What staff do to a case, over HTTP: each button, its undo, and what a stale page says."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rrmm.flashpoints import services
from rrmm.flashpoints.models import Flashpoint, State
from streams.models import Record
from streams.trail import about
from tests import cast, watching
from tests.web.desk_kit import now, press

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(cast.staff("idris"))
    return client


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
