"""Point 4: one event in three languages becomes one case, old links lead there, undo works."""

from collections.abc import Iterator
from dataclasses import dataclass
from secrets import token_hex

import pytest
from playwright.sync_api import Page, expect

from tests.stories.house import House, wait
from tests.stories.reader import Reader, examine

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
ENGLISH = "Lantern parade at Borgo Velato attacked with stones, two districts blame each other"
FRENCH = "Des lampions saccagés à Châtelbois : la préfecture craint des représailles"
ARABIC = "هجوم على موكب الفوانيس في واد الزهور والأهالي يتبادلون الاتهامات"
LATER = "Lampions saccagés à Châtelbois : les représailles que craint la préfecture"
ARTICLE = """
from streams.events import Place
from tests import watching
from itertools import count
watching._numbers = count({seed})
watching.flagged({title!r}, owner={owner!r}, language={language!r}, severity=3, trigger="other",
    lines=({line!r},), country={country!r},
    places=(Place(country={country!r}, name={place!r}, main=True),))
"""


@dataclass
class Three:
    """The desk, and the ids of the three cases."""

    page: Page
    house: House
    english: str
    french: str
    arabic: str

    def line(self, case: str) -> str:
        return f"#row-{case}"


def reported(house: House, title: str, language: str, where: tuple[str, str], line: str) -> None:
    """An outlet of its own prints it, and the classifier flags it; the watch does the rest."""
    seed = int(token_hex(4), 16)
    country, place = where
    owner = f"Outlet {seed}"
    house.python(
        ARTICLE.format(seed=seed, title=title, language=language, country=country, place=place,
                       line=line, owner=owner)
    )  # fmt: skip


def case_of(house: House, title: str) -> str:
    """The case that has this headline, as soon as it stands on the desk."""
    sql = "SELECT id FROM flashpoints_flashpoint WHERE headline = ?"
    found = str(wait(lambda: house.one(sql, title), title))
    plain = found.replace("-", "")
    return "-".join(
        plain[a:b] for a, b in ((0, 8), (8, 12), (12, 16), (16, 20), (20, 32))
    )  # as addresses write it; SQLite keeps it without dashes


@pytest.fixture(scope="module")
def three(tamar: Reader, house: House) -> Iterator[Three]:
    reported(house, ENGLISH, "en", ("IT", "Borgo Velato"), "religion")
    reported(house, FRENCH, "fr", ("FR", "Châtelbois"), "migration")
    reported(house, ARABIC, "ar", ("TN", "واد الزهور"), "culture")
    cases = [case_of(house, title) for title in (ENGLISH, FRENCH, ARABIC)]
    assert len(set(cases)) == 3
    page = tamar.open("/")
    yield Three(page, house, *cases)
    page.close()


def test_the_french_case_is_merged_into_the_english_one_by_keys(three: Three) -> None:
    page = three.page
    page.locator(three.line(three.english)).click()
    expect(page.locator("#case-title")).to_have_text(ENGLISH)
    page.keyboard.press("m")
    page.wait_for_url("**/merge/**")
    examine(page)
    page.get_by_role("searchbox", name="Words").fill("Châtelbois")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=Ch**")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**with=**")
    name = page.get_by_role("rowheader", name="Articles", exact=True)
    row = page.get_by_role("row").filter(has=name)
    expect(row.get_by_role("cell")).to_have_text(["1", "1", "2"])
    examine(page)
    page.keyboard.press("m")
    expect(page.locator(".toast")).to_contain_text("is merged into")
    expect(page.locator("#case")).to_contain_text("2 articles, 2 voices, 2 languages")
    expect(page.locator(three.line(three.french))).to_have_count(0)


def test_the_arabic_case_is_merged_from_the_page_of_the_case(three: Three) -> None:
    page = three.page
    page.goto(f"{three.house.url}/cases/{three.english}/")
    page.get_by_role("link", name="Merge with another case").click()
    page.get_by_role("searchbox", name="Words").fill("الفوانيس")
    page.keyboard.press("Enter")
    page.get_by_role("link", name=ARABIC).click()
    page.get_by_role("button", name="Merge into one").click()
    expect(page.locator(".toast")).to_contain_text("is merged into")
    expect(page.locator("#whole-case")).to_contain_text("3 articles, 3 voices, 3 languages")
    expect(page.get_by_role("region", name="Who did what")).to_contain_text("merged case")
    examine(page)


def test_old_links_and_numbers_lead_to_the_one_case(three: Three) -> None:
    page = three.page
    page.goto(f"{three.house.url}/cases/{three.arabic}/")
    page.wait_for_url(f"**/cases/{three.english}/?from=*")
    expect(page.locator(".regrouped").first).to_contain_text("you followed a link to it")
    page.goto(f"{three.house.url}/?case={three.french}")
    expect(page.locator(f"#case[data-case='{three.english}']")).to_be_visible()
    expect(page.locator(f"{three.line(three.english)}[aria-current]")).to_be_visible()
    examine(page)


def test_what_the_french_outlets_print_later_joins_it(three: Three) -> None:
    page = three.page
    page.goto(f"{three.house.url}/cases/{three.english}/")
    reported(three.house, LATER, "fr", ("FR", "Châtelbois"), "migration")
    expect(page.locator("#whole-case")).to_contain_text("4 articles, 4 voices, 3 languages")


def test_undo_gives_the_arabic_case_its_line_back(three: Three) -> None:
    page = three.page
    page.goto(f"{three.house.url}/cases/{three.english}/")
    page.locator(".regrouped").first.get_by_role("button", name="Undo").click()
    expect(page.locator(".toast")).to_contain_text("Undone")
    expect(page.locator("#whole-case")).to_contain_text("3 articles, 3 voices, 2 languages")
    page.goto(f"{three.house.url}/")
    expect(page.locator(three.line(three.arabic))).to_contain_text(ARABIC)


def test_an_article_of_another_event_is_taken_out_and_put_back(three: Three) -> None:
    page = three.page
    page.goto(f"{three.house.url}/cases/{three.english}/")
    page.keyboard.press("s")
    page.wait_for_url("**/split/")
    page.keyboard.press("j")
    page.keyboard.press("Space")
    examine(page)
    page.get_by_role("button", name="Take them out").last.click()
    expect(page.locator(".toast")).to_contain_text("1 article taken out")
    expect(page.locator("#whole-case")).to_contain_text("2 articles, 2 voices")
    page.keyboard.press("u")
    expect(page.locator(".toast")).to_contain_text("Undone")
    expect(page.locator("#whole-case")).to_contain_text("3 articles, 3 voices")
