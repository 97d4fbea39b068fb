"""What feeds, hubs, servers and browsers may send and no database holds: NUL, half characters,
and more than there is room for."""

import json
import logging
from collections.abc import Iterator, Sequence
from datetime import timedelta
from uuid import uuid4

import pytest
from aiohttp import web
from django.db import models, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from experts.importing.sheet import Unreadable, opened
from streams import beat, wiring
from streams.collectors.models import Article, Feed, WebSubState
from streams.collectors.text import canonical
from streams.delivery import deliver
from streams.events import FlashpointGrew
from streams.jobs import Job
from streams.log import append
from streams.mail import services as mail
from streams.mail.models import Message, MessageState
from streams.mail.outgoing import Outgoing
from streams.models import Delivery, Lease, State
from streams.plain import storable
from streams.topology import Stage
from tests.staff import make_staff, signed_in
from tests.stages.collect_kit import Press, answers, item, rss

pytestmark = pytest.mark.django_db
ODD = "odd \0 and \ud800 half"
MENDED = "odd \N{REPLACEMENT CHARACTER} and \N{REPLACEMENT CHARACTER} half"


class Fails:
    """A stage whose error carries what it met."""

    def prepare(self, events: Sequence[FlashpointGrew]) -> None:
        raise ValueError(ODD)

    def apply(self, prepared: None) -> None:
        raise AssertionError


fails = Fails()


def fails_as_a_job() -> int:
    raise ValueError(ODD)


def test_a_text_loses_what_no_database_holds_and_what_is_too_long() -> None:
    assert storable(ODD) == MENDED
    assert storable("a" * 10, 4) == "aaaa"
    assert storable("as it is \N{FIRE}") == "as it is \N{FIRE}"


@pytest.fixture
def unheard() -> Iterator[None]:
    """Nothing is logged: what the tests say goes between processes, which odd text cannot."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.usefixtures("unheard")
def test_an_error_with_odd_words_still_becomes_a_dead_letter() -> None:
    stage = Stage("escalate", (FlashpointGrew,), f"{__name__}.fails")
    event = FlashpointGrew(flashpoint=uuid4(), severity=1, articles=1)
    with transaction.atomic():
        append(event)
    Delivery.objects.update_or_create(record_id=event.id, stage=stage.name, key=event.key)
    wiring.handler.cache_clear()
    for _ in range(20):
        Delivery.objects.filter(state=State.RETRY).update(due_at=timezone.now())
        deliver(stage, [event.id])
    row = Delivery.objects.get(stage=stage.name)
    assert row.state == State.BURIED
    assert row.error == f"ValueError: {MENDED}"


@pytest.mark.usefixtures("unheard")
def test_a_job_that_fails_with_odd_words_gives_its_lease_back() -> None:
    job = Job("odd", timedelta(seconds=1), f"{__name__}.fails_as_a_job")
    assert beat.take(job, "me")
    beat.perform(job, "me")
    lease = Lease.objects.get(name="odd")
    assert lease.until is None
    assert lease.error == f"ValueError: {MENDED}"


def test_a_mail_servers_odd_words_are_kept_as_far_as_they_go() -> None:
    with transaction.atomic():
        ident = mail.queue(Outgoing("staff:1", "Subject", "Text", "<p>Text</p>", reason="test:1"))
        mail.settle(ident, MessageState.REFUSED, why=ODD + "x" * 400, provider_id="y" * 300)
    row = Message.objects.get(pk=ident)
    assert row.why == (MENDED + "x" * 400)[:300]
    assert len(row.provider_id) == 200


@pytest.fixture
def press() -> Press:
    return Press()


def test_a_feed_with_an_odd_hub_and_an_odd_article_is_stored_all_the_same(press: Press) -> None:
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "feed_url": f"https://news.example/{ODD}",
        "hubs": [{"type": "WebSub", "url": f"https://hub.example/{ODD}"}],
        "items": [
            {"id": f"1{ODD}", "url": "https://news.example/1\0", "title": ODD, "summary": ODD},
            {"id": "2", "url": "https://news\0.example/2", "title": "No host is called so"},
        ],
    }
    path = press.at("/odd", answers(json.dumps(document).encode()))
    press.poll()
    feed = press.feed(path)
    assert feed.last_status == "ok"
    assert feed.hub_url == f"https://hub.example/{MENDED}"
    assert feed.topic_url == f"https://news.example/{MENDED}"
    article = Article.objects.get()
    assert article.url == "https://news.example/1"
    assert article.title == "odd and half"


def test_a_server_whose_mark_is_no_text_is_read(press: Press) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        assert request.transport
        body = rss([item(1)])
        head = b'HTTP/1.1 200 OK\r\nETag: "\xff\xfe"\r\nLink: <https://hub.example/\xff>; rel=hub'
        head += b"\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body)
        request.transport.write(head + body)
        request.transport.close()
        return web.Response()

    path = press.at("/raw", handler)
    press.poll()
    feed = press.feed(path)
    assert feed.last_status == "ok", feed.last_error_detail
    assert feed.etag == '"\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}"'
    assert Article.objects.count() == 1


def test_an_address_with_a_control_character_in_its_host_is_none() -> None:
    assert canonical("https://news\0.example/2") == ""
    assert canonical("https://news.example/a\0b") == "https://news.example/a%00b"


@pytest.mark.parametrize("reason", ["x" * 500, "odd \0 words"])
def test_a_hub_that_refuses_with_odd_words_is_believed(client: Client, reason: str) -> None:
    feed = Feed.objects.create(
        url="https://news.example/feed", hub_url="https://hub.example/", websub_token="token"
    )
    asked = {"hub.mode": "denied", "hub.topic": feed.url, "hub.reason": reason}
    address = reverse("hooks:websub", args=[feed.pk, "token"])
    answer = client.get(address, asked)
    feed.refresh_from_db()
    if "\0" in reason:
        assert answer.status_code == 400
        assert feed.websub_state == WebSubState.NONE
    else:
        assert feed.websub_state == WebSubState.REFUSED
        assert feed.websub_error == f"denied {reason}"[:200]


def test_a_request_with_nul_is_refused_before_anybody_asks_the_database() -> None:
    staff = signed_in(make_staff("Tamar Olin"))
    assert staff.get(reverse("staff:find"), {"q": "a\0b"}).status_code == 400
    profile = reverse("staff:profile-save")
    assert staff.post(profile, {"first_name": "Ta\0mar"}).status_code == 400
    assert staff.get(reverse("staff:find"), {"q": "a b"}).status_code == 200
    stranger = Client()
    signin = reverse("accounts:signin")
    assert stranger.post(signin, {"username": "a\0", "password": "b"}).status_code == 400
    assert stranger.get(f"{signin}?next=%00").status_code == 400


def test_a_list_of_experts_with_nul_is_no_text() -> None:
    for encoding in ("utf-8", "utf-16"):
        with pytest.raises(Unreadable, match="not_text"):
            opened("id,name,country,languages,fault_lines\n1,A\0B,TN,en,religion".encode(encoding))


def test_every_text_column_is_long_enough_for_the_codes_that_go_into_it() -> None:
    """SQLite takes any length: here the longest of each closed list is held against its column."""
    from django.apps import apps

    short = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, models.CharField) and field.choices and field.max_length
        if max(len(str(code)) for code, _name in field.flatchoices) > field.max_length
    ]
    assert not short
