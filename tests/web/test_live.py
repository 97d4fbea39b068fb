"""Live pages: what another process writes reaches an open page, as a kind and an id only."""

import asyncio
import json
import time
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from rrmm.web.live import ROOM, STRIP_EVERY, Message, Notifier, Stream, first_id_of
from rrmm.web.staff import live
from tests import browser
from tests.eventually import eventually
from tests.server import WebServer

APPEND = """
from django.db import transaction
from streams.events import FlashpointTouched
from streams.log import append
with transaction.atomic():
    append(FlashpointTouched(flashpoint="{case}", act="taken"))
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    made = WebServer(Path(tmp_path_factory.mktemp("live"))).start()
    yield made
    made.stop()


def _signed_in(server: WebServer) -> urllib.request.OpenerDirector:
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    link = server.signin_link()
    page = opener.open(link).read().decode()
    token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    opener.addheaders = [("Referer", link)]
    opener.open(link, data=f"csrfmiddlewaretoken={token}".encode())
    return opener


def test_a_change_by_another_process_reaches_an_open_stream(server: WebServer) -> None:
    stream = _signed_in(server).open(f"{server.url}/live/", timeout=50)
    assert stream.headers["Content-Type"].startswith("text/event-stream")
    assert next(line for line in stream if line.startswith(b"event:")) == b"event: hello\n"
    case = str(uuid4())
    server.run(APPEND.format(case=case))
    for line in stream:
        if line.startswith(b"data:") and case.encode() in line:
            assert json.loads(line[5:]) == {"name": "flashpoints", "id": case}
            return
    pytest.fail("the stream ended without the change")


def test_a_stranger_gets_no_stream(server: WebServer) -> None:
    answer = urllib.request.urlopen(f"{server.url}/live/")
    assert "/signin/" in answer.url


@pytest.mark.browser
def test_one_stream_serves_all_tabs_and_each_of_them_hears(
    server: WebServer, chromium: str
) -> None:
    with browser.chromium_at(chromium) as program:
        context = program.new_context()
        browser.sign_in(context, server.signin_link())
        streams: list[str] = []
        context.on("request", lambda r: streams.append(r.url) if r.url.endswith("/live/") else None)
        case = str(uuid4())
        tabs = [_listening(context, server.url, case) for _ in range(3)]
        server.run(APPEND.format(case=case))
        for tab in tabs:
            _until_heard(tab)
        assert len(streams) == 1


def _until_heard(tab: Page, seconds: float = 20.0) -> None:
    """Asks again and again: the page's own policy refuses Playwright's wait_for_function."""
    end = time.monotonic() + seconds
    while not tab.evaluate("() => window.__heard"):
        assert time.monotonic() < end, "the tab heard nothing"
        tab.wait_for_timeout(100)


def _listening(context: BrowserContext, url: str, case: str) -> Page:
    page = context.new_page()
    page.goto(f"{url}/profile/")
    page.evaluate(
        "name => { window.__heard = 0;"
        "document.body.addEventListener(name, () => window.__heard++) }",
        f"live:flashpoints:{case}",
    )
    return page


@pytest.mark.browser
def test_the_strip_fetches_itself_when_something_changed(server: WebServer, chromium: str) -> None:
    with browser.chromium_at(chromium) as program:
        context = program.new_context()
        browser.sign_in(context, server.signin_link())
        page = context.new_page()
        page.goto(f"{server.url}/profile/")
        assert "Desk" in page.locator("#watch").inner_text()
        server.run(
            "from django.contrib.auth.models import User\n"
            "from rrmm.accounts import services\n"
            "u = User.objects.get(); services.set_duty(u, False, u)"
        )
        expect(page.locator("#watch")).to_contain_text("Nobody is on duty", timeout=20_000)


async def test_a_slow_reader_is_told_to_fetch_everything() -> None:
    stream = Stream()
    stream.put(Message("flashpoints", str(n)) for n in range(ROOM + 1))
    assert stream.queue.get_nowait() is None
    assert live.text(None).startswith("event: hello")


async def test_the_thread_ends_with_the_last_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    notifier = Notifier()
    monkeypatch.setattr(notifier, "_listen", lambda: None)
    stream = notifier.join()
    thread = notifier._thread
    assert thread is not None
    notifier.leave(stream)
    await asyncio.to_thread(thread.join, 10)
    assert not thread.is_alive()
    assert notifier._thread is None


async def test_a_stream_ends_by_itself_and_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    notifier = Notifier()
    monkeypatch.setattr(notifier, "_listen", lambda: None)
    monkeypatch.setattr(live, "notifier", notifier)
    said = [text async for text in live.lines(lasts=0.05)]
    assert said[0].startswith("retry: ")
    assert said[-1] == ": still here\n\n"
    assert not notifier._streams
    await eventually(lambda: notifier._thread is None)


def test_the_first_id_of_a_moment_is_not_above_a_record_of_that_moment() -> None:
    from datetime import UTC, datetime

    from uuid_utils.compat import uuid7

    before = datetime.now(UTC)
    made = uuid7()
    assert first_id_of(before) <= made
    assert first_id_of(before).version == 7


def test_the_last_change_is_hinted_at_even_right_after_a_hint(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: list[str] = []
    notifier = Notifier()
    monkeypatch.setattr(notifier, "_unseen", list)
    monkeypatch.setattr(notifier, "_tell", lambda messages: said.extend(m.name for m in messages))
    notifier._look(changed=True)
    notifier._look(changed=True)
    assert said == ["watch"]
    notifier._strip_at -= STRIP_EVERY
    notifier._look(changed=False)
    assert said == ["watch", "watch"]
    notifier._strip_at -= STRIP_EVERY
    notifier._look(changed=False)
    assert said == ["watch", "watch"]
