"""Point 2: two members of staff, two browsers, one queue; nobody reloads."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.stories import staff
from tests.stories.house import House
from tests.stories.reader import Reader, examine, reader

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
HEADLINE = "Stones thrown at a chapel beside the lighthouse of Ta Salvu"


@dataclass
class Desks:
    """Two desks, the browsers they stand in, and the case of this story."""

    tamar: Reader
    idris: Reader
    hers: Page
    his: Page
    case: str


@pytest.fixture(scope="module")
def desks(program: Browser, house: House, tamar: Reader) -> Iterator[Desks]:
    with reader(program, house.url) as idris:
        his = staff.invite(tamar, idris, "Idris", "Kante")
        his.evaluate("window.notReloaded = true")
        hers = tamar.open("/")
        case = staff.open_by_hand(hers, HEADLINE, "Ta Salvu")
        hers.goto(f"{house.url}/?case={case}")
        hers.evaluate("window.notReloaded = true")
        yield Desks(tamar, idris, hers, his, case)
        hers.close()


def test_a_case_opened_by_hand_appears_at_the_other_desk(desks: Desks) -> None:
    line = desks.his.locator(f"#row-{desks.case}")
    expect(line).to_contain_text(HEADLINE)
    expect(line).to_contain_text("by hand")
    expect(desks.hers.locator(f"#row-{desks.case}")).to_be_visible()
    assert desks.his.evaluate("window.notReloaded")
    examine(desks.his)


def test_who_takes_a_case_is_seen_by_the_other_and_can_be_followed(desks: Desks) -> None:
    desks.his.locator(f"#row-{desks.case}").click()
    expect(desks.his.locator("#case-title")).to_have_text(HEADLINE)
    desks.hers.locator("#case").get_by_role("button", name="Take").click()
    expect(desks.hers.locator(".toast")).to_contain_text("is yours until")
    expect(desks.his.locator("#case .lease")).to_contain_text("has this case until")
    expect(desks.his.get_by_role("button", name="Locked by")).to_be_disabled()
    examine(desks.his)
    desks.his.get_by_role("button", name="Take over").click()
    expect(desks.hers.locator("#case .lease")).to_contain_text("Idris Kante has this case")
    desks.his.locator("#case").get_by_role("button", name="Give back").click()
    expect(desks.hers.locator("#case").get_by_role("button", name="Take")).to_be_visible()


def test_a_held_case_moves_at_both_desks_and_comes_back(desks: Desks) -> None:
    desks.hers.get_by_role("link", name="Hold until…").click()
    dialog = desks.hers.get_by_role("dialog", name="Hold")
    dialog.get_by_label("Why").fill("the parish office opens at eight")
    examine(desks.hers)
    dialog.get_by_role("button", name="Hold", exact=True).click()
    expect(desks.hers.locator(".toast")).to_contain_text("is held until")
    expect(desks.his.locator("#case")).to_contain_text("the parish office opens at eight")
    expect(desks.his.locator(f"#row-{desks.case} .state")).to_contain_text("Until")
    desks.hers.locator(".toast").get_by_role("button", name="Undo").click()
    expect(desks.hers.locator(".toast")).to_contain_text("is back in the queue")
    expect(desks.his.locator("#case .lease")).to_have_count(0)


def test_a_dismissed_case_goes_to_the_closed_ones_with_its_reason_and_undo_brings_it_back(
    desks: Desks,
) -> None:
    desks.hers.get_by_role("link", name="Dismiss…").click()
    dialog = desks.hers.get_by_role("dialog", name="Dismiss")
    dialog.get_by_label("In your words").fill("a film crew, the town hall says")
    dialog.get_by_role("button", name="Dismiss", exact=True).click()
    expect(desks.hers.locator(".toast")).to_contain_text("a film crew, the town hall says")
    line = desks.his.locator(f"#row-{desks.case}.row-closed")
    expect(line).to_contain_text("Dismissed")
    expect(desks.his.locator("ol[aria-labelledby=g-closed]")).to_contain_text(HEADLINE)
    expect(desks.his.locator("#case")).to_contain_text("a film crew, the town hall says")
    desks.hers.locator(".toast").get_by_role("button", name="Undo").click()
    for desk in (desks.hers, desks.his):
        expect(desk.locator(f"#row-{desks.case}:not(.row-closed)")).to_be_visible()


def test_every_decision_stands_in_the_trail(desks: Desks, house: House) -> None:
    page = desks.tamar.open(f"/cases/{desks.case}/")
    trail = page.get_by_role("region", name="Who did what")
    expect(trail).to_contain_text("a film crew, the town hall says")
    expect(trail).to_contain_text("Idris Kante")
    examine(page)
    page.close()
    acts = house.rows("SELECT act FROM streams_trail WHERE subject = ?", desks.case)
    found = {act for (act,) in acts}
    assert {"flashpoint.held", "flashpoint.dismissed", "flashpoint.taken"} <= found


def test_finding_finds_the_case_the_article_and_the_person(desks: Desks) -> None:
    page = desks.tamar.open("/")
    for words, heading, hit in (
        ("lighthouse salvu", "Cases", HEADLINE),
        ("Levantara", "Articles", "Levantara"),
        ("Vastarini", "People", "Ornella Vastarini"),
    ):
        page.get_by_role("searchbox", name="Find").fill(words)
        page.keyboard.press("Enter")
        region = page.get_by_role("region", name=heading)
        expect(region.get_by_role("link", name=hit).first).to_be_visible()
    examine(page)
    page.close()
