"""The two answers in a real browser: held, tapped, by key, without script, on a phone."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect

from experts.models import Ask, Mobilisation
from tests import asking as a
from tests.browser import PHONE, chromium_at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
YES = "Yes, I can"


@pytest.fixture(scope="module")
def program(chromium: str) -> Iterator[Browser]:
    """Chromium; its driver keeps an event loop in this thread, which Django must be told."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with chromium_at(chromium) as found:
        yield found
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def address(live_server: Any, settings: Any) -> str:
    """The page of an invented person who is being asked."""
    settings.ASK_HOLD = 0
    reader = a.expert("Leila Example")
    made = a.asking([reader], slots=1)
    return f"{live_server.url}/a/{a.token(made, reader)}/"


@pytest.fixture
def phone(program: Browser) -> Iterator[Page]:
    context = program.new_context(viewport=PHONE, has_touch=True)
    page = context.new_page()
    yield page
    context.close()


def state() -> str:
    return str(Ask.objects.get().state)


def hold(page: Page, name: str, ms: int) -> None:
    page.get_by_role("button", name=name).hover()
    page.mouse.down()
    page.wait_for_timeout(ms)
    page.mouse.up()


def test_holding_the_button_answers_at_once(phone: Page, address: str) -> None:
    phone.goto(address)
    hold(phone, YES, 1000)
    expect(phone.get_by_text("Your yes is in")).to_be_visible()
    assert state() == "accepted"


def test_holding_no_declines(phone: Page, address: str) -> None:
    phone.goto(address)
    hold(phone, "Not this time", 1000)
    expect(phone.get_by_text("Your no is in")).to_be_visible()
    assert state() == "declined"


def test_letting_go_early_asks_once_more_and_back_answers_nothing(
    phone: Page, address: str
) -> None:
    phone.goto(address)
    hold(phone, YES, 200)
    dialog = phone.get_by_role("dialog", name="You will write for")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Back").click()
    expect(dialog).to_be_hidden()
    phone.wait_for_timeout(1000)
    assert state() == "asked"


def test_a_tap_and_a_confirmation_answer(phone: Page, address: str) -> None:
    phone.goto(address)
    phone.get_by_role("button", name=YES).tap()
    phone.get_by_role("button", name="Send my yes").tap()
    expect(phone.get_by_text("Your yes is in")).to_be_visible()
    assert state() == "accepted"


def test_by_keyboard_alone_with_a_reason(phone: Page, address: str) -> None:
    phone.goto(address)
    phone.get_by_role("button", name="Not this time").focus()
    phone.keyboard.press("Enter")
    phone.get_by_label("It would not be safe for me").focus()
    phone.keyboard.press("Space")
    phone.get_by_role("button", name="Send my no").focus()
    phone.keyboard.press("Enter")
    expect(phone.get_by_text("Your safety comes first.")).to_be_visible()
    assert Ask.objects.get().why == "unsafe"


def test_undo_leads_back_to_no_answer(phone: Page, address: str) -> None:
    phone.goto(address)
    hold(phone, YES, 1000)
    phone.get_by_role("button", name="Undo my yes").click()
    phone.wait_for_timeout(850)
    phone.get_by_role("button", name="Take my yes back").click()
    expect(phone.get_by_text("Your yes is taken back")).to_be_visible()
    assert Mobilisation.objects.get().filled == 0


def test_without_script_the_second_question_is_a_page(program: Browser, address: str) -> None:
    context = program.new_context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    page.goto(address)
    page.get_by_role("button", name=YES).click()
    expect(page.get_by_role("heading", name="You will write for")).to_be_visible()
    assert state() == "asked"
    page.wait_for_timeout(850)
    page.get_by_role("button", name="Send my yes").click()
    expect(page.get_by_text("Your yes is in")).to_be_visible()
    context.close()


def test_offline_nothing_is_sent_and_the_page_says_so(phone: Page, address: str) -> None:
    phone.goto(address)
    phone.context.set_offline(True)
    hold(phone, YES, 1000)
    expect(phone.get_by_text("Nothing was sent. Please press again.")).to_be_visible()
    phone.context.set_offline(False)
    assert state() == "asked"
    hold(phone, YES, 1000)
    expect(phone.get_by_text("Your yes is in")).to_be_visible()


def test_on_a_phone_the_answers_stay_in_view_and_every_target_is_44_px(
    phone: Page, address: str
) -> None:
    complaints: list[str] = []
    phone.on("console", lambda line: complaints.append(line.text))
    requested: list[str] = []
    phone.on("request", lambda request: requested.append(request.url))
    phone.goto(address)
    expect(phone.get_by_role("button", name=YES)).to_be_in_viewport()
    for button in phone.locator("button:visible").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 44, button.inner_text()
    wide = phone.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wide
    host = address.split("/a/")[0]
    assert all(url.startswith(host) for url in requested)
    assert complaints == [], "no blocked style, no error"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_breaks_a_rule_of_accessibility(
    program: Browser, address: str, scheme: Any
) -> None:
    context = program.new_context(viewport=PHONE, color_scheme=scheme, reduced_motion="reduce")
    page = context.new_page()
    page.goto(address)
    assert violations(page) == []
    page.get_by_role("button", name="Not this time").click()
    assert violations(page) == []
    page.get_by_role("button", name="Back").click()
    page.get_by_role("button", name="Suggest another").click()
    assert violations(page) == []
    page.goto(address)
    hold(page, YES, 1000)
    expect(page.get_by_text("Your yes is in")).to_be_visible()
    assert violations(page) == []
    context.close()


def violations(page: Page) -> list[str]:
    """What axe finds by the rules of WCAG 2.2 AA, in a line each."""
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": tags}})
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found.response["violations"]]
