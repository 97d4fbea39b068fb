"""The registry's doors: lists come in, the demo comes and goes, the rows say who can be asked."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from experts import jobs, memory, registry
from experts.importing.sheet import COLUMNS
from experts.models import NOTHING, Community, Consent, Contact, Expert, ImportFile
from experts.queries import profiles
from experts.queries import registry as queries
from experts.queries.addresses import address_of
from streams.models import Trail
from tests import cast

pytestmark = pytest.mark.django_db
HEAD = ",".join(COLUMNS) + "\n"
ANNA = (
    "anna,Anna Auer,pastor,Haus,AT,de;en,balkans,religion,Lutheran,f,Bio,anna@auer.example,"
    "Europe/Vienna,2026-01-01,form,radio,migration\n"
)


def _import(text: str) -> None:
    registry.import_list((HEAD + text).encode(), "staff:1")


def test_a_line_becomes_a_person_with_everything_in_its_place() -> None:
    _import(ANNA)
    anna = Expert.objects.get(ref="anna")
    assert (anna.country, anna.languages, anna.regions) == ("AT", ["de", "en"], ["balkans"])
    assert (anna.gender, anna.timezone, anna.do_not_ask) == (
        "woman",
        "Europe/Vienna",
        ["migration"],
    )
    assert anna.contact.email == "anna@auer.example"
    assert anna.contact.masked == "a•••@auer.example"
    assert anna.consent.source == "form"
    assert [c.name for c in anna.communities.all()] == ["Lutheran"]
    assert anna.askable
    assert address_of(str(anna.pk)) == "anna@auer.example"


def test_the_same_list_twice_changes_nothing_and_notes_nothing() -> None:
    _import(ANNA)
    before = (Expert.objects.get().changed_at, Trail.objects.count())
    _import(ANNA)
    assert (Expert.objects.get().changed_at, Trail.objects.count()) == before


def test_a_list_cannot_undo_the_refusal_that_a_person_gave() -> None:
    _import(ANNA)
    Expert.objects.update(do_not_ask=["migration", NOTHING])
    before = Expert.objects.get().changed_at
    _import(ANNA)
    anna = Expert.objects.get()
    assert (anna.do_not_ask, anna.changed_at) == (["migration", NOTHING], before)
    _import(ANNA.replace("pastor", "bishop"))
    anna = Expert.objects.get()
    assert (anna.title, str(anna.askable)) == ("bishop", "do_not_ask")


def test_a_changed_line_changes_the_person_and_nobody_else() -> None:
    _import(ANNA + ANNA.replace("anna", "bea").replace("Anna", "Bea"))
    bea = Expert.objects.get(ref="bea").changed_at
    _import(ANNA.replace("pastor", "bishop").replace("Lutheran", "Old Catholic"))
    anna = Expert.objects.get(ref="anna")
    assert anna.title == "bishop"
    assert [c.name for c in anna.communities.all()] == ["Old Catholic"]
    assert Expert.objects.get(ref="bea").changed_at == bea


def test_a_withdrawn_consent_and_a_deleted_address_go() -> None:
    _import(ANNA)
    _import(ANNA.replace("2026-01-01,form", ",").replace("anna@auer.example", ""))
    assert not Consent.objects.exists()
    assert not Contact.objects.exists()
    assert str(Expert.objects.get(ref="anna").askable) == "no_email"


def test_half_a_consent_is_kept_and_does_not_count() -> None:
    _import(ANNA.replace(",form,", ",,"))
    assert Consent.objects.get().at is not None
    assert str(Expert.objects.get(ref="anna").askable) == "no_consent"


def test_the_trail_tells_of_an_import_in_numbers_only() -> None:
    _import(ANNA + "bad,,,,,,,,,,,,,,,,\n")
    row = Trail.objects.get(act="experts.imported")
    assert row.detail == {"new": 1, "changed": 0, "refused": 1}
    assert "auer" not in str(row.detail)


def test_a_long_list_comes_in_whole_and_tells_how_far_it_is() -> None:
    lines = "".join(ANNA.replace("anna", f"p{n}") for n in range(1201))
    told: list[tuple[int, int]] = []
    registry.import_list(
        (HEAD + lines).encode(), "machine", progress=lambda done, of: told.append((done, of))
    )
    assert Expert.objects.count() == Contact.objects.count() == 1201
    assert told == [(500, 1201), (1000, 1201), (1201, 1201)]


def test_an_uploaded_list_is_forgotten_after_a_day() -> None:
    old = registry.keep_file("a.csv", (HEAD + ANNA).encode(), 1)
    ImportFile.objects.filter(pk=old).update(at=timezone.now() - timedelta(days=2))
    with pytest.raises(registry.Conflict):
        registry.kept_file(old)
    registry.keep_file("b.csv", (HEAD + ANNA).encode(), 1)
    assert not ImportFile.objects.filter(pk=old).exists()


# --- who can be asked ---------------------------------------------------------------------------


def test_rows_and_database_agree_on_who_can_be_asked() -> None:
    now = timezone.now()
    people = cast.everybody()
    by_row = {one.ref for one in people if Expert.objects.get(pk=one.pk).askable_at(now)}
    assert by_row == {one.ref for one in profiles.askable(now)} == {"ottavia", "leila", "benno"}


def test_every_person_is_in_exactly_one_state() -> None:
    now = timezone.now()
    cast.everybody()
    Expert.objects.filter(ref="benno").update(active=False)
    Expert.objects.filter(ref="corrado").update(do_not_ask=[NOTHING])
    told = {
        state: {one.ref for one in queries.listed(queries.Filters(state=state), now)}
        for state in ("askable", *queries.WHY_NOT)
    }
    assert sum(len(refs) for refs in told.values()) == Expert.objects.count()
    for state, refs in told.items():
        for ref in refs:
            assert str(Expert.objects.get(ref=ref).askable_at(now)) == state.replace("askable", "")


def test_people_are_found_by_name_work_language_country_and_subject() -> None:
    cast.everybody()
    for words, ref in (
        ("leïla", "leila"), ("Tunis", "leila"), ("Arabic France", ""), ("mediator", "benno"),
        ("German ethnicity", "benno"), ("jordan", "nouran"), ("prayer", "ottavia"),
    ):  # fmt: skip
        found = [one.ref for one in queries.search(words)]
        assert (found[0] if found else "") == ref, words
    assert queries.search("") == []


def test_candidates_who_cannot_be_asked_come_last() -> None:
    cast.everybody()
    found = [one.ref for one in queries.candidates("italian")]
    assert set(found[-2:]) == {"corrado", "paused_pia"}


def test_people_are_never_found_by_their_community() -> None:
    cast.expert("ottavia")
    assert Community.objects.filter(name="harbour families").exists()
    assert queries.search("families") == []


# --- the index ----------------------------------------------------------------------------------


def test_the_index_is_kept_until_the_registry_changes() -> None:
    benno = cast.expert("benno")
    first = memory.index(demo=False)
    assert memory.index(demo=False) is first
    registry.set_active(benno.pk, False, 1)
    second = memory.index(demo=False)
    assert second is not first
    assert len(second) == 0


# --- the demo -----------------------------------------------------------------------------------


def test_the_demo_network_comes_in_marked_once_and_goes_whole() -> None:
    ottavia = cast.expert("ottavia")
    loaded = registry.load_demo()
    assert loaded["new"] >= 120
    again = registry.load_demo()
    assert (again["new"], again["changed"]) == (0, 0)
    demo = Expert.objects.filter(demo=True)
    assert demo.count() == loaded["new"]
    hosts = Contact.objects.filter(expert__demo=True).values_list("email", flat=True)
    assert all(email.endswith(".example") for email in hosts)
    gone = registry.remove_demo()
    assert gone == {"experts": loaded["new"]}
    assert [one.pk for one in Expert.objects.all()] == [ottavia.pk]
    assert not Contact.objects.exclude(expert=ottavia).exists()


def test_the_demo_network_is_as_varied_as_the_world_it_stands_for() -> None:
    registry.load_demo()
    people = list(Expert.objects.filter(demo=True))
    spoken = {code for one in people for code in one.languages}
    assert len({one.country for one in people}) >= 60
    assert spoken >= {"en", "fr", "es", "ar", "ru", "zh", "pt", "de", "tr", "fa", "hi", "id"}
    women = sum(one.gender == "woman" for one in people) / len(people)
    assert 0.4 <= women <= 0.6
    for line in ("religion", "ethnicity", "migration", "culture"):
        assert sum(line in one.fault_lines for one in people) >= 20
    states = {str(one.askable) for one in people}
    assert states >= {"", "no_email", "no_consent", "do_not_ask"}


# --- at a terminal ------------------------------------------------------------------------------


def test_the_command_imports_and_tells_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, back = tmp_path / "people.csv", tmp_path / "refused.csv"
    file.write_text(HEAD + ANNA + ANNA.replace("anna,", "bea,").replace(",AT,", ",Austrai,"))
    call_command("import_experts", str(file), "--dry-run")
    assert not Expert.objects.exists()
    call_command("import_experts", str(file), "--refused", str(back))
    said = capsys.readouterr()
    assert "1 new, 0 changed, 0 unchanged, 1 refused." in said.out
    assert "line 3: country “Austrai” is not a country we know" in said.err
    assert "Austrai" in back.read_text("utf-8-sig")


def test_the_command_says_plainly_that_a_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_experts", str(tmp_path / "none.csv"))


def test_the_clock_forgets_lists_that_nobody_imported() -> None:
    kept = registry.keep_file("a.csv", (HEAD + ANNA).encode(), 1)
    assert jobs.forget_lists() == 0
    ImportFile.objects.filter(pk=kept).update(at=timezone.now() - timedelta(days=2))
    assert jobs.forget_lists() == 1
    assert not ImportFile.objects.exists()
