"""Hubs: asked when a feed names one, verified, checked by signature, believed for a lease."""

import hashlib
import hmac
from datetime import timedelta

import pytest
from aiohttp import web
from asgiref.sync import async_to_sync
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from streams.collectors import due, jobs, subscriptions
from streams.collectors.collector import Collector
from streams.collectors.fetch import Fetcher, Limits
from streams.collectors.models import Article, Feed, Inbox, WebSubState
from streams.collectors.subscriptions import Pushed, is_signed, may_ask
from tests.stages.collect_kit import Inline, Press, answers, item, rss

pytestmark = pytest.mark.django_db
SECRET = "a secret of ours"
BODY = rss([item(1)])


@pytest.fixture
def feed() -> Feed:
    return Feed.objects.create(
        url="https://news.example/feed",
        outlet="News",
        hub_url="https://hub.example/",
        topic_url="https://news.example/self",
        websub_state=WebSubState.LIVE,
        websub_token="token",
        websub_secret=SECRET,
        last_fetched_at=timezone.now(),
    )


def hook(feed: Feed, token: str = "token") -> str:
    return reverse("hooks:websub", args=[feed.pk, token])


def signed(body: bytes, method: str = "sha256", secret: str = SECRET) -> str:
    digest = hmac.new(secret.encode(), body, getattr(hashlib, method)).hexdigest()
    return f"{method}={digest}"


def push(client: Client, feed: Feed, body: bytes = BODY, signature: str | None = None) -> int:
    given = signed(body) if signature is None else signature
    answer = client.post(
        hook(feed), body, content_type="application/rss+xml", HTTP_X_HUB_SIGNATURE=given
    )
    return answer.status_code


def take_inbox() -> None:
    """What the collector does with what lies in the inbox."""

    async def take() -> None:
        async with Fetcher(Limits()) as fetcher:
            collector = Collector(fetcher, Inline())
            await collector._keep_turn()
            await collector._take_inbox()
            while collector._tasks:
                await next(iter(collector._tasks))
            await collector._store_next()

    async_to_sync(take)()


# --- asking -------------------------------------------------------------------------------------


def test_a_feed_that_names_a_hub_is_subscribed_and_one_without_is_not(
    press_with_hub: Press,
) -> None:
    press_with_hub.poll()
    feed = press_with_hub.feed("/feed")
    assert feed.hub_url.endswith("/hub")
    assert [found.pk for found in subscriptions.claim()] == [feed.pk]
    assert subscriptions.claim() == [], "nobody asks twice"


@pytest.fixture
def press_with_hub(settings: object) -> Press:
    press = Press()

    async def feed(_request: web.Request) -> web.Response:
        link = f'<link rel="hub" href="{press.url("/hub")}"/>'
        settings.COLLECT_ALLOW = [("127.0.0.1", press.port)]  # type: ignore[attr-defined]
        return web.Response(body=rss([item(1)], head=link))

    press.at("/feed", feed)
    press.at("/plain", answers(rss([item(2)])))
    return press


def test_what_the_hub_is_asked_lets_it_find_us_and_only_us(feed: Feed) -> None:
    sent: list[tuple[str, dict[str, str]]] = []

    class Recording(Fetcher):
        async def post(self, url: str, form: dict[str, str]) -> int:
            sent.append((url, form))
            return 202

    assert async_to_sync(subscriptions.ask)(Recording(Limits()), feed) == ""
    url, form = sent[0]
    assert url == "https://hub.example/"
    assert form["hub.mode"] == "subscribe"
    assert form["hub.topic"] == "https://news.example/self"
    assert form["hub.secret"] == SECRET
    assert form["hub.callback"].endswith(hook(feed))


def test_a_hub_that_refuses_leaves_the_feed_to_polling(feed: Feed) -> None:
    subscriptions.note_answers([(feed, "HTTP 404")])
    feed.refresh_from_db()
    assert (feed.websub_state, feed.websub_error) == (WebSubState.REFUSED, "HTTP 404")
    assert feed in due.feeds(timezone.now() + timedelta(days=1), 10, ())


def test_a_lease_that_ends_is_renewed_and_a_long_one_is_left(feed: Feed, settings: object) -> None:
    settings.BASE_URL = "https://rrmm.example"  # type: ignore[attr-defined]
    Feed.objects.update(websub_lease_until_at=timezone.now() + timedelta(days=5))
    assert subscriptions.claim() == []
    Feed.objects.update(websub_lease_until_at=timezone.now() + timedelta(hours=5))
    (again,) = subscriptions.claim()
    assert again.websub_state == WebSubState.LIVE, "pushes go on while it is renewed"
    assert again.websub_secret == SECRET


def test_from_a_laptop_only_hubs_next_to_us_are_asked(settings: object) -> None:
    settings.BASE_URL = "http://127.0.0.1:8000"  # type: ignore[attr-defined]
    settings.COLLECT_ALLOW = [("127.0.0.1", 8010)]  # type: ignore[attr-defined]
    assert may_ask("http://127.0.0.1:8010/hub")
    assert not may_ask("https://pubsubhubbub.example/")
    settings.BASE_URL = "https://rrmm.example"  # type: ignore[attr-defined]
    assert may_ask("https://pubsubhubbub.example/")
    assert not may_ask("ftp://hub.example/")


def test_the_job_of_the_clock_does_nothing_without_hubs() -> None:
    assert jobs.renew_websub() == 0


# --- verification of intent ---------------------------------------------------------------------


def asked(**given: str) -> dict[str, str]:
    return {
        "hub.mode": "subscribe",
        "hub.topic": "https://news.example/self",
        "hub.challenge": "echo me",
        "hub.lease_seconds": "3600",
    } | {name.replace("_", ".", 1): value for name, value in given.items()}


def test_the_challenge_is_echoed_and_the_lease_kept(client: Client, feed: Feed) -> None:
    Feed.objects.update(websub_state=WebSubState.ASKED)
    answer = client.get(hook(feed), asked())
    assert (answer.status_code, answer.content) == (200, b"echo me")
    feed.refresh_from_db()
    assert feed.websub_state == WebSubState.LIVE
    assert feed.websub_lease_until_at is not None
    assert feed.websub_lease_until_at < timezone.now() + timedelta(hours=1, seconds=5)


def test_the_challenge_is_text_and_never_a_page(client: Client, feed: Feed) -> None:
    answer = client.get(hook(feed), asked(hub_challenge="<script>alert(1)</script>"))
    assert answer["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize(
    "wrong",
    [
        {"hub_topic": "https://other.example/"},
        {"hub_mode": "unsubscribe"},
        {"hub_challenge": ""},
        {"hub_mode": "nonsense"},
    ],
)
def test_what_we_did_not_ask_for_is_not_confirmed(
    client: Client, feed: Feed, wrong: dict[str, str]
) -> None:
    assert client.get(hook(feed), asked(**wrong)).status_code == 404


def test_a_stranger_without_the_token_is_not_answered(client: Client, feed: Feed) -> None:
    assert client.get(hook(feed, "guess"), asked()).status_code == 404
    assert client.post(hook(feed, "guess"), BODY, content_type="x/y").status_code == 404
    assert not Inbox.objects.exists()


def test_a_denial_is_noted(client: Client, feed: Feed) -> None:
    client.get(hook(feed), asked(hub_mode="denied", hub_reason="no capacity"))
    feed.refresh_from_db()
    assert (feed.websub_state, feed.websub_error) == (WebSubState.REFUSED, "denied no capacity")


# --- pushes -------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_every_method_of_the_standard_is_checked(method: str) -> None:
    assert is_signed(Pushed(BODY, signature=signed(BODY, method)), SECRET)
    assert not is_signed(Pushed(BODY + b" ", signature=signed(BODY, method)), SECRET)


@pytest.mark.parametrize("signature", ["", "sha256=", "md5=abc", "sha256=ÿ", "sha256", "=="])
def test_nonsense_is_no_signature(signature: str) -> None:
    assert not is_signed(Pushed(BODY, signature=signature), SECRET)
    assert not is_signed(Pushed(BODY, signature=signed(BODY, secret="")), "")


def test_a_pushed_document_becomes_an_article_that_counts_as_news(
    client: Client, feed: Feed
) -> None:
    assert push(client, feed) == 202
    take_inbox()
    article = Article.objects.get()
    assert (article.title, article.backfill) == ("Title 1", False)
    assert not Inbox.objects.exists()
    feed.refresh_from_db()
    assert feed.last_new_at is not None


def test_a_push_leaves_the_polling_as_it_was(client: Client, feed: Feed) -> None:
    before = feed.next_at
    push(client, feed)
    take_inbox()
    feed.refresh_from_db()
    assert feed.next_at == before
    assert feed.etag == ""


def test_a_forged_push_is_acknowledged_and_dropped(client: Client, feed: Feed) -> None:
    assert push(client, feed, signature=signed(BODY, secret="guess")) == 202
    assert not Inbox.objects.exists()


def test_a_push_for_a_feed_that_is_off_ends_the_subscription(client: Client, feed: Feed) -> None:
    Feed.objects.update(active=False)
    assert push(client, feed) == 410


def test_a_push_beyond_ten_megabytes_is_not_taken(client: Client, feed: Feed) -> None:
    assert push(client, feed, b"x" * 10_000_001) == 413


def test_a_full_inbox_says_come_back_later(
    client: Client, feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscriptions, "WAITING", 1)
    assert push(client, feed) == 202
    assert push(client, feed) == 503


def test_a_pushed_document_that_is_no_feed_harms_nothing(client: Client, feed: Feed) -> None:
    push(client, feed, b"<html>oops</html>")
    take_inbox()
    feed.refresh_from_db()
    assert (feed.failures, feed.last_error) == (0, "")
    assert not Inbox.objects.exists()


def test_other_methods_are_not_allowed(client: Client, feed: Feed) -> None:
    assert client.put(hook(feed)).status_code == 405


@pytest.mark.django_db(transaction=True)
def test_a_push_for_a_feed_that_goes_at_that_moment_ends_the_subscription(
    client: Client, feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def signed(*_: object) -> bool:
        Feed.objects.all().delete()
        return True

    monkeypatch.setattr(subscriptions, "is_signed", signed)
    assert push(client, feed) == 410
