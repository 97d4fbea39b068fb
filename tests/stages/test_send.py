"""Outgoing mail: leases, reasons, links, and a real SMTP conversation."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import transaction
from django.utils import timezone

from streams import tally
from streams.delivery import revive
from streams.mail import jobs, registry, services
from streams.mail.models import Message
from streams.mail.outgoing import Outgoing, stays_here
from streams.models import Delivery, Record, State
from tests.builders import drain
from tests.postgres import free_port

pytestmark = pytest.mark.django_db(transaction=True)

REAL = "somebody@rrmm-mail.net"


class Inbox:
    """Takes what it is given, or answers as told."""

    def __init__(self) -> None:
        self.mails: list[Envelope] = []
        self.say = ""

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.say:
            return self.say
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.mails.append(envelope)
        return "250 taken"


@pytest.fixture
def smtp(settings: Any) -> Iterator[Inbox]:
    inbox = Inbox()
    controller = Controller(inbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.MAIL_BACKEND = "smtp"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    yield inbox
    controller.stop()


@pytest.fixture(autouse=True)
def book(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """An address book, a reason and a link of the tests' own."""
    world: dict[str, Any] = {"address": REAL, "holds": True, "links": True}

    def link(ident: str) -> str:
        if not world["links"]:
            raise LookupError(ident)
        return f"https://desk.example/a/secret-{ident}/"

    monkeypatch.setitem(registry._books, "tester", lambda ident: world["address"])
    monkeypatch.setitem(registry._reasons, "trial", lambda ident: world["holds"])
    monkeypatch.setitem(registry._links, "page", link)
    return world


def queue(**changes: Any) -> UUID:
    given = {
        "to_ref": "tester:1",
        "subject": "Can you write\nwith us today?",
        "text": "Answer here: [[link:page:7]]",
        "html": '<p lang="ar">مرحبا</p><a href="[[link:page:7]]">Answer</a>',
        "reason": "trial:7",
    }
    with transaction.atomic():
        return services.queue(Outgoing(**(given | changes)))


def test_a_mail_reaches_the_server_with_its_links_and_its_own_id(smtp: Inbox) -> None:
    ident = queue()
    drain(["send"])
    raw = smtp.mails[0].content
    assert isinstance(raw, bytes)
    assert smtp.mails[0].rcpt_tos == [REAL]
    assert b"https://desk.example/a/secret-7/" in raw
    assert b"Subject: Can you write with us today?" in raw
    message = Message.objects.get(pk=ident)
    assert message.message_id.encode() in raw
    assert message.state == "sent"
    assert not message.kept_here


def test_neither_address_nor_link_is_kept_in_the_database(smtp: Inbox) -> None:
    ident = queue()
    drain(["send"])
    kept = json.dumps(
        [list(Message.objects.filter(pk=ident).values()), list(Record.objects.values())],
        default=str,
    )
    assert REAL not in kept
    assert "secret-7" not in kept


def test_a_reason_that_no_longer_holds_withdraws_the_mail(
    smtp: Inbox, book: dict[str, Any]
) -> None:
    ident = queue()
    book["holds"] = False
    drain(["send"])
    assert smtp.mails == []
    assert Message.objects.get(pk=ident).state == "withdrawn"


def test_a_revoked_link_withdraws_the_mail(smtp: Inbox, book: dict[str, Any]) -> None:
    ident = queue()
    book["links"] = False
    drain(["send"])
    assert Message.objects.get(pk=ident).state == "withdrawn"


@pytest.mark.parametrize(
    "address", ["x@press.example", "y@a.test", "z@b.invalid", "w@example.org", "v@c.example."]
)
def test_reserved_domains_never_leave_the_machine(
    smtp: Inbox, book: dict[str, Any], address: str
) -> None:
    book["address"] = address
    ident = queue()
    drain(["send"])
    assert smtp.mails == []
    assert Message.objects.get(pk=ident).kept_here
    assert stays_here(address)


def test_mail_of_the_demonstration_never_leaves_the_machine(smtp: Inbox) -> None:
    queue(demo=True)
    drain(["send"])
    assert smtp.mails == []


def test_a_busy_server_is_tried_again_and_gets_the_mail_once(smtp: Inbox) -> None:
    smtp.say = "451 4.7.1 greylisted"
    ident = queue()
    assert drain(["send"])["send"].retried == 1
    assert Message.objects.get(pk=ident).state == "queued"
    assert Message.objects.get(pk=ident).why == "the mail server says 451 4.7.1"
    smtp.say = ""
    with time_machine.travel(timezone.now() + timedelta(seconds=3), tick=True):
        drain(["send"])
    assert len(smtp.mails) == 1
    assert Message.objects.get(pk=ident).state == "sent"


def test_a_refused_address_is_refused_for_good_and_not_repeated(smtp: Inbox) -> None:
    smtp.say = f"550 5.1.1 no such user {REAL}"
    ident = queue()
    drain(["send"])
    message = Message.objects.get(pk=ident)
    assert (message.state, message.why) == ("refused", "the mail server says 550 5.1.1")
    assert tally.of_day()["mail.refused"] == 1


@pytest.mark.parametrize("say", ["451 4.7.1 not now", "250 OK"])
def test_no_address_stands_in_the_log_when_a_mail_is_given_up(
    smtp: Inbox, book: dict[str, Any], say: str, caplog: pytest.LogCaptureFixture
) -> None:
    smtp.say, book["address"] = say, REAL if say.startswith("4") else f"broken {REAL}\n"
    ident = queue()
    for _ in range(14):
        drain(["send"])
        Delivery.objects.filter(stage="send", due_at__isnull=False).update(due_at=timezone.now())
    row = Delivery.objects.get(stage="send")
    assert row.state == State.BURIED
    assert REAL not in caplog.text + row.error
    assert Message.objects.get(pk=ident).state == "queued"


def test_a_long_subject_is_cut() -> None:
    assert len(Message.objects.get(pk=queue(subject="word " * 200)).subject) == 300


def test_no_server_at_all_is_waited_for(settings: Any) -> None:
    settings.MAIL_BACKEND, settings.EMAIL_PORT = "smtp", free_port()
    ident = queue()
    assert drain(["send"])["send"].retried == 1
    assert Message.objects.get(pk=ident).state == "queued"


def test_a_sender_that_died_holds_the_mail_for_two_minutes_only(smtp: Inbox) -> None:
    ident = queue()
    assert services.lease(ident) is not None
    assert services.lease(ident) is None
    assert drain(["send"])["send"].retried == 1
    with time_machine.travel(timezone.now() + timedelta(minutes=3), tick=True):
        assert jobs.release_leases() == 1
        drain(["send"])
    assert len(smtp.mails) == 1


def test_delivering_the_same_event_twice_sends_one_mail(smtp: Inbox) -> None:
    ident = queue()
    drain(["send"])
    from streams.events import MailQueued
    from streams.log import append

    with transaction.atomic():
        append(MailQueued(message=ident))
    drain(["send"])
    assert len(smtp.mails) == 1


def test_a_mail_that_was_given_up_says_so_and_can_be_sent_after_all(smtp: Inbox) -> None:
    ident = queue()
    Delivery.objects.filter(stage="send").update(state=State.BURIED)
    assert jobs.note_failed() == 1
    assert Message.objects.get(pk=ident).state == "failed"
    assert revive(Delivery.objects.get(stage="send").pk)
    drain(["send"])
    assert len(smtp.mails) == 1
    assert Message.objects.get(pk=ident).state == "sent"


def test_old_mail_goes_and_waiting_mail_stays(smtp: Inbox) -> None:
    sent = queue()
    drain(["send"])
    waiting = queue()
    Message.objects.update(queued_at=timezone.now() - timedelta(days=200))
    assert jobs.prune() == 1
    assert [row.pk for row in Message.objects.all()] == [waiting]
    assert sent != waiting
