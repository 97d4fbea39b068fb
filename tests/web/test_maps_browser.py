"""The maps in a real browser: outlines arrive, a country leads to its sources, axe is content."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import DESKTOP, PHONE, Watched, chromium_at, sign_in, watched
from tests.server import WebServer

pytestmark = pytest.mark.browser
SETUP = """
from django.contrib.auth.models import User
from rrmm.flashpoints import services
from streams.collectors.models import Feed
Feed.objects.create(url="https://it.example/rss", outlet="Gazzetta", country="IT")
Feed.objects.create(url="https://fr.example/rss", outlet="Gazette", country="FR")
print(services.open_by_hand(User.objects.first(), headline="Fire in a prayer room", country="IT",
    place="Porto Sereno", lines=["religion"], severity=2, note="", origin="staff",
    languages=["it"]))
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    made = WebServer(Path(tmp_path_factory.mktemp("maps")), settings={"DEMO": "0"}).start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def signed(server: WebServer, chromium: str) -> Iterator[tuple[Watched, str]]:
    """A page of somebody who has signed in, and the id of a case in Italy."""
    with chromium_at(chromium) as program:
        context = program.new_context(viewport=DESKTOP)
        sign_in(context, server.signin_link())
        case = server.run(SETUP).splitlines()[-1]
        yield watched(context, server.url), case


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_outlines_of_a_case_arrive(
    server: WebServer, signed: tuple[Watched, str], size: dict[str, int]
) -> None:
    seen, case = signed
    seen.page.set_viewport_size(size)  # type: ignore[arg-type]
    seen.page.goto(f"{server.url}/cases/{case}/")
    for css in (".home", ".land >> nth=0"):
        drawn = seen.page.locator(f".locator {css}")
        expect(drawn).to_be_attached()
        seen.page.wait_for_function(
            "mark => mark.getBBox().width > 0", arg=drawn.element_handle(), timeout=10_000
        )
    assert seen.problems() == []
    assert seen.axe() == []


def test_a_click_on_a_country_leads_to_its_sources(
    server: WebServer, signed: tuple[Watched, str]
) -> None:
    seen, _case = signed
    seen.page.set_viewport_size(DESKTOP)
    seen.page.goto(f"{server.url}/health/")
    assert seen.problems() == []
    assert seen.axe() == []
    seen.page.locator('.earth a[href*="country=FR"]').dispatch_event("click")
    seen.page.wait_for_url("**/health/?country=FR#sources")
    expect(seen.page.locator("#sources tbody")).to_contain_text("Gazette")
    expect(seen.page.locator("#sources tbody")).not_to_contain_text("Gazzetta")


def test_the_list_leads_there_by_keyboard(server: WebServer, signed: tuple[Watched, str]) -> None:
    seen, _case = signed
    seen.page.goto(f"{server.url}/health/")
    assert seen.page.locator(".earth a").first.get_attribute("tabindex") == "-1"
    seen.page.locator(".map-list").get_by_role("link", name="Italy").focus()
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_url("**/health/?country=IT#sources")
    expect(seen.page.locator("#sources tbody")).to_contain_text("Gazzetta")
