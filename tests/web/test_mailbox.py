"""The mailbox: names instead of addresses, links hidden except those of invented people."""

from typing import Any

import pytest
from django.db import transaction

from streams.mail import registry
from streams.mail.models import Message
from streams.mail.outgoing import Outgoing
from streams.mail.services import queue
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db

LINK = "http://127.0.0.1:8000/a/secret-token-of-the-expert/"


@pytest.fixture(autouse=True)
def _links(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry._links, "ask", lambda ident: LINK)


def _mail(**more: Any) -> Message:
    known: dict[str, Any] = {
        "to_ref": "expert:01890000-0000-7000-8000-000000000000",
        "subject": "Could you write 700 words until six?",
        "text": "Hello,\n\nOpen [[link:ask:7]] and read.\n",
        "html": '<p style="color:#111">Hello</p><a href="[[link:ask:7]]">Open</a>',
        "reason": "ask:7",
    }
    with transaction.atomic():
        return Message.objects.get(pk=queue(Outgoing(**{**known, **more})))


def test_the_list_shows_the_name_and_never_the_address() -> None:
    user = make_staff()
    _mail(to_ref=f"staff:{user.pk}")
    page = signed_in(user).get("/mailbox/").content.decode()
    rows = page[page.index('class="mails"') :]
    assert "Tamar Olin" in rows
    assert "desk.example" not in rows


def test_a_link_to_a_real_person_is_hidden_in_text_and_html() -> None:
    message, client = _mail(), signed_in(make_staff())
    page = client.get(f"/mailbox/{message.pk}/").content.decode()
    body = client.get(f"/mailbox/{message.pk}/body/").content.decode()
    assert "secret-token" not in page + body
    assert "link hidden" in page
    assert "[[link:" not in page + body


def test_a_link_to_an_invented_person_can_be_opened() -> None:
    message, client = _mail(demo=True), signed_in(make_staff())
    assert f'href="{LINK}"' in client.get(f"/mailbox/{message.pk}/").content.decode()
    assert f'href="{LINK}"' in client.get(f"/mailbox/{message.pk}/body/").content.decode()


def test_a_revoked_link_of_an_invented_person_reads_as_hidden(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def gone(_ident: str) -> str:
        raise LookupError

    monkeypatch.setitem(registry._links, "ask", gone)
    message = _mail(demo=True)
    page = signed_in(make_staff()).get(f"/mailbox/{message.pk}/").content.decode()
    assert "link hidden" in page


def test_hostile_text_is_shown_as_text() -> None:
    message = _mail(text="<script>alert(1)</script>", subject="<b>x</b>")
    page = signed_in(make_staff()).get(f"/mailbox/{message.pk}/").content.decode()
    assert "<script>alert" not in page
    assert "<b>x</b>" not in page


def test_the_html_body_is_locked_in() -> None:
    message = _mail()
    answer = signed_in(make_staff()).get(f"/mailbox/{message.pk}/body/")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize(
    ("state", "shown"), [("queued", "waiting"), ("sent", "sent"), ("failed", "failed")]
)
def test_the_filters_show_their_state_only(state: str, shown: str) -> None:
    kept, other = _mail(subject="This one"), _mail(subject="Not this one")
    Message.objects.filter(pk=kept.pk).update(state=state)
    Message.objects.filter(pk=other.pk).update(state="withdrawn")
    page = signed_in(make_staff()).get(f"/mailbox/?state={shown}").content.decode()
    assert "This one" in page
    assert "Not this one" not in page


def test_an_empty_mailbox_says_what_will_come() -> None:
    assert "No mail yet" in signed_in(make_staff()).get("/mailbox/").content.decode()
