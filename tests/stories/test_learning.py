"""A model learns and takes over: stored days are replayed, a person promotes, workers follow."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.stories.house import House, Runtime, check_ending, wait
from tests.stories.reader import examine, reader

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]
SEED = """
from pathlib import Path
from tests import learned
learned.stored(30, title="Mob attacks mosque {n}, worshippers hurt")
learned.stored(30, title="Bank keeps rate {n}")
learned.model_file(Path(%r), "story-1", cut=0.9999)
"""
NEWS = """
from streams.collectors.models import Feed
from tests import watching
feed = Feed.objects.create(url="https://school.example/%(n)d/feed", outlet="School Post")
watching.fetched("Mob attacks mosque at the harbour, worshippers hurt", feed=feed,
    url="https://school.example/%(n)d", url_key=900 + %(n)d)
"""
IN_USE = "SELECT version FROM flashpoints_modelinuse ORDER BY at DESC LIMIT 1"


@pytest.fixture(scope="module")
def school(
    chromium: str, runtime: Runtime, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """A house without the demonstration, with a day of articles and a file to try."""
    made = House(tmp_path_factory.mktemp("school"), runtime, DEMO="0")
    try:
        yield made.start()
        check_ending(made)
    finally:
        made.end()


def test_a_challenger_is_replayed_promoted_and_sent_back(program: Browser, school: House) -> None:
    school.python(SEED % str(school.folder))
    with reader(program, school.url) as me:
        me.forgive("422")  # the refusal without a reason
        page = me.sign_in(school.link)
        page.goto(f"{school.url}/models/")
        expect(page.get_by_role("heading", name="No challenger yet")).to_be_visible()
        examine(page)

        file = str(school.folder / "story-1.skops")
        said = school.manage("replay", "--days", "2", "--challenger", file)
        assert "60 of 60" in said
        page.reload()
        page.get_by_role("link", name="See the replay").click()
        expect(page.locator("#main")).to_contain_text("Of 60 articles in English")
        beside = page.locator(".beside").first
        expect(beside).to_contain_text("Only today’s flags it")
        expect(beside.get_by_role("link")).to_contain_text("Mob attacks mosque")
        examine(page)

        page.get_by_role("link", name="All models").click()
        page.get_by_role("link", name="Promote all the same…").click()
        page.get_by_role("button", name="Promote it under my name").click()
        expect(page.get_by_role("alert")).to_contain_text("give a reason")
        page.get_by_label("Why all the same?").fill("We try it for an hour of the exercise")
        page.get_by_role("button", name="Promote it under my name").click()
        expect(page.locator(".toast")).to_contain_text("story-1 works from now on")
        school.python(NEWS % {"n": 1})
        wait(lambda: school.one(IN_USE) == "story-1", "a worker that uses the new model")

        page.goto(f"{school.url}/models/")
        expect(page.locator("#main")).to_contain_text("We try it for an hour of the exercise")
        examine(page)
        page.get_by_role("button", name="Go back to the shipped model").click()
        expect(page.locator(".toast")).to_contain_text("The shipped model works again")
        school.python(NEWS % {"n": 2})
        wait(lambda: school.one(IN_USE) != "story-1", "a worker that uses the shipped model")
        assert not me.problems()
