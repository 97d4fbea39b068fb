"""The maps on the pages: the country of a case, and where our sources sit."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from rrmm.flashpoints import services
from rrmm.flashpoints.models import Flashpoint
from streams.collectors.models import Feed
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return signed_in(make_staff(manages=True))


def _feed(name: str, country: str, **more: object) -> Feed:
    url = f"https://{name}.example/rss"
    return Feed.objects.create(url=url, outlet=name, country=country, **more)


def _case(country: str, place: str = "") -> str:
    return str(
        services.open_by_hand(
            make_staff("opens"),
            headline="Fire in a prayer room",
            country=country,
            place=place,
            lines=["religion"],
            severity=3,
            note="",
            origin="staff",
            languages=["it"],
        )
    )


@pytest.mark.parametrize("page", ["/cases/{}/", "/?case={}"])
def test_a_case_shows_its_country_among_neighbours(client: Client, page: str) -> None:
    said = client.get(page.format(_case("IT", "Porto Sereno"))).content.decode()
    assert 'class="home" href="/static/rrmm/world-near.svg#IT"' in said
    assert 'class="land" href="/static/rrmm/world-near.svg#CH"' in said
    assert 'aria-label="Map: Italy among its neighbours"' in said
    assert "they state no position" in said
    assert "The map marks the country, not the town" in said


@pytest.mark.parametrize("country", ["", "GF"])
def test_a_case_without_a_place_that_can_be_drawn_has_no_map(client: Client, country: str) -> None:
    case = _case("IT")
    Flashpoint.objects.filter(pk=case).update(country=country)
    said = client.get(f"/cases/{case}/").content.decode()
    assert "place-map" not in said
    assert "Natural Earth" not in said


def test_a_small_country_gets_a_ring(client: Client) -> None:
    assert 'class="ring"' in client.get(f"/cases/{_case('MT')}/").content.decode()


def test_a_large_country_gets_none(client: Client) -> None:
    assert 'class="ring"' not in client.get(f"/cases/{_case('IT')}/").content.decode()


def _shape(page: str, name: str) -> str:
    """The class of a country's outline on the world map."""
    found = re.search(rf'<path class="(\w+)"[^>]*><title>{name}: ', page)
    assert found is not None
    return found[1]


def test_the_world_says_where_sources_sit(client: Client) -> None:
    now = timezone.now()
    _feed("fine", "IT", last_fetched_at=now)
    _feed("down", "IT", last_fetched_at=now, last_error="timeout")
    _feed("dead", "FR", last_fetched_at=now, last_error="timeout")
    _feed("gone", "DE", last_fetched_at=now, muted_at=now)
    _feed("well", "ES", last_fetched_at=now)
    _feed("new", "PT")
    _feed("off", "GR", active=False)
    page = client.get("/health/").content.decode()
    states = {name: _shape(page, name) for name in ("Italy", "France", "Germany", "Spain")}
    assert states == {"Italy": "part", "France": "fails", "Germany": "fails", "Spain": "answers"}
    assert _shape(page, "Portugal") == "waits"
    assert _shape(page, "Greece") == _shape(page, "Austria") == "none"
    assert "<title>Italy: 1 answers, 1 does not</title>" in page
    assert "We have sources in 5 countries and territories, and none in" in page
    assert "What they should bring against what came" in page


def test_the_list_begins_with_what_is_missing(client: Client) -> None:
    _feed("well", "ES", last_fetched_at=timezone.now())
    _feed("dead", "FR", last_fetched_at=timezone.now(), last_error="timeout")
    page = client.get("/health/").content.decode()
    listed = page[page.index("map-list") :]
    assert listed.index("No source") < listed.index("None answers") < listed.index("All answer")


def test_sources_of_the_demo_do_not_make_a_country_seen(client: Client) -> None:
    _feed("invented", "IT", demo=True, last_fetched_at=timezone.now())
    page = client.get("/health/").content.decode()
    assert _shape(page, "Italy") == "none"
    assert "invented sources are left out" in page


def test_a_country_leads_to_its_sources(client: Client) -> None:
    _feed("fine", "IT", last_fetched_at=timezone.now())
    _feed("other", "FR", last_fetched_at=timezone.now())
    assert 'href="/health/?country=IT#sources"' in client.get("/health/").content.decode()
    for page in ("/health/?country=it", "/health/sources/?country=IT"):
        lines = client.get(page).context["lines"]
        assert [line.feed.outlet for line in lines] == ["fine"]


def test_the_next_page_stays_in_the_country(client: Client) -> None:
    for n in range(14):
        _feed(f"it{n}", "IT")
    page = client.get("/health/?country=IT").content.decode()
    assert "country=IT&amp;page=2" in page


def test_sources_without_a_country_are_counted_beside_the_map(client: Client) -> None:
    _feed("nowhere", "")
    assert "1 source says no country" in client.get("/health/").content.decode()
