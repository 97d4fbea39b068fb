"""Points 3 and 4: confirming, undoing, asking, and the answers of people on their phones."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.stories import experts, staff
from tests.stories.house import House, wait
from tests.stories.reader import Reader, examine, reader

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]
BRIEF = "A fire damaged the prayer room of the dock workers; nobody was hurt."
CONFIRM = re.compile("Confirm. First wave leaves in")


@dataclass
class Story:
    """What the steps of this story hand on: each test is the next step."""

    house: House
    tamar: Reader
    page: Page
    case: UUID
    removed: str = ""
    added: str = ""
    quiet: str = ""
    asked: list[str] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)

    def mail(self, name: str, holds: str = "") -> Page:
        """The newest mail to somebody, read in the mailbox on a page of its own."""
        return staff.newest_mail(self.tamar.open(), self.house.url, name, holds)

    def link(self, name: str, holds: str = "") -> str:
        """The personal link in that mail."""
        read = self.mail(name, holds)
        found = staff.link_in(read)
        read.close()
        return found

    def names(self, state: str) -> list[str]:
        """Who is in this state, in the order of asking."""
        sql = (
            "SELECT e.name FROM experts_ask a JOIN experts_expert e ON e.id = a.expert_id "
            "JOIN experts_mobilisation m ON m.id = a.mobilisation_id "
            "WHERE m.\"case\" = ? AND m.state != 'stopped' AND a.state = ? ORDER BY a.asked_at"
        )
        return [name for (name,) in self.house.rows(sql, self.case, state)]

    def told(self) -> str:
        """The subject of the newest mail to staff on answers."""
        sql = (
            "SELECT subject FROM mail_message WHERE reason LIKE 'answers:%' "
            "ORDER BY queued_at DESC LIMIT 1"
        )
        return str(self.house.one(sql))

    def everything(self) -> list[tuple[Any, ...]]:
        """All that an answer could change."""
        asks = self.house.rows("SELECT * FROM experts_ask ORDER BY id")
        places = self.house.rows("SELECT id, filled, state FROM experts_mobilisation ORDER BY id")
        links = self.house.rows("SELECT id, used_at, revoked_at FROM experts_link ORDER BY id")
        return asks + places + links


@pytest.fixture(scope="module")
def story(house: House, tamar: Reader) -> Iterator[Story]:
    """The demonstration's largest case, its slate proposed."""
    sql = (
        'SELECT f.id FROM flashpoints_flashpoint f JOIN experts_proposal p ON p."case" = f.id '
        "WHERE f.demo AND f.state = 'new' AND f.voices > 3 ORDER BY f.voices DESC"
    )
    found = UUID(str(wait(lambda: house.one(sql), "a case of the demonstration with a slate")))
    page = tamar.open(f"/cases/{found}/")
    # From severity 3 on, staff on duty are told at once and not in a bundle.
    page.get_by_label("Severity").select_option("3")
    page.get_by_role("button", name="Set", exact=True).click()
    expect(page.locator(".toast")).to_contain_text("set by you")
    page.goto(f"{house.url}/?case={found}")
    yield Story(house, tamar, page, found)
    page.close()


def _slate(page: Page) -> list[str]:
    return page.locator(".picks .pick-person .expert-name").all_inner_texts()


def test_the_plan_is_prefilled_and_staff_edit_it_without_losing_anything(story: Story) -> None:
    page = story.page
    page.get_by_role("button", name="Confirm…").click()
    page.wait_for_url("**/confirm/")
    before = _slate(page)
    assert len(before) == 5
    page.get_by_label("Sentence 1", exact=True).fill(BRIEF)
    story.removed, story.quiet = before[0], before[1]
    page.get_by_role("button", name=f"Remove {story.removed}").click()
    expect(page.locator(".picks .pick-person")).to_have_count(4)
    expect(page.get_by_label("Sentence 1", exact=True)).to_have_value(BRIEF)
    page.get_by_label("Add somebody else").fill("mediator")
    found = (
        page.locator("#candidates")
        .get_by_role("button", name="Add")
        .and_(page.locator("button:enabled"))
    )
    found.first.wait_for()
    story.added = found.first.inner_text().replace("Add", "", 1).strip()
    found.first.click()
    expect(page.locator(".picks .pick-person")).to_have_count(5)
    assert _slate(page) == [*before[1:], story.added]
    page.get_by_label(f"How {story.quiet} is reached").select_option("do not mail")
    examine(page)


def test_send_me_this_alert_shows_it_as_an_expert_gets_it(story: Story) -> None:
    story.page.get_by_role("button", name="Send me this alert").click()
    expect(story.page.locator(".toast")).to_contain_text("on its way to you")
    read = story.mail("Desk", "can you write with us")  # "today?" after midnight
    expect(read.locator(".client pre")).to_contain_text("A fire damaged the prayer room")
    examine(read)
    sample = re.search(r"http://\S+/a/\S+", read.locator(".client pre").inner_text())
    assert sample
    read.goto(sample[0])
    expect(read.get_by_role("button", name="Yes, I can")).to_have_count(0)
    examine(read)
    read.close()
    expect(story.page.get_by_label(f"How {story.quiet} is reached")).to_have_value("do_not_mail")


def test_undo_while_the_countdown_runs_sends_nothing_to_anybody(story: Story) -> None:
    page = story.page
    page.get_by_role("button", name=CONFIRM).click()
    wave = page.locator(".wave")
    expect(wave).to_contain_text(re.compile(r"First wave leaves in \d"))
    wave.get_by_role("button", name="Undo").click()
    expect(page.locator(".toast")).to_contain_text("Nothing was sent")
    assert story.house.one("SELECT count(*) FROM experts_ask") == 0


def test_confirmed_again_the_wave_leaves_and_the_alerts_lie_in_the_mailbox(story: Story) -> None:
    page = story.page
    page.goto(f"{story.house.url}/cases/{story.case}/confirm/")
    page.get_by_label("Sentence 1", exact=True).fill(BRIEF)
    first = _slate(page)[0]
    page.get_by_label(f"How {first} is reached").select_option("do not mail")
    page.get_by_role("button", name=CONFIRM).click()
    expect(page.locator(".wave")).to_contain_text("First wave leaves in")
    page.evaluate("window.notReloaded = true")
    expect(page.locator(".wave")).to_contain_text("Wave 1: 0 of 2 places taken")
    assert page.evaluate("window.notReloaded")
    examine(page)
    wait(lambda: len(story.names("asked")) == 3, "three asks")
    story.asked, story.quiet = story.names("asked"), first
    assert story.quiet not in story.asked
    assert story.house.one("SELECT count(DISTINCT mobilisation_id) FROM experts_ask") == 1
    story.links = {name: story.link(name) for name in story.asked}
    assert len(set(story.links.values())) == 3


def test_opening_and_prefetching_the_link_changes_nothing(story: Story, program: Browser) -> None:
    link, before = story.links[story.asked[0]], story.everything()
    with reader(program, story.house.url, phone=True) as phone:
        page = phone.open(link)
        expect(page.get_by_role("button", name="Yes, I can")).to_be_visible()
        expect(page.get_by_text(BRIEF[:30])).to_be_visible()
        examine(page)
        for headers in ({}, {"Sec-Purpose": "prefetch", "Purpose": "prefetch"}):
            assert phone.context.request.get(link, headers=headers).ok
            assert phone.context.request.head(link, headers=headers).ok
        assert phone.context.cookies() == []
    assert story.everything() == before


def test_holding_the_button_says_yes_and_the_desk_sees_it_live(
    story: Story, program: Browser
) -> None:
    with reader(program, story.house.url, phone=True) as phone:
        page = phone.open(story.links[story.asked[0]])
        experts.hold(page, "Yes, I can")
        expect(page.get_by_text("Your yes is in")).to_be_visible()
        examine(page)
    expect(story.page.locator(".wave")).to_contain_text("1 of 2 places taken")
    assert story.page.evaluate("window.notReloaded")


def test_a_tap_and_the_dialog_fill_the_last_place_and_the_others_are_stood_down(
    story: Story, program: Browser
) -> None:
    with reader(program, story.house.url, phone=True) as phone:
        page = phone.open(story.links[story.asked[1]])
        experts.tap(page, "Yes, I can", "Send my yes")
        expect(page.get_by_text("Your yes is in")).to_be_visible()
    expect(story.page.locator(".wave")).to_contain_text("All 2 places are taken.")
    assert story.page.evaluate("window.notReloaded")
    assert story.names("accepted") == story.asked[:2]
    told = story.mail(story.asked[2], "filled")
    expect(told.locator(".client pre")).to_contain_text("The places are filled. Thank you.")
    told.close()


def test_who_comes_third_reads_that_the_places_are_filled_and_stays_in_reserve(
    story: Story, program: Browser
) -> None:
    with reader(program, story.house.url, phone=True) as phone:
        page = phone.open(story.links[story.asked[2]])
        expect(page.get_by_role("heading", name="The places are filled.")).to_be_visible()
        examine(page)
        experts.two_steps(page, "Keep me in reserve…", "Keep me in reserve")
        expect(page.get_by_text("You are in reserve.")).to_be_visible()
        examine(page)
    assert story.names("reserve") == [story.asked[2]]


def test_an_undo_reopens_the_place_asks_the_reserve_first_and_tells_staff(
    story: Story, program: Browser
) -> None:
    wait(lambda: "2 of 3 asked said yes" in story.told(), "a mail on both answers")
    with reader(program, story.house.url, phone=True) as phone:
        page = phone.open(story.links[story.asked[0]])
        experts.two_steps(page, "Undo my yes…", "Take my yes back")
        expect(page.get_by_text("Your yes is taken back")).to_be_visible()
    expect(story.page.locator(".wave")).to_contain_text("1 of 2 places taken")
    # One place is open again: a wave asks one more than that, and who waited in reserve first.
    wait(lambda: len(story.names("asked")) == 2, "a wave for the place that opened")
    assert story.asked[2] in story.names("asked")
    read = story.mail(story.asked[2], "can you write")
    expect(read.locator(".client pre")).to_contain_text("you offered to stay in reserve")
    story.links[story.asked[2]] = staff.link_in(read)
    read.close()
    wait(lambda: re.search(r"1 of [34] asked said yes", story.told()), "a mail to staff on duty")


def test_a_decline_brings_the_next_best(story: Story, program: Browser) -> None:
    known = [*story.asked, *story.names("asked")]
    with reader(program, story.house.url, phone=True) as phone:
        page = phone.open(story.links[story.asked[2]])
        experts.tap(page, "Not this time", "Send my no")
        expect(page.get_by_text("Your no is in")).to_be_visible()
        examine(page)
    wait(lambda: [n for n in story.names("asked") if n not in known], "the next best")
    (following,) = [name for name in story.names("asked") if name not in known]
    assert following != story.quiet
    story.asked.append(following)
    story.links[following] = story.link(following)


def test_without_script_two_posts_answer(story: Story, program: Browser) -> None:
    with reader(program, story.house.url, phone=True, java_script_enabled=False) as phone:
        page = phone.open(story.links[story.asked[3]])
        page.get_by_role("button", name="Yes, I can").click()
        expect(page.get_by_role("heading", name="You will write for")).to_be_visible()
        assert story.names("accepted") == [story.asked[1]]
        page.wait_for_timeout(experts.APART)
        page.get_by_role("button", name="Send my yes").click()
        expect(page.get_by_text("Your yes is in")).to_be_visible()
    assert story.names("accepted") == [story.asked[1], story.asked[3]]
    expect(story.page.locator(".wave")).to_contain_text("All 2 places are taken.")
    assert story.page.evaluate("window.notReloaded")


def test_without_script_staff_confirm_and_stop_a_case(story: Story, program: Browser) -> None:
    house = story.house
    with reader(program, house.url, java_script_enabled=False) as plain:
        page = plain.sign_in(house.manage("signin_link"))
        case = staff.open_by_hand(page, "A school play was called off after threats", "Sliema")
        sql = 'SELECT 1 FROM experts_proposal WHERE "case" = ?'
        wait(lambda: house.one(sql, UUID(case)), "a slate")
        page.goto(f"{house.url}/?case={case}")
        page.get_by_role("button", name="Confirm…").click()
        page.wait_for_url("**/confirm/")
        gone = _slate(page)[0]
        page.get_by_role("button", name=f"Remove {gone}").click()
        assert gone not in _slate(page)
        page.get_by_role("button", name=CONFIRM).click()
        expect(page.locator(".wave")).to_contain_text("Nothing was sent yet.")
        page.locator(".wave").get_by_role("button", name="Undo").click()
        expect(page.get_by_role("button", name="Confirm…")).to_be_visible()
