"""Eight tabs of one browser hold one event stream, and every one of them is alive."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.stories import staff
from tests.stories.house import House, wait
from tests.stories.reader import Reader, reader

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
TABS = 8


class Streams:
    """The event streams that one browser has open now."""

    def __init__(self, me: Reader) -> None:
        self._going: list[tuple[Any, Page]] = []
        self.began = 0
        me.context.on("request", self._begins)
        me.context.on("requestfinished", self._ends)
        me.context.on("requestfailed", self._ends)

    def _begins(self, request: Any) -> None:
        if request.url.endswith("/live/"):
            self._going.append((request, request.frame.page))
            self.began += 1

    def _ends(self, request: Any) -> None:
        self._going = [(known, page) for known, page in self._going if known != request]

    @property
    def open(self) -> list[Any]:
        """Those of tabs that are still there: a closed tab's stream ends without a word."""
        return [request for request, page in self._going if not page.is_closed()]

    def settled(self, page: Page) -> bool:
        """Whether there is exactly one now; lets the browser's news come in first."""
        page.wait_for_timeout(50)
        return len(self.open) == 1


def test_eight_tabs_share_one_stream_and_all_hear_of_a_new_case(
    program: Browser, house: House, tamar: Reader
) -> None:
    with reader(program, house.url) as me:
        streams = Streams(me)
        first = me.sign_in(house.manage("signin_link"))
        tabs = [first, *(me.open("/") for _ in range(TABS - 1))]
        for tab in tabs:
            tab.evaluate("window.notReloaded = true")
        wait(lambda: streams.settled(first), "exactly one stream")
        began = streams.began
        hers = tamar.open("/")
        case = staff.open_by_hand(hers, "Two choirs, one square, one evening", "Gzira Square")
        for tab in tabs:
            expect(tab.locator(f"#row-{case}")).to_be_visible()
            assert tab.evaluate("window.notReloaded")
        assert len(streams.open) == 1
        assert streams.began <= began + 2, "a stream lasts about a minute; more is a new one a tab"
        # The tab that holds the stream goes: another takes it over, and the rest stay alive.
        for gone in tabs[: TABS // 2]:
            gone.close()
        hers.get_by_role("button", name="Take").click()
        for tab in tabs[TABS // 2 :]:
            expect(tab.locator(f"#row-{case} .state")).to_contain_text("You")
        wait(lambda: streams.settled(tabs[-1]), "again exactly one stream")
        hers.close()
