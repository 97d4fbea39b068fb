"""The page behind a link in a mail: opening it changes nothing, every state has its words."""

import logging
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from experts import services
from experts.models import Mobilisation, Purpose
from experts.plan import BriefSentence
from tests import asking as a
from tests.builders import drain
from tests.web.letter import answered, facts, field, first_step, person, text, url

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_hold(settings: Any) -> None:
    settings.ASK_HOLD = 0


@pytest.fixture
def made() -> Mobilisation:
    return a.asking(a.people(3))


def test_the_page_says_what_happened_what_we_ask_and_until_when(
    client: Client, made: Mobilisation
) -> None:
    page = client.get(url(made))
    said = text(page)
    for words in (
        "Tamar Olin asks you, Person 1",
        "on Porto Sereno?",
        "A fire destroyed a room in the old fish hall.",
        "Gruppo Ligustro",
        "700 words, in Arabic, French or Italian.",
        "in Tunis",
        "Case 26-1121-04",
    ):
        assert words in said
    assert "religion" not in said, "the page is neutral, like the mail"


@pytest.mark.parametrize("purpose", ["prefetch", "prerender", ""])
@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_or_prefetching_changes_nothing(
    client: Client, made: Mobilisation, method: str, purpose: str
) -> None:
    before = facts()
    for _ in range(3):
        answer = getattr(client, method)(url(made), headers={"Sec-Purpose": purpose})
        assert answer.status_code == 200
    assert facts() == before


def test_the_page_sets_no_cookie_names_no_other_host_and_stays_in_no_cache(
    client: Client, made: Mobilisation
) -> None:
    page = client.get(url(made))
    assert not page.cookies
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    assert "noindex" in page.headers["X-Robots-Tag"]
    html = page.content.decode()
    assert not re.search(r'(?:src|action)="(?:https?:)?//', html)
    assert not re.search(r'<link[^>]+href="(?:https?:)?//', html)
    assert " style=" not in html
    assert not re.search(r"<script(?![^>]+src=)", html)


def test_a_signed_in_reader_leaves_no_trace_on_the_page(client: Client, made: Mobilisation) -> None:
    client.force_login(a.staff())
    page = client.get(url(made))
    assert not page.cookies
    assert "Cookie" not in page.headers.get("Vary", "")


def test_an_unknown_link_says_so_in_words(client: Client) -> None:
    for token in ("a" * 22, "x", "sample2"):
        page = client.get(f"/a/{token}/")
        assert page.status_code == 404
        assert "We do not know this link." in text(page)
    assert "This was a sample." in text(client.get("/a/sample/"))


def test_who_comes_second_reads_that_the_places_are_filled_and_may_stay_in_reserve(
    client: Client, made: Mobilisation
) -> None:
    for number in (1, 2):
        answered(client, url(made, number), "yes")
    page = client.get(url(made, 3))
    assert "The places are filled. Thank you." in text(page)
    drain(a.STAGES)
    assert "The places are filled. Thank you." in text(client.get(url(made, 3)))
    page = answered(client, url(made, 3), "reserve")
    assert "You are in reserve." in text(page)
    page = answered(client, url(made, 3), "undo")
    assert "The places are filled" in text(page)


def test_a_yes_that_comes_too_late_by_a_moment_reads_the_same(
    client: Client, made: Mobilisation
) -> None:
    address = url(made, 3)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        sure = field(first_step(client, address, "yes").content.decode(), "sure")
        clock.shift(1)
        for number in (1, 2):
            services.accept(a.token(made, person(number)))
        client.post(address, {"answer": "yes", "sure": sure})
    assert "The places are filled. Thank you." in text(client.get(address))
    made.refresh_from_db()
    assert made.filled == 2


def test_a_withdrawn_ask_says_so_before_and_after_the_stage_ran(
    client: Client, made: Mobilisation
) -> None:
    address = url(made)
    services.stop_mobilisation(made.pk, a.staff().pk)
    assert "We have taken our request back." in text(client.get(address))
    drain(a.STAGES)
    page = client.get(address)
    assert page.status_code == 200
    assert "We have taken our request back." in text(page)
    assert 'name="answer"' not in page.content.decode()


def test_when_the_time_is_over_the_page_says_until_when_and_offers_the_reserve(
    client: Client,
) -> None:
    from experts import jobs

    with time_machine.travel(timezone.now(), tick=False) as clock:
        made = a.asking(a.people(3), answer_minutes=30)
        clock.shift(31 * 60)
        jobs.waves()
        drain(a.STAGES)
        page = client.get(url(made))
        assert "The time to answer is over." in text(page)
        assert "Keep me in reserve" in text(page)
        clock.shift(6 * 3600)
        assert "This is over. Thank you." in text(client.get(url(made)))


def test_the_undo_link_of_the_receipt_undoes_and_can_nothing_else(
    client: Client, made: Mobilisation
) -> None:
    answered(client, url(made), "yes")
    drain(a.STAGES)
    undo = url(made, 1, Purpose.UNDO)
    assert "Undo my yes" in text(client.get(undo))
    page = answered(client, undo, "undo")
    assert "Your yes is taken back" in text(page)
    answered(client, undo, "undo")
    assert a.ask_of(made, person(1)).state == "asked"
    step = field(client.get(url(made)).content.decode(), "step")
    assert client.post(undo, {"answer": "yes", "step": step}).status_code == 303
    assert "There is a newer link." in text(client.get(undo))


def test_a_changed_brief_is_what_the_page_shows(client: Client, made: Mobilisation) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=False):
        services.new_brief_version(
            made.pk,
            a.staff().pk,
            [BriefSentence("It was a short circuit.")],
            "500 words.",
            made.deadline_at,
        )
        page = client.get(url(made))
    assert "It was a short circuit." in text(page)
    assert "The desk changed this text" in text(page)


def test_more_posts_than_a_person_sends_are_refused_for_a_while(
    client: Client, made: Mobilisation
) -> None:
    address = url(made)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(30):
            client.post(address, {"answer": "yes"})
        refused = client.post(address, {"answer": "yes"})
        assert refused.status_code == 429
        assert "Wait ten minutes" in text(refused)
        clock.shift(601)
        assert "Your yes is in" in text(answered(client, address, "yes"))


def test_the_link_stands_in_no_log(
    client: Client, made: Mobilisation, caplog: pytest.LogCaptureFixture
) -> None:
    key = a.token(made, person(1))
    with caplog.at_level(logging.DEBUG):
        client.post(f"/a/{key}/", {"answer": "yes", "sure": "forged"})
        client.put(f"/a/{key}/")
        client.get(f"/a/{'b' * 22}/")
    from rrmm.web.masking import masked

    lines = [masked(record.getMessage()) for record in caplog.records]
    assert not any(key in line or "b" * 22 in line for line in lines)


def test_an_arabic_reader_gets_the_page_right_to_left_in_arabic(
    client: Client, settings: Any, tmp_path: Any
) -> None:
    from tests.catalogue import compiled

    settings.LOCALE_PATHS = [
        compiled(tmp_path, "ar", {"Yes, I can": "نعم، يمكنني", "Answer by": "الجواب"})
    ]
    reader = a.expert("Nouran Example", languages=["ar", "fr"])
    made = a.asking([reader])
    page = client.get(f"/a/{a.token(made, reader)}/")
    html = page.content.decode()
    assert '<html lang="ar" dir="rtl">' in html
    assert "نعم، يمكنني" in html
    assert "تونس" in html, "the city is written as the reader writes it"
    assert page.headers["Content-Language"] == "ar"
