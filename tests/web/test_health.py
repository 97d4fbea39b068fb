"""The health page: feeds in plain words, delays, dead letters with replay, lists, the demo."""

from datetime import timedelta
from io import BytesIO
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from experts.models import Expert
from streams.collectors.models import Feed, Poll
from streams.events import StoryMoved
from streams.log import append
from streams.mail.models import Message
from streams.mail.outgoing import Outgoing
from streams.mail.services import queue
from streams.models import Delivery, Record, State, Trail
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db

OPML = b"""<?xml version="1.0"?><opml version="2.0"><head><title>Ours</title></head><body>
<outline text="Feo Malaza" type="rss" xmlUrl="https://feed.example/rss" language="mg"/>
<outline text="Broken" type="rss" xmlUrl="nonsense"/></body></opml>"""


@pytest.fixture
def client() -> Client:
    return signed_in(make_staff(manages=True))


def _feed(name: str, **more: object) -> Feed:
    return Feed.objects.create(url=f"https://{name}.example/rss", outlet=name, **more)


def _dead() -> Delivery:
    with transaction.atomic():
        append(StoryMoved(story=uuid4()))
    letter = Delivery.objects.get(stage="escalate", state=State.PENDING)
    letter.state, letter.attempts, letter.error = State.BURIED, 5, "ValueError: no such story"
    letter.done_at = timezone.now()
    letter.save()
    return letter


def test_an_empty_house_says_that_silence_means_nothing(client: Client) -> None:
    page = client.get("/health/").content.decode()
    assert "We watch nothing yet" in page
    assert "we see nothing anywhere" in page


def test_a_feed_that_is_refused_says_why_and_until_when(client: Client) -> None:
    _feed("slow", last_error="too_many_requests", next_at=timezone.now() + timedelta(hours=1))
    page = client.get("/health/").content.decode()
    assert "The server says we ask too often (429). We wait until" in page


def test_feeds_that_do_not_do_well_come_first(client: Client) -> None:
    _feed("fine", last_fetched_at=timezone.now(), last_new_at=timezone.now())
    _feed("broken", last_error="timeout")
    page = client.get("/health/sources/").content.decode()
    assert page.index("broken") < page.index("fine")


def test_a_filter_shows_its_kind_only(client: Client) -> None:
    _feed("fine", last_fetched_at=timezone.now(), last_new_at=timezone.now())
    _feed("broken", last_error="timeout")
    page = client.get("/health/sources/?show=failing").content.decode()
    assert "broken" in page
    assert ">fine<" not in page


def test_a_feed_can_be_asked_switched_off_and_on(client: Client) -> None:
    feed = _feed("slow", next_at=timezone.now() + timedelta(hours=3))
    client.post(f"/health/sources/{feed.pk}/ask/")
    assert Feed.objects.get().next_at <= timezone.now()
    client.post(f"/health/sources/{feed.pk}/off/")
    assert not Feed.objects.get().active
    client.post(f"/health/sources/{feed.pk}/on/")
    assert Feed.objects.get().active
    assert Trail.objects.filter(subject=str(feed.pk)).count() == 3


def test_a_feed_has_no_other_buttons(client: Client) -> None:
    feed = _feed("slow")
    assert client.post(f"/health/sources/{feed.pk}/delete/").status_code == 404


def test_a_feed_shows_its_history_in_words(client: Client) -> None:
    feed = _feed("slow", last_error="timeout")
    Poll.objects.create(feed=feed, at=timezone.now(), code="timeout")
    page = client.get(f"/health/sources/{feed.pk}/").content.decode()
    history = page[page.index('id="h-history"') :]
    assert "The server did not answer in time." in history


def test_the_strip_counts_what_is_there(client: Client) -> None:
    from rrmm.web.staff import strip

    _feed("fine", last_fetched_at=timezone.now(), last_new_at=timezone.now())
    _feed("broken", last_error="timeout")
    _feed("off", active=False)
    strip.forget()
    page = client.get("/watch/").content.decode()
    assert "<b>1</b> of 2 sources alive" in page
    assert "blind spots: still counting" in page


def test_a_dead_letter_shows_its_event_its_error_and_its_tries(client: Client) -> None:
    letter = _dead()
    page = client.get("/health/").content.decode()
    assert "StoryMoved in “Escalate”" in page
    assert "ValueError: no such story" in page
    assert "5 tries" in page
    assert letter.key in page


def test_a_dead_letter_is_replayed(client: Client) -> None:
    letter = _dead()
    client.post(f"/health/dead/{letter.pk}/replay/")
    letter.refresh_from_db()
    assert letter.state == State.PENDING
    assert Trail.objects.filter(act="delivery.replayed").exists()


def test_all_dead_letters_are_replayed_at_once(client: Client) -> None:
    _dead()
    _dead()
    client.post("/health/dead/replay/")
    assert not Delivery.objects.filter(state=State.BURIED).exists()


def test_a_dead_letter_is_let_go_and_its_event_stays(client: Client) -> None:
    letter = _dead()
    client.post(f"/health/dead/{letter.pk}/discard/")
    letter.refresh_from_db()
    assert letter.state == State.DONE
    assert Record.objects.filter(pk=letter.record_id).exists()


def test_dead_letters_are_not_drawn_again_while_they_are_the_same(client: Client) -> None:
    letter = _dead()
    assert client.get(f"/health/dead/?seen={letter.pk}-1").status_code == 204
    assert client.get("/health/dead/?seen=none-0").status_code == 200


def test_a_stage_that_is_behind_says_how_far(client: Client) -> None:
    with transaction.atomic():
        append(StoryMoved(story=uuid4(), at=timezone.now() - timedelta(minutes=3)))
    page = client.get("/health/flow/").content.decode()
    assert "1 waits" in page
    assert "3 min" in page
    assert "No worker gives a sign of life." in page


def test_a_list_of_feeds_is_tried_before_it_is_taken(client: Client) -> None:
    tried = client.post("/health/sources/opml/", {"file": _file(), "do": "try"}).content.decode()
    assert "1 source would be new." in tried
    assert "Refused" in tried
    assert not Feed.objects.exists()
    kept = tried.partition('name="kept" value="')[2].partition('"')[0]
    client.post("/health/sources/opml/", {"kept": kept, "do": "import"})
    assert Feed.objects.get().outlet == "Feo Malaza"


def test_a_file_that_is_no_list_is_refused_with_words(client: Client) -> None:
    answer = client.post("/health/sources/opml/", {"file": BytesIO(b"hello"), "do": "try"})
    assert answer.status_code == 422
    assert "Nothing was imported." in answer.content.decode()


def test_our_list_leaves_as_opml(client: Client) -> None:
    _feed("fine")
    answer = client.get("/health/sources/rrmm-sources.opml")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert b"https://fine.example/rss" in answer.content


def test_one_click_removes_the_demo_and_leaves_the_rest(client: Client) -> None:
    _feed("demo", demo=True)
    _feed("real")
    Expert.objects.create(ref="d", name="Invented", country="IT", timezone="Europe/Rome", demo=True)
    with transaction.atomic():
        append(StoryMoved(story=UUID(int=1), demo=True))
        append(StoryMoved(story=UUID(int=2)))
        queue(Outgoing("expert:x", "s", "t", "", "ask:x", demo=True))
    assert "Remove all demo data" in client.get("/health/").content.decode()
    client.post("/health/demo/remove/")
    assert [feed.outlet for feed in Feed.objects.all()] == ["real"]
    assert not Expert.objects.filter(demo=True).exists()
    assert not Message.objects.filter(demo=True).exists()
    assert not Record.objects.filter(demo=True).exists()
    assert Delivery.objects.count() == 1
    assert "There is no demo data here." in client.get("/health/").content.decode()


def _file() -> BytesIO:
    file = BytesIO(OPML)
    file.name = "ours.opml"
    return file
