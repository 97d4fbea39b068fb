"""Every page of ours in a real browser: no refusal of the policy, no request elsewhere, axe."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests import browser
from tests.server import WebServer

pytestmark = pytest.mark.browser

SEED = """
from datetime import timedelta
from uuid import UUID
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from streams.collectors.models import Feed, Poll
from streams.events import StoryMoved
from streams.log import append
from streams.mail.outgoing import Outgoing
from streams.mail.services import queue
from streams.mail.models import Message
from streams.models import Delivery, State
from rrmm.accounts import services
boss = User.objects.get()
now = timezone.now()
services.invite("idris@desk.example", "Idris", "Kanté", False, boss)
feed = Feed.objects.create(id=UUID("01890000-0000-7000-8000-000000000001"),
    url="https://feed.example/rss", outlet="Feo Malaza", country="MG", language="mg",
    last_error="too_many_requests", failing_since_at=now - timedelta(days=2), next_at=now)
Feed.objects.create(url="https://well.example/rss", outlet="Al-Marsa Press", country="TN",
    language="ar", last_fetched_at=now, last_new_at=now)
Poll.objects.create(feed=feed, at=now, code="too_many_requests", status=429)
with transaction.atomic():
    append(StoryMoved(story=UUID(int=1)))
    sent = queue(Outgoing(to_ref=f"staff:{boss.pk}", subject="A flashpoint", text="Look.",
        html='<p style="color:#111">Look.</p>', reason=f"staff:{boss.pk}"))
Message.objects.filter(pk=sent).update(id=UUID("01890000-0000-7000-8000-000000000002"))
Delivery.objects.filter(stage="escalate").update(state=State.BURIED, attempts=5, done_at=now,
    error="ValueError: no such story")
"""
PAGES = (
    "/",
    "/cases/",
    "/cases/new/",
    "/experts/",
    "/experts/import/",
    "/find/?q=harbour",
    "/mailbox/",
    "/mailbox/01890000-0000-7000-8000-000000000002/",
    "/health/",
    "/models/",
    "/health/sources/opml/",
    "/health/sources/01890000-0000-7000-8000-000000000001/",
    "/team/",
    "/profile/",
)
DOORS = ("/signin/", "/signin/forgot/")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    made = WebServer(Path(tmp_path_factory.mktemp("pages"))).start()
    made.signin_link()
    made.run(SEED)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def program(chromium: str) -> Iterator[Browser]:
    with browser.chromium_at(chromium) as found:
        yield found


@pytest.fixture(scope="module", params=["desktop", "phone", "dark"])
def context(
    request: pytest.FixtureRequest, program: Browser, server: WebServer
) -> Iterator[BrowserContext]:
    size = browser.PHONE if request.param == "phone" else browser.DESKTOP
    scheme: Literal["dark", "light"] = "dark" if request.param == "dark" else "light"
    made = program.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce")
    browser.sign_in(made, server.signin_link())
    yield made
    made.close()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_clean(path: str, context: BrowserContext, server: WebServer) -> None:
    watched = browser.watched(context, server.url)
    answer = watched.page.goto(server.url + path)
    assert answer is not None
    assert answer.status == 200
    watched.page.wait_for_timeout(300)
    assert watched.problems() == []
    if watched.page.viewport_size == browser.DESKTOP:
        assert watched.axe() == []
    watched.page.close()


@pytest.mark.parametrize("path", DOORS)
def test_a_door_is_clean(path: str, program: Browser, server: WebServer) -> None:
    context = program.new_context(viewport=browser.PHONE)
    watched = browser.watched(context, server.url)
    watched.page.goto(server.url + path)
    assert watched.problems() == []
    assert watched.axe() == []
    context.close()


def test_the_keys_of_a_page_are_listed_and_work(program: Browser, server: WebServer) -> None:
    context = program.new_context(viewport=browser.DESKTOP)
    browser.sign_in(context, server.signin_link())
    page = context.new_page()
    page.goto(f"{server.url}/mailbox/")
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    assert "Go to: Health" in page.locator("#key-list").inner_text()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.locator(".mail-row").first.wait_for()
    page.keyboard.press("j")
    expect(page.locator(".mail-row").first).to_be_focused()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "find"
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("h")
    page.wait_for_url("**/health/")
    context.close()


def test_letters_do_nothing_where_they_are_switched_off(
    program: Browser, server: WebServer
) -> None:
    context = program.new_context(viewport=browser.DESKTOP)
    browser.sign_in(context, server.signin_link())
    page = context.new_page()
    page.goto(f"{server.url}/profile/")
    page.get_by_label("Single letters are shortcuts").uncheck()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Your profile is saved.").wait_for()
    page.keyboard.press("?")
    assert not page.locator("#keys").is_visible()
    page.get_by_label("Single letters are shortcuts").check()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Your profile is saved.").wait_for()
    context.close()
