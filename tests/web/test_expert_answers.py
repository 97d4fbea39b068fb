"""Answering on the page: two steps, no forgery, no haste, no second effect."""

import re
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from experts.models import Mobilisation, Suggestion
from streams.models import Record
from tests import asking as a
from tests.web.letter import answered, field, first_step, person, text, url

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_hold(settings: Any) -> None:
    settings.ASK_HOLD = 0


@pytest.fixture
def made() -> Mobilisation:
    return a.asking(a.people(3))


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
