"""The mails of mobilising: what they say, what the outbox holds, who gets the test alert."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from experts import services
from experts.models import Mobilisation, Purpose
from experts.queries.links import answer_url
from streams.mail.models import Message, MessageState
from streams.mail.stages.send import fill_links
from tests import asking as a
from tests.builders import drain

pytestmark = pytest.mark.django_db
COMMUNITY_WORDS = re.compile(r"religio|worship|mosque|church|ethnic|migra|muslim|christian", re.I)


@pytest.fixture(autouse=True)
def _no_hold(settings: Any) -> None:
    settings.ASK_HOLD = 0


def mail(reason: str) -> Message:
    return Message.objects.filter(reason__startswith=f"{reason}:").latest("queued_at")


def test_the_alert_says_all_that_is_needed_in_the_readers_own_time() -> None:
    with time_machine.travel(a.NOON, tick=False):
        reader = a.expert("Asha Example", timezone="Asia/Kolkata")
        a.asking([reader])
    sent = mail("ask")
    assert sent.subject == "Porto Sereno: can you write with us today?"
    for body in (sent.text, re.sub(r"<[^>]+>", "", sent.html)):
        assert "Dear Asha Example" in body
        assert "700 words, in Arabic, French or Italian." in body
        assert "23:30 in Kolkata" in body, "the deadline, 18:00 UTC"
        assert "18:30 in Kolkata" in body, "the answer time, 13:00 UTC"
        assert "nothing is held against you" in body
        assert "Case 26-1121-04" in body
    assert "[1] Gruppo Ligustro  https://ligustro.example/a/1131" in sent.text
    assert "A fire destroyed a room in the old fish hall. [1]" in sent.text
    assert not COMMUNITY_WORDS.search(sent.subject)


def test_a_deadline_of_another_day_is_named_by_its_day() -> None:
    with time_machine.travel(a.NOON, tick=False):
        a.asking([a.expert("Asha Example")], deadline_at=a.NOON + timedelta(days=3))
    sent = mail("ask")
    assert sent.subject == "Porto Sereno: can you write with us?"
    assert "Tuesday 24 November, 13:00 in Tunis" in sent.text


def test_without_a_place_the_subject_stays_neutral() -> None:
    with time_machine.travel(a.NOON, tick=False):
        a.asking([a.expert("Asha Example")], place="")
    assert mail("ask").subject == "Can you write with us today?"


def test_the_outbox_holds_a_placeholder_and_the_link_is_made_when_the_mail_leaves() -> None:
    reader = a.expert("Asha Example")
    made = a.asking([reader])
    ask, stored = a.ask_of(made, reader), mail("ask")
    key = a.token(made, reader)
    assert f"[[link:answer:{ask.pk}]]" in stored.text
    assert key not in stored.text + stored.html
    filled = fill_links(stored.text, stored)
    assert f"/a/{key}/" in filled
    assert "[[link:" not in filled


def test_a_headline_that_looks_like_a_placeholder_brings_nobody_a_link() -> None:
    reader, other = a.expert("Asha Example"), a.expert("Ben Example")
    made = a.asking([reader, other])
    stored = mail("ask")
    mine = stored.reason.partition(":")[2]
    theirs = next(str(ask.pk) for ask in made.asks.all() if str(ask.pk) != mine)
    stored.text = f"[[link:staff_reset:1]] [[link:answer:{theirs}]] [[link:answer:{mine}]]"
    filled = fill_links(stored.text, stored)
    assert filled.startswith(f"[[link:staff_reset:1]] [[link:answer:{theirs}]] http")


def test_the_receipt_has_a_link_of_its_own_for_the_way_back() -> None:
    reader = a.expert("Asha Example")
    made = a.asking([reader], slots=1)
    services.accept(a.token(made, reader))
    drain(a.STAGES)
    filled = fill_links(mail("receipt").text, mail("receipt"))
    assert a.token(made, reader, Purpose.UNDO) in filled
    assert a.token(made, reader) in filled


def test_an_alert_whose_ask_was_closed_meanwhile_is_never_sent() -> None:
    one, two = a.people(2)
    made = a.prepared([one, two], slots=1)
    drain(["mobilise"])
    services.accept(a.token(made, one))
    drain(a.STAGES)
    assert {row.to_ref: row.state for row in Message.objects.filter(reason__startswith="ask:")} == {
        f"expert:{one.pk}": MessageState.WITHDRAWN,
        f"expert:{two.pk}": MessageState.WITHDRAWN,
    }
    assert mail("stood_down").state == MessageState.WITHDRAWN


def test_nobody_outside_the_registry_is_ever_mailed_for_being_suggested() -> None:
    reader = a.expert("Asha Example")
    made = a.asking([reader])
    before = Message.objects.count()
    services.suggest(a.token(made, reader), "Nour Example", "nour@uni.example")
    drain(a.STAGES)
    assert Message.objects.count() == before
    assert made.asks.get().suggestions.get().reach == "nour@uni.example"


def test_a_link_without_a_row_is_an_error_that_withdraws_the_mail() -> None:
    with pytest.raises(LookupError):
        answer_url("0194f6a0-0000-7000-8000-000000000001")


def test_the_preview_shows_the_alert_as_the_expert_gets_it_and_asks_nobody() -> None:
    reader, me = a.expert("Asha Example", timezone="Asia/Kolkata"), a.staff()
    with time_machine.travel(a.NOON, tick=False):
        letter = services.alert_preview(a.plan([reader]), "26-1121-04", me.pk, reader.pk)
        a.asking([reader])
    assert letter.subject == mail("ask").subject
    plain = re.sub(r"http\S+/a/sample/", "LINK", letter.text)
    assert plain == re.sub(r"\[\[link\S+\]\]", "LINK", mail("ask").text)
    assert "/a/sample/" in letter.text


def test_send_me_this_alert_goes_to_the_staff_member_and_to_nobody_else() -> None:
    reader, me = a.expert("Asha Example"), a.staff()
    services.send_me_alert(me.pk, a.plan([reader]), "26-1121-04")
    sent = Message.objects.get()
    assert sent.to_ref == f"staff:{me.pk}"
    assert "Dear Tamar Olin" in sent.text
    assert not Mobilisation.objects.exists()


def test_a_staff_member_without_a_name_signs_as_the_desk() -> None:
    me = a.staff()
    me.first_name = me.last_name = ""
    me.save()
    a.asking([a.expert("Asha Example")])
    assert "on duty" not in mail("ask").text


def test_the_desks_telephone_stands_in_the_mail_when_there_is_one(settings: Any) -> None:
    settings.DESK_PHONE = "+00 0000 0000"
    a.asking([a.expert("Asha Example")])
    assert "+00 0000 0000, day and night" in mail("ask").text


def test_a_reader_whose_language_we_have_gets_the_mail_in_it(settings: Any, tmp_path: Any) -> None:
    from tests.catalogue import compiled

    words = {"Yes, I can": "Oui, je peux", "%(time)s in %(city)s": "%(time)s à %(city)s"}
    settings.LOCALE_PATHS = [compiled(tmp_path, "fr", words)]
    a.asking([a.expert("Claire Example", languages=["fr", "en"])])
    sent = mail("ask")
    assert sent.language == "fr"
    assert "Oui, je peux" in sent.html
    assert "à Tunis" in sent.text
