"""The registry's pages: who sees what, and what stays on record."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from experts.models import Expert, ImportFile
from streams.models import Trail
from tests import cast

pytestmark = pytest.mark.django_db
HEAD = "id,name,country,languages,fault_lines,communities,email,consented_at,consent_source\n"


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(cast.staff("idris"))
    return client


def _upload(desk: Client, text: str) -> str:
    sent = SimpleUploadedFile("people.csv", text.encode())
    answer = desk.post(reverse("staff:experts-import"), {"list": sent})
    assert answer.status_code == 302
    return str(answer["Location"])


def test_the_list_says_who_can_be_asked_and_why_the_others_cannot(desk: Client) -> None:
    cast.everybody()
    page = desk.get(reverse("staff:experts")).content.decode()
    assert "7 people, 3 of them can be asked now." in page
    for why in ("no e-mail address", "no consent on record", "paused", "does not want to be asked"):
        assert why in page


def test_filters_narrow_the_list(desk: Client) -> None:
    cast.everybody()
    page = desk.get(reverse("staff:experts"), {"language": "ar", "state": "askable"})
    text = page.content.decode()
    assert "Leïla Mansoury" in text
    assert "Nouran Sarwi" not in text
    assert "Ottavia Brenzon" not in text


def test_no_page_shows_an_address_or_a_community_unasked(desk: Client) -> None:
    ottavia = cast.expert("ottavia")
    for url in (reverse("staff:experts"), reverse("staff:expert", args=[ottavia.pk])):
        page = desk.get(url).content.decode()
        assert "ottavia@people.example" not in page
        assert "harbour families" not in page
    assert not Trail.objects.filter(act__in=["contact.viewed", "communities.viewed"]).exists()


def test_every_look_at_what_is_shielded_is_in_the_trail(desk: Client) -> None:
    ottavia = cast.expert("ottavia")
    page = desk.post(reverse("staff:expert-address", args=[ottavia.pk])).content.decode()
    assert "ottavia@people.example" in page
    page = desk.post(reverse("staff:expert-communities", args=[ottavia.pk])).content.decode()
    assert "harbour families" in page
    noted = Trail.objects.filter(subject=str(ottavia.pk)).values_list("act", "actor")
    me = f"staff:{cast.staff('idris').pk}"
    assert set(noted) == {("contact.viewed", me), ("communities.viewed", me)}


def test_a_look_cannot_be_had_by_get(desk: Client) -> None:
    ottavia = cast.expert("ottavia")
    assert desk.get(reverse("staff:expert-address", args=[ottavia.pk])).status_code == 405


def test_one_without_the_desk_sees_nothing(client: Client) -> None:
    ottavia = cast.expert("ottavia")
    client.force_login(cast.staff("gast"))
    for name, args in (
        ("experts", []), ("expert", [ottavia.pk]), ("experts-import", []),
    ):  # fmt: skip
        assert client.get(reverse(f"staff:{name}", args=args)).status_code == 403
    for name in ("expert-address", "expert-communities", "expert-pause"):
        assert client.post(reverse(f"staff:{name}", args=[ottavia.pk])).status_code == 403
    assert client.post(reverse("staff:experts-export")).status_code == 403
    assert not Trail.objects.exists()


def test_a_pause_stops_asking_and_can_be_ended(desk: Client) -> None:
    benno = cast.expert("benno")
    desk.post(reverse("staff:expert-pause", args=[benno.pk]), {"until": "2027-06-01"})
    assert str(Expert.objects.get(pk=benno.pk).askable) == "paused"
    desk.post(reverse("staff:expert-unpause", args=[benno.pk]))
    assert Expert.objects.get(pk=benno.pk).askable


def test_who_refused_everything_comes_back_by_hand_only_and_it_is_noted(desk: Client) -> None:
    benno = cast.expert("benno")
    Expert.objects.filter(pk=benno.pk).update(do_not_ask=["migration", "*"])
    page = desk.get(reverse("staff:expert", args=[benno.pk])).content.decode()
    assert reverse("staff:expert-ask-again", args=[benno.pk]) in page
    desk.post(reverse("staff:expert-ask-again", args=[benno.pk]))
    assert Expert.objects.get(pk=benno.pk).do_not_ask == ["migration"]
    assert Trail.objects.filter(act="expert.asks_again", subject=str(benno.pk)).exists()


def test_a_pause_into_the_past_is_refused_in_words(desk: Client) -> None:
    benno = cast.expert("benno")
    url = reverse("staff:expert-pause", args=[benno.pk])
    page = desk.post(url, {"until": "2020-01-01"}, follow=True).content.decode()
    assert "Choose a day after today" in page
    assert Expert.objects.get(pk=benno.pk).askable


def test_a_dry_run_shows_everything_and_changes_nothing(desk: Client) -> None:
    cast.expert("leila")
    url = _upload(
        desk,
        HEAD + "leila,Leïla Mansoury,TN,ar;fr;en,migration,newcomers,leila@new.example,,\n"
        "n1,Nadia Nova,IT,it,religion,,nadia@nova.example,2026-03-01,form\n"
        "n2,Bad Row,Itly,klingonish,religion,,,,\n",
    )
    page = desk.get(url).content.decode()
    for words in ("1 new", "1 changed", "1 refused", "is not a country we know", "Italy (IT)"):
        assert words in page, words
    assert "leila@new.example" not in page
    assert "l•••@new.example" in page
    assert Expert.objects.count() == 1


def test_an_import_takes_the_good_lines_and_keeps_the_others_for_correction(desk: Client) -> None:
    url = _upload(
        desk,
        HEAD + "n1,Nadia Nova,IT,it,religion,,nadia@nova.example,2026-03-01,form\n"
        "n2,Bad Row,Itly,it,religion,,,,\n",
    )
    page = desk.post(url, follow=True).content.decode()
    assert "1 line stayed out" in page
    assert [e.ref for e in Expert.objects.all()] == ["n1"]
    csv = desk.get(f"{url}refused/").content.decode("utf-8-sig")
    assert "Bad Row" in csv
    assert "is not a country we know" in csv
    assert "Nadia" not in csv

    corrected = csv.replace("Itly", "IT")
    again = _upload(desk, corrected)
    desk.post(again)
    assert Expert.objects.filter(ref="n2").exists()
    assert not ImportFile.objects.filter(pk=again.rstrip("/").rpartition("/")[2]).exists()


def test_an_unreadable_list_is_refused_with_what_to_do(desk: Client) -> None:
    sent = SimpleUploadedFile("people.xlsx", b"PK\x03\x04\x00\x00")
    page = desk.post(reverse("staff:experts-import"), {"list": sent})
    assert page.status_code == 422
    assert "Save the list as CSV" in page.content.decode()
    assert not ImportFile.objects.exists()


def test_an_export_leaves_addresses_and_communities_at_home(desk: Client) -> None:
    cast.everybody()
    plain = desk.post(reverse("staff:experts-export")).content.decode("utf-8-sig")
    assert "Ottavia Brenzon" in plain
    assert "@" not in plain
    assert "harbour families" not in plain
    full = desk.post(reverse("staff:experts-export"), {"email": "on"}).content.decode("utf-8-sig")
    assert "ottavia@people.example" in full
    desk.post(reverse("staff:experts-export"), {"communities": "on"})
    told = [row.detail["shielded"] for row in Trail.objects.filter(act="experts.exported")]
    assert told == [[], ["email"], ["communities"]]


def test_pages_have_no_inline_script_or_style(desk: Client) -> None:
    ottavia = cast.expert("ottavia")
    for url in (
        reverse("staff:experts"),
        reverse("staff:expert", args=[ottavia.pk]),
        reverse("staff:experts-import"),
        _upload(desk, HEAD + "n2,Bad Row,Itly,it,religion,,,,\n"),
    ):
        page = desk.get(url).content.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=", page), url
