"""Point 1: one command, one link, a flashpoint that grows before one's eyes, one Ctrl-C."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.stories.house import House, Runtime, check_ending, wait
from tests.stories.reader import examine, reader

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def fresh(
    chromium: str, runtime: Runtime, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """A house that nobody has looked at yet."""
    made = House(tmp_path_factory.mktemp("newcomer"), runtime)
    try:
        yield made.start()
    finally:
        made.end()


def _number(place: Locator, word: str) -> int:
    found = re.search(rf"(\d+) {word}", place.inner_text())
    return int(found[1]) if found else 0


def test_a_newcomer_comes_in_by_the_link_and_sees_a_flashpoint_grow(
    program: Browser, fresh: House
) -> None:
    with reader(program, fresh.url) as me:
        door = me.open(fresh.link)
        examine(door)
        desk = me.sign_in(fresh.link)
        desk.locator(".row").first.wait_for()
        line = desk.locator(f"#{desk.locator('.row').first.get_attribute('id')}")
        desk.evaluate("window.notReloaded = true")
        voices = _number(line, "voice")
        wait(lambda: _number(line, "voice") > voices, "more voices in the queue")
        line.click()
        facts = desk.locator("#case .case-facts")
        facts.wait_for()
        articles = _number(facts, "article")
        wait(lambda: _number(facts, "article") > articles, "more articles in the open case")
        expect(desk.locator("#case mark").first).to_be_visible()
        expect(line).to_contain_text("Demo")
        assert desk.evaluate("window.notReloaded")
        examine(desk)


def test_the_link_works_once(program: Browser, fresh: House) -> None:
    with reader(program, fresh.url) as another:
        another.forgive("status of 410")
        page = another.open()
        answer = page.goto(fresh.link)
        assert answer is not None
        assert answer.status == 410
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert page.get_by_role("button", name="Sign in").count() == 0
        examine(page)
        page.goto(fresh.url)
        assert "/signin/" in page.url


def test_the_links_are_in_no_log(fresh: House) -> None:
    token = fresh.link.rstrip("/").rpartition("/")[2]
    assert fresh.said().count(token) == 1


def test_one_interrupt_ends_everything(fresh: House) -> None:
    check_ending(fresh)
