"""Point 5: what fails is said in words, what died can be replayed, the demonstration can go."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.stories.house import House, Runtime, check_ending, wait
from tests.stories.reader import examine, reader

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]
FEED = """[[feed]]
url = "http://127.0.0.1:9/rss"
outlet = "The Silent Post"
country = "MT"
language = "en"
owner = ""
owner_source = ""
checked = "unverified"
"""
DEAD = """
from uuid import UUID
from django.db import transaction
from django.utils import timezone
from streams.events import StoryMoved
from streams.log import append
from streams.models import Delivery, State
with transaction.atomic():
    moved = StoryMoved(story=UUID(int=1), demo=True)
    append(moved)
    Delivery.objects.filter(stage="escalate", key=moved.key).update(
        state=State.BURIED, attempts=5, done_at=timezone.now(), error="ValueError: no such story")
"""
STAGES = (
    "Assess", "Read pages", "Cluster", "Escalate", "Propose", "Mobilise", "Tell staff", "Send mail",
)  # fmt: skip
PAGES = ("/", "/cases/", "/experts/", "/mailbox/", "/health/", "/find/?q=Levantara")


@pytest.fixture(scope="module")
def watched(
    chromium: str, runtime: Runtime, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """A house with one source that cannot work."""
    folder = tmp_path_factory.mktemp("watched")
    feeds = folder / "feeds.toml"
    feeds.write_text(FEED)
    made = House(folder, runtime, FEEDS_FILE=str(feeds))
    try:
        yield made.start()
        check_ending(made)
    finally:
        made.end()


@pytest.fixture(scope="module")
def page(program: Browser, watched: House) -> Iterator[Page]:
    with reader(program, watched.url) as made:
        yield made.sign_in(watched.link)


def test_a_source_that_fails_says_why_in_plain_words(page: Page, watched: House) -> None:
    sql = "SELECT last_error FROM collectors_feed WHERE outlet = 'The Silent Post'"
    code = wait(lambda: watched.one(sql), "a first failure")
    page.goto(f"{watched.url}/health/?show=failing")
    line = page.get_by_role("row").filter(has_text="The Silent Post")
    words = line.locator("td.wide.soft").first.inner_text()
    assert len(words.split()) > 4
    assert code not in words
    examine(page)
    line.get_by_role("link", name="The Silent Post").click()
    history = page.get_by_role("region", name="History")
    expect(history.get_by_role("row").nth(1)).to_be_visible()
    examine(page)


def test_the_page_says_how_far_each_stage_is_behind(page: Page, watched: House) -> None:
    page.goto(f"{watched.url}/health/")
    assert page.locator("#flow .stage > b").all_inner_texts() == list(STAGES)
    expect(page.locator("#watch")).to_contain_text("blind spots: still counting")


def test_a_dead_letter_is_shown_and_replayed(page: Page, watched: House) -> None:
    watched.python(DEAD)
    page.goto(f"{watched.url}/health/")
    dead = page.locator("#dead")
    expect(dead).to_contain_text("StoryMoved in “Escalate”")
    expect(dead).to_contain_text("no such story")
    examine(page)
    dead.get_by_role("button", name="Replay", exact=True).click()
    expect(page.locator(".toast")).to_contain_text("back in line")
    sql = "SELECT count(*) FROM streams_delivery WHERE state IN (0, 1, 3) AND stage = 'escalate'"
    wait(lambda: watched.one(sql) == 0, "the replayed event to be done")


def test_one_click_removes_the_whole_demonstration(page: Page, watched: House) -> None:
    wait(lambda: watched.one("SELECT count(*) FROM flashpoints_flashpoint WHERE demo"), "a case")
    page.goto(f"{watched.url}/health/")
    page.get_by_role("button", name="Remove all demo data…").click()
    dialog = page.get_by_role("dialog", name="Remove all demo data?")
    dialog.get_by_role("button", name="Remove all of it").click()
    expect(page.locator(".toast")).to_contain_text(re.compile(r"removed: 1\d\d experts"))
    expect(page.get_by_text("There is no demo data here.")).to_be_visible()
    # The demo's press may have an answer on its way: what comes after the removal must stay out.
    page.wait_for_timeout(3000)
    tables = [name for name, columns in watched.columns().items() if "demo" in columns]
    assert len(tables) > 5
    left = {name: watched.one(f"SELECT count(*) FROM {name} WHERE demo") for name in tables}
    assert {name: n for name, n in left.items() if n} == {}


def test_the_pages_still_work_and_say_what_to_do_next(page: Page, watched: House) -> None:
    for path in PAGES:
        answer = page.goto(watched.url + path)
        assert answer is not None
        assert answer.ok
        examine(page)
    page.goto(f"{watched.url}/")
    expect(page.locator("#queue .empty")).to_contain_text("No flashpoint so far")
    page.goto(f"{watched.url}/experts/")
    expect(page.locator("#main")).to_contain_text("mport")
    page.goto(f"{watched.url}/mailbox/")
    expect(page.locator("#mails .empty")).to_contain_text("No mail yet")
