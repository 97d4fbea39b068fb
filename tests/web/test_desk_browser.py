"""The desk in a real browser: keys alone, changes that arrive without a reload, a phone."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import DESKTOP, PHONE, chromium_at, sign_in, watched
from tests.server import WebServer

# Every case is opened by a process of its own: on a busy machine that takes its time.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
CASE = """
import json, sys
from django.contrib.auth.models import User
from rrmm.flashpoints import services
print(services.open_by_hand(User.objects.first(), headline={headline!r}, country="IT",
    place={place!r}, lines=["religion"], severity={severity}, note="", origin="staff",
    languages=["it"]))
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    made = WebServer(Path(tmp_path_factory.mktemp("desk")), settings={"DEMO": "0"}).start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def program(chromium: str) -> Iterator[Browser]:
    with chromium_at(chromium) as found:
        yield found


@pytest.fixture(scope="module")
def state(server: WebServer, program: Browser) -> Any:
    """The cookies of somebody who has signed in."""
    context = program.new_context()
    sign_in(context, server.signin_link())
    kept = context.storage_state()
    context.close()
    return json.loads(json.dumps(kept))


@pytest.fixture
def desktop(program: Browser, state: Any) -> Iterator[BrowserContext]:
    context = program.new_context(viewport=DESKTOP, storage_state=state)
    yield context
    context.close()


def opened(server: WebServer, headline: str, place: str, severity: int = 2) -> str:
    """A case that somebody opens elsewhere; its id."""
    code = CASE.format(headline=headline, place=place, severity=severity)
    return server.run(code).splitlines()[-1]


def title(page: Page) -> Any:
    return page.locator("#case .case-title")


def test_the_desk_is_walked_by_keys_alone(server: WebServer, desktop: BrowserContext) -> None:
    first = opened(server, "First quarrel", "Alba", 4)
    second = opened(server, "Second quarrel", "Bra", 3)
    watch = watched(desktop, server.url)
    page = watch.page
    page.goto(f"{server.url}/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(title(page)).to_have_text("First quarrel")
    expect(title(page)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(title(page)).to_have_text("Second quarrel")
    assert page.url.endswith(f"?case={second}")
    page.go_back()
    expect(title(page)).to_have_text("First quarrel")
    page.keyboard.press("l")
    expect(page.locator("#toasts")).to_contain_text("Alba is yours until")
    page.keyboard.press("x")
    expect(page.locator("dialog#dismiss")).to_be_visible()
    page.get_by_label("Old story again").check()
    page.locator("dialog#dismiss .button-main").click()
    expect(page.locator("#case .lease")).to_contain_text("Old story again")
    page.keyboard.press("u")
    expect(page.locator("#case .decide")).to_contain_text("Confirm")
    page.keyboard.press("Escape")
    expect(page.locator("#case")).to_contain_text("No case is open")
    expect(page.locator(f"#row-{first}")).to_be_focused()
    assert watch.problems() == []
    assert watch.axe() == []


def test_what_others_do_arrives_without_moving_the_line_under_the_pointer(
    server: WebServer, desktop: BrowserContext
) -> None:
    mine = opened(server, "Line under the pointer", "Cuneo", 2)
    page = desktop.new_page()
    page.goto(f"{server.url}/")
    line = page.locator(f"#row-{mine}")
    line.hover()
    before = line.bounding_box()
    new = opened(server, "Graver, and newer", "Dronero", 4)
    expect(page.locator("#news")).to_have_text("1 new R")
    assert page.locator(f"#row-{new}").count() == 0
    assert line.bounding_box() == before
    page.keyboard.press("r")
    expect(page.locator(f"#row-{new}")).to_be_visible()
    expect(page.locator("#news")).to_be_hidden()
    page.mouse.move(DESKTOP["width"] - 50, 500)
    later = opened(server, "Laid in at once", "Entracque", 1)
    expect(page.locator(f"#row-{later}")).to_be_visible()


def test_on_a_phone_the_case_is_a_page_with_a_way_back(
    server: WebServer, program: Browser, state: Any
) -> None:
    case = opened(server, "Seen on a phone", "Fossano", 4)
    context = program.new_context(viewport=PHONE, has_touch=True, storage_state=state)
    watch = watched(context, server.url)
    page = watch.page
    page.goto(f"{server.url}/")
    page.locator(f"#row-{case}").tap()
    expect(title(page)).to_have_text("Seen on a phone")
    expect(page.locator("#queue")).to_be_hidden()
    page.get_by_role("link", name="All flashpoints").tap()
    expect(page.locator(f"#row-{case}")).to_be_visible()
    assert watch.problems() == []
    context.close()


def test_compact_is_remembered(server: WebServer, desktop: BrowserContext) -> None:
    opened(server, "Some quarrel", "Gavi")
    page = desktop.new_page()
    page.goto(f"{server.url}/")
    page.keyboard.press("d")
    expect(page.locator("#compact")).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(page.locator("#compact")).to_have_attribute("aria-pressed", "true")
