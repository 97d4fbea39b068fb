"""Finding cases, articles and people."""

import pytest
from django.test import Client
from django.urls import reverse

from tests import cast, watching

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(cast.staff("idris"))
    return client


def find(desk: Client, **query: str) -> str:
    answer = desk.get(reverse("staff:find"), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_all_kinds_are_found_and_the_hits_are_marked(desk: Client) -> None:
    case = watching.case(headline="Harbour quarrel")
    watching.flagged("Quiet night in the harbour")
    cast.expert("ottavia")
    text = find(desk, q="harbour")
    assert '<b class="found">Harbour</b> quarrel' in text
    assert 'night in the <b class="found">harbour</b>' in text
    assert "Ottavia Brenzon" in text
    assert reverse("staff:case", args=[case.pk]) in text
    assert "3 hits for “harbour”" in text


def test_a_cut_list_leads_to_all_hits_and_says_where_the_count_ends(desk: Client) -> None:
    for number in range(31):
        watching.case(headline=f"Harbour quarrel {number}")
    text = find(desk, q="harbour")
    assert text.count("</b> quarrel") == 8
    assert "q=harbour&amp;scope=cases" in text.split('id="h-cases"')[1]
    assert "We show at most 30 of a kind" in text
    assert find(desk, q="harbour", scope="cases").count("</b> quarrel") == 30
    assert "at most" not in find(desk, q="quiet")


def test_a_scope_shows_one_kind(desk: Client) -> None:
    watching.case(headline="Harbour quarrel")
    watching.flagged("Quiet night in the harbour")
    text = find(desk, q="harbour", scope="articles")
    assert "Quiet night" in text
    assert 'id="h-cases"' not in text


def test_a_case_is_found_by_its_number(desk: Client) -> None:
    case = watching.case()
    assert case.headline.split()[0] in find(desk, q=case.number)


def test_nothing_found_says_where_we_looked(desk: Client) -> None:
    text = find(desk, q="zzzz")
    assert "Nothing holds all of “zzzz”" in text
    assert "Articles that were not flagged are not searched" in text


def test_one_letter_is_too_little(desk: Client) -> None:
    assert "Two letters at least" in find(desk, q="z")


def test_what_was_typed_is_never_markup(desk: Client) -> None:
    assert "<script>alert" not in find(desk, q="<script>alert(1)</script>")
