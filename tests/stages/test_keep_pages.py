"""Pages that wait to be read, what is kept of them, and how they are shown."""

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rrmm.flashpoints.models import Flag, Story
from streams import tally
from streams.collectors import jobs, pages
from streams.collectors.models import Article, Feed, Page
from streams.collectors.pages import Outcome
from tests import cast, watching
from tests.builders import drain

pytestmark = pytest.mark.django_db


def flagged() -> UUID:
    return watching.flagged()


def wanted() -> Page:
    pages.want([flagged()])
    return Page.objects.get()


def keep(code: str, text: str = "", **given: Any) -> Counter[str]:
    return pages.keep([Outcome(Page.objects.get().pk, code, text, **given)], timezone.now())


@pytest.mark.django_db(transaction=True)
def test_a_flagged_articles_page_is_wanted_once() -> None:
    article = flagged()
    drain(["read"])
    assert Page.objects.get().article_id == article
    pages.want([article, uuid4()])
    counts = tally.of_day()
    assert (counts["read.wanted"], counts["read.known"], counts["read.article_gone"]) == (1, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_nothing_is_read_where_the_switch_is_off(settings: Any) -> None:
    settings.READ_PAGES = False
    flagged()
    drain(["read"])
    assert not Page.objects.exists()
    assert tally.of_day()["read.off"] == 1


def test_a_text_is_kept_and_the_page_not_asked_again() -> None:
    wanted()
    now = timezone.now()
    assert len(pages.claim(9, now)) == 1
    assert keep("ok", "Text with \0 a hole")["read.ok"] == 1
    row = Page.objects.get()
    assert (row.text, row.next_at) == ("Text with \ufffd a hole", None)
    assert pages.claim(9, now + timedelta(days=9)) == []


def test_a_server_that_is_away_is_asked_once_more_and_no_third_time() -> None:
    wanted()
    now = timezone.now()
    pages.claim(9, now)
    assert keep("timeout")["read.later.timeout"] == 1
    assert pages.claim(9, now + timedelta(minutes=20)) == []
    assert len(pages.claim(9, now + timedelta(minutes=40))) == 1
    assert keep("timeout")["read.failed.timeout"] == 1
    assert Page.objects.get().next_at is None


def test_the_server_says_when_and_a_day_is_the_longest_wait() -> None:
    wanted()
    pages.claim(9, timezone.now())
    keep("too_many_requests", retry_s=10_000_000)
    at = Page.objects.get().next_at
    assert at
    assert timedelta(hours=23) < at - timezone.now() <= timedelta(hours=24)


@pytest.mark.parametrize("code", ["robots", "paywall", "not_found", "gone", "nothing"])
def test_what_will_not_change_is_not_asked_again(code: str) -> None:
    wanted()
    pages.claim(9, timezone.now())
    assert keep(code)[f"read.failed.{code}"] == 1
    assert Page.objects.get().next_at is None


@pytest.mark.django_db(transaction=True)
def test_a_reader_that_was_killed_loses_nothing_and_two_kills_end_it() -> None:
    wanted()
    now = timezone.now()
    for minutes in (0, 6):
        assert len(pages.claim(9, now + timedelta(minutes=minutes))) == 1
        assert pages.claim(9, now + timedelta(minutes=minutes + 1)) == []
    assert pages.claim(9, now + timedelta(minutes=12)) == []
    assert (Page.objects.get().code, Page.objects.get().next_at) == ("given_up", None)
    assert tally.of_day()["read.given_up"] == 1


def test_a_page_goes_with_its_article() -> None:
    article = flagged()
    pages.want([article])
    Article.objects.update(seen_at=timezone.now() - timedelta(days=15))
    jobs.prune()
    assert Page.objects.exists()
    Flag.objects.all().delete()
    jobs.prune()
    assert not Page.objects.exists()
    assert not Article.objects.exists()
    assert Feed.objects.exists()


def test_an_article_that_went_meanwhile_is_counted() -> None:
    assert pages.keep([Outcome(uuid4(), "ok", "x")], timezone.now())["read.article_gone"] == 1


def test_the_fetched_text_is_shown_folded_in_its_own_direction(client: Client) -> None:
    article = flagged()
    now = timezone.now()
    story = Story.objects.create(opened_at=now, last_article_at=now)
    Flag.objects.update(story=story)
    case = watching.case(story=story)
    client.force_login(cast.staff("idris"))
    address = reverse("staff:case-article", args=[case.pk, article])
    assert "page-text" not in client.get(address).content.decode()
    pages.want([article])
    keep("paywall")
    assert "The page is for subscribers." in client.get(address).content.decode()
    keep("ok", "First.\n\n<b>Second</b>.")
    text = client.get(address).content.decode()
    assert "as fetched at" in text
    assert "&lt;b&gt;Second&lt;/b&gt;" in text
    assert 'lang="en" dir="auto"><p>First.</p>' in text
