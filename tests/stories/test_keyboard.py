"""The desk without a mouse: every step by keys, and the focus always to be seen."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.stories import staff
from tests.stories.house import House
from tests.stories.reader import Reader

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
VISIBLE = """() => {
  const at = document.activeElement, box = at.getBoundingClientRect()
  const ring = element => {
    const style = getComputedStyle(element)
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
  }
  const seen = box.width > 0 && box.bottom > 0 && box.top < innerHeight
  return at !== document.body && (ring(at) || ring(at.parentElement)) && seen
}"""


@pytest.fixture
def desk(tamar: Reader, house: House) -> Iterator[Page]:
    page = tamar.open("/")
    page.locator(".row").first.wait_for()
    yield page
    page.close()


@pytest.fixture
def case(desk: Page, house: House) -> str:
    """A case by hand at the desk, open beside the queue, reached by keys alone."""
    found = staff.open_by_hand(desk, "A procession was blocked at the old gate", "Rabat Gate")
    desk.goto(f"{house.url}/")
    line = desk.locator(f"#row-{found}")
    line.wait_for()
    for _ in range(desk.locator(".row").count()):
        desk.keyboard.press("j")
        assert desk.evaluate(VISIBLE), "J leaves no visible focus"
        if desk.evaluate("document.activeElement.id") == f"row-{found}":
            break
    desk.keyboard.press("Enter")
    expect(desk.locator(f"#case[data-case='{found}'] #case-title")).to_be_focused()
    return found


def test_j_and_k_walk_and_enter_opens_with_the_focus_on_the_heading(desk: Page, case: str) -> None:
    expect(desk.locator("#case-title")).to_be_focused()
    assert desk.evaluate(VISIBLE)
    desk.keyboard.press("Escape")
    expect(desk.locator(f"#row-{case}")).to_be_focused()
    desk.keyboard.press("j")
    desk.keyboard.press("k")
    assert desk.evaluate("document.activeElement.matches('.row')")
    assert desk.evaluate(VISIBLE)


def test_take_hold_dismiss_and_undo_by_their_letters(desk: Page, case: str) -> None:
    desk.keyboard.press("l")
    expect(desk.locator(".toast")).to_contain_text("is yours until")
    desk.keyboard.press("h")
    dialog = desk.get_by_role("dialog", name="Hold")
    expect(dialog).to_be_visible()
    assert desk.evaluate(VISIBLE)
    desk.keyboard.press("Enter")
    expect(desk.locator(".toast")).to_contain_text("is held until")
    desk.keyboard.press("u")
    expect(desk.locator(".toast")).to_contain_text("is back in the queue")
    desk.keyboard.press("x")
    expect(desk.get_by_role("dialog", name="Dismiss")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("dialog", name="Dismiss")).to_be_hidden()
    desk.keyboard.press("x")
    desk.keyboard.press("Enter")
    expect(desk.locator(".toast")).to_contain_text("dismissed")
    desk.keyboard.press("u")
    expect(desk.locator(".toast")).to_contain_text("is back in the queue")
    expect(desk.locator(f"#row-{case}")).to_be_visible()


def test_c_opens_the_confirm_page_and_escape_leads_back(desk: Page, case: str) -> None:
    desk.keyboard.press("c")
    desk.wait_for_url(f"**/cases/{case}/confirm/")
    for _ in range(12):
        desk.keyboard.press("Tab")
        assert desk.evaluate(VISIBLE), desk.evaluate("document.activeElement.outerHTML")[:200]
    desk.get_by_role("searchbox", name="Find").focus()
    desk.keyboard.press("Escape")  # leaves the field
    assert desk.evaluate("document.activeElement === document.body")
    desk.keyboard.press("Escape")
    desk.wait_for_url(f"**/cases/{case}/")


@pytest.mark.parametrize("nth", [0, 1])
def test_a_part_drawn_anew_keeps_the_focus_where_it_was(desk: Page, nth: int) -> None:
    """The strip has two links to one page, and the head of the page a third."""
    desk.locator("#watch a[href='/health/']").nth(nth).focus()
    desk.evaluate("document.getElementById('watch').dataset.old = '1'")
    with desk.expect_response("**/watch/"):
        desk.evaluate("document.body.dispatchEvent(new CustomEvent('live:watch'))")
    expect(desk.locator("#watch:not([data-old])")).to_be_visible()
    expect(desk.locator("#watch a[href='/health/']").nth(nth)).to_be_focused()


def test_slash_finds_and_the_question_mark_lists_the_keys_that_work(desk: Page, case: str) -> None:
    desk.keyboard.press("?")
    keys = desk.locator("#keys")
    expect(keys).to_be_visible()
    for words in ("Next line", "Confirm…", "Hold until…", "Dismiss…", "Take", "Find"):
        expect(keys).to_contain_text(words)
    desk.keyboard.press("Escape")
    desk.keyboard.press("/")
    expect(desk.get_by_role("searchbox", name="Find")).to_be_focused()
    assert desk.evaluate(VISIBLE)
    desk.keyboard.type("old gate")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/find/**")
    expect(desk.get_by_role("link", name="A procession was blocked").first).to_be_visible()
    desk.keyboard.press("j")
    assert desk.evaluate("document.activeElement.matches('[data-row]')")
