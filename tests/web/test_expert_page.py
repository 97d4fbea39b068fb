"""The page behind a link in a mail: what opening it does (nothing) and what answering does."""

import logging
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from experts import services
from experts.models import Ask, Link, Mobilisation, Purpose, Suggestion
from experts.plan import BriefSentence
from streams.models import Record
from tests import asking as a
from tests.builders import drain

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_hold(settings: Any) -> None:
    settings.ASK_HOLD = 0


@pytest.fixture
def made() -> Mobilisation:
    return a.asking(a.people(3))


def person(number: int) -> Any:
    from experts.models import Expert

    return Expert.objects.get(name=f"Person {number}")


def url(made: Mobilisation, number: int = 1, purpose: Purpose = Purpose.ANSWER) -> str:
    return f"/a/{a.token(made, person(number), purpose)}/"


def field(html: str, name: str) -> str:
    """The value of a hidden field of the page."""
    found = re.search(rf'name="{name}" value="([^"]+)"', html)
    assert found, f"no field {name}"
    return found[1]


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def first_step(client: Client, address: str, answer: str) -> Any:
    step = field(client.get(address).content.decode(), "step")
    return client.post(address, {"answer": answer, "step": step})


def answered(client: Client, address: str, answer: str, **fields: str) -> Any:
    """Both steps as a person takes them; returns the page after them."""
    with time_machine.travel(timezone.now(), tick=False) as clock:
        asked = first_step(client, address, answer)
        assert asked.status_code == 200
        clock.shift(1)
        sure = field(asked.content.decode(), "sure")
        done = client.post(address, {"answer": answer, "sure": sure, **fields})
        assert done.status_code == 303, text(done)
        return client.get(address)


def facts() -> tuple[Any, ...]:
    """Everything that an answer could change."""
    asks = Ask.objects.values_list("state", "why", "answered_at", "undo_until")
    links = Link.objects.values_list("revoked_at", "used_at", "posts")
    return list(asks), list(links), Record.objects.count()


# --- opening -------------------------------------------------------------------------------------


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


# --- answering -----------------------------------------------------------------------------------


def test_a_yes_takes_two_posts_and_ends_on_what_comes_next(
    client: Client, made: Mobilisation
) -> None:
    page = answered(client, url(made), "yes")
    assert "Your yes is in" in text(page)
    assert "Undo my yes" in text(page)
    assert a.ask_of(made, person(1)).state == "accepted"


def test_the_first_post_only_asks_once_more(client: Client, made: Mobilisation) -> None:
    asked = first_step(client, url(made), "yes")
    assert "You will write for" in text(asked)
    assert a.ask_of(made, person(1)).state == "asked"


def test_a_second_post_within_800_ms_is_asked_again_and_nothing_is_lost(
    client: Client, made: Mobilisation
) -> None:
    address = url(made)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        sure = field(first_step(client, address, "no").content.decode(), "sure")
        clock.shift(0.79)
        hasty = client.post(address, {"answer": "no", "sure": sure, "why": "no_time"})
        assert hasty.status_code == 409
        assert a.ask_of(made, person(1)).state == "asked"
        assert "faster than a hand" in text(hasty)
        clock.shift(0.81)
        again = field(hasty.content.decode(), "sure")
        assert client.post(address, {"answer": "no", "sure": again}).status_code == 303
    assert a.ask_of(made, person(1)).state == "declined"


def test_with_script_the_first_post_gives_the_token_alone(
    client: Client, made: Mobilisation
) -> None:
    address = url(made)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        step = field(client.get(address).content.decode(), "step")
        given = client.post(
            address, {"answer": "yes", "step": step}, headers={"Accept": "application/json"}
        )
        clock.shift(0.81)
        client.post(address, {"answer": "yes", "sure": given.json()["sure"]})
    assert a.ask_of(made, person(1)).state == "accepted"


@pytest.mark.parametrize("forged", ["", "nonsense", "eyJzdGVwIjoxfQ:1x:abc"])
def test_a_forged_form_answers_nothing_and_draws_the_question_again(
    client: Client, made: Mobilisation, forged: str
) -> None:
    address = url(made)
    for sent in ({"step": forged}, {"sure": forged or "x"}):
        page = client.post(address, {"answer": "yes", **sent})
        assert page.status_code == 400
        assert "Nothing was changed" in text(page)
        assert "Yes, I can" in text(page)
    assert a.ask_of(made, person(1)).state == "asked"


def test_a_token_for_no_or_of_another_link_is_not_one_for_yes(
    client: Client, made: Mobilisation
) -> None:
    mine, other = url(made, 1), url(made, 2)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for_no = field(first_step(client, mine, "no").content.decode(), "sure")
        others = field(first_step(client, other, "yes").content.decode(), "sure")
        others_step = field(client.get(other).content.decode(), "step")
        clock.shift(2)
        assert client.post(mine, {"answer": "yes", "sure": for_no}).status_code == 400
        assert client.post(mine, {"answer": "yes", "sure": others}).status_code == 400
        assert client.post(mine, {"answer": "yes", "step": others_step}).status_code == 400
    assert a.ask_of(made, person(1)).state == "asked"


def test_a_scanner_that_presses_every_button_once_answers_nothing(
    client: Client, made: Mobilisation
) -> None:
    address = url(made)
    html = client.get(address).content.decode()
    step = field(html, "step")
    for answer in re.findall(r'name="answer" value="(\w+)"', html):
        client.post(address, {"answer": answer, "step": step})
        client.post(address, {"answer": answer, "sure": ""})
    assert a.ask_of(made, person(1)).state == "asked"
    assert not Suggestion.objects.exists()


def test_sending_the_second_form_twice_is_one_answer(client: Client, made: Mobilisation) -> None:
    address = url(made)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        sure = field(first_step(client, address, "yes").content.decode(), "sure")
        clock.shift(1)
        for _ in range(2):
            assert client.post(address, {"answer": "yes", "sure": sure}).status_code == 303
    made.refresh_from_db()
    assert made.filled == 1


def test_an_old_form_does_not_undo_an_undo(client: Client, made: Mobilisation) -> None:
    address = url(made)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        sure = field(first_step(client, address, "yes").content.decode(), "sure")
        clock.shift(1)
        client.post(address, {"answer": "yes", "sure": sure})
        answered(client, address, "undo")
        clock.shift(1)
        client.post(address, {"answer": "yes", "sure": sure})
    assert a.ask_of(made, person(1)).state == "declined"


def test_a_form_older_than_an_hour_is_drawn_anew(client: Client, made: Mobilisation) -> None:
    address = url(made)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        sure = field(first_step(client, address, "yes").content.decode(), "sure")
        clock.shift(3601)
        assert client.post(address, {"answer": "yes", "sure": sure}).status_code == 303
    assert a.ask_of(made, person(1)).state == "asked"


def test_a_no_may_carry_a_reason_and_can_be_undone(client: Client, made: Mobilisation) -> None:
    page = answered(client, url(made), "no", why="not_my_subject")
    assert "Nothing is held against you." in text(page)
    assert a.ask_of(made, person(1)).why == "not_my_subject"
    assert "Can you write with us" in text(answered(client, url(made), "undo"))


def test_unsafe_says_that_no_mail_will_follow(client: Client, made: Mobilisation) -> None:
    page = answered(client, url(made), "no", why="unsafe")
    assert "Your safety comes first." in text(page)


def test_later_wants_a_time_and_says_it_back(client: Client, made: Mobilisation) -> None:
    address = url(made)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        asked = first_step(client, address, "later")
        clock.shift(1)
        sure = field(asked.content.decode(), "sure")
        unsaid = client.post(address, {"answer": "later", "sure": sure})
        assert unsaid.status_code == 422
        assert "Choose when" in text(unsaid)
    page = answered(client, address, "later", when="hour")
    assert "We ask you later." in text(page)
    assert "in Tunis" in text(page)


def test_a_suggestion_is_for_staff_only_and_leaves_the_question_open(
    client: Client, made: Mobilisation
) -> None:
    page = answered(client, url(made), "suggest", name="Nour Example", reach="nour@uni.example")
    assert "Your own answer is still open." in text(page)
    assert "Nour" not in text(page)
    assert Suggestion.objects.get().name == "Nour Example"
    logged = " ".join(Record.objects.values_list("payload", flat=True))
    assert "Nour" not in logged


def test_never_again_is_kept(client: Client, made: Mobilisation) -> None:
    page = answered(client, url(made), "never")
    assert "We do not ask you again." in text(page)
    assert str(person(1).askable) == "do_not_ask"


# --- other states --------------------------------------------------------------------------------


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


# --- languages -----------------------------------------------------------------------------------


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
