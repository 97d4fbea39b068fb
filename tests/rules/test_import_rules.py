"""What a list of experts says, what is wrong with it, and what an import would change. Pure."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experts.importing.export import refused_csv, registry_csv
from experts.importing.problems import FILE, REMEDY, WRONG, of_file
from experts.importing.rows import Plan, Row, planned
from experts.importing.sheet import COLUMNS, Unreadable, opened
from experts.importing.zones import zones_of

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HEAD = "id,name,country,languages,fault_lines"
ANNA = Row("anna", "Anna Auer", country="AT", languages=("de",), fault_lines=("religion",),
           timezone="Europe/Vienna")  # fmt: skip


def _plan(text: str | bytes, existing: dict[str, Row] | None = None) -> Plan:
    body = text if isinstance(text, bytes) else text.encode()
    return planned(opened(body), existing or {}, NOW)


def _problems(text: str) -> list[tuple[int, str, str]]:
    return [
        (bad.line.number, p.column, p.code) for bad in _plan(text).refused for p in bad.problems
    ]


# --- the file -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (f"{HEAD}\n1,Jörg,AT,de,religion\n".encode(), "utf-8"),
        (f"\ufeff{HEAD}\n1,Jörg,AT,de,religion\n".encode(), "utf-8"),
        (f"{HEAD}\n1,Jörg,AT,de,religion\n".encode("utf-16"), "utf-16"),
        (f"{HEAD}\n1,Jörg,AT,de,religion\n".encode("cp1252"), "cp1252"),
    ],
)
def test_names_survive_the_encodings_of_spreadsheets(body: bytes, encoding: str) -> None:
    plan = _plan(body)
    assert plan.sheet.encoding == encoding
    assert plan.new[0].row.name == "Jörg"


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_the_delimiter_is_told_by_the_header_and_not_by_lists(mark: str) -> None:
    head = HEAD.replace(",", mark)
    line = mark.join(["1", "Anna Auer", "AT", '"de;en;fr;es"', '"religion;migration"'])
    plan = _plan(f"{head}\n{line}\n")
    assert plan.sheet.delimiter == mark
    assert plan.new[0].row.languages == ("de", "en", "fr", "es")


def test_headers_have_other_names_too() -> None:
    plan = _plan(
        "Ref;Full Name;E-Mail;Land;Sprachen;Fault lines;Gender\n1;Anna;a@b.example;AT;de;r;f\n"
    )
    row = plan.new[0].row
    assert (row.id, row.email, row.country, row.gender) == ("1", "a@b.example", "AT", "woman")


def test_columns_that_are_not_ours_are_named_and_left_aside() -> None:
    plan = _plan(f"{HEAD},shoe size\n1,Anna,AT,de,religion,41\n")
    assert plan.sheet.unknown == ("shoe size",)
    assert len(plan.new) == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty"),
        (b"id,name\n1,Anna\n", "columns"),
        (f"{HEAD},name\n".encode(), "twice"),
        (b"PK\x03\x04\x00", "not_text"),
        (f'{HEAD}\n1,"Anna,AT,de,religion\n'.encode(), "broken"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_what_to_do(body: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as error:
        opened(body)
    assert error.value.args[0] == code
    words = of_file(error.value.args[0], error.value.args[1:])
    assert "{" not in words
    assert set(FILE) >= {code}


@given(st.binary(max_size=400))
def test_no_bytes_whatever_end_in_anything_but_a_plan_or_a_clear_refusal(noise: bytes) -> None:
    try:
        plan = _plan(f"{HEAD}\n".encode() + noise)
    except Unreadable as refusal:
        of_file(refusal.args[0], refusal.args[1:])
        return
    counted = len(plan.new) + len(plan.changed) + len(plan.unchanged) + len(plan.refused)
    assert counted == len(plan.sheet.lines)


# --- the lines ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "column", "code"),
    [
        (",Anna,AT,de,religion", "id", "empty"),
        ("1,,AT,de,religion", "name", "empty"),
        ("1,Anna,Austrai,de,religion", "country", "country"),
        ("1,Anna,AT,klingonish,religion", "languages", "language"),
        ("1,Anna,AT,,religion", "languages", "empty"),
        ("1,Anna,AT,de,relgion", "fault_lines", "line"),
        ("1,Anna,US,en,religion", "timezone", "timezone_missing"),
        ("1,Anna,AT,de,religion,x,y", "", "surplus"),
        (f"1,{'x' * 201},AT,de,religion", "name", "too_long"),
    ],
)
def test_what_is_wrong_with_a_line_is_told_with_column_and_reason(
    line: str, column: str, code: str
) -> None:
    assert _problems(f"{HEAD}\n{line}\n") == [(2, column, code)]


def test_all_that_is_wrong_with_a_line_is_told_at_once() -> None:
    assert _problems(f"{HEAD},email\n1,,Austrai,de,relgion,nobody\n") == [
        (2, "name", "empty"),
        (2, "country", "country"),
        (2, "fault_lines", "line"),
        (2, "email", "email"),
    ]


def test_a_slip_of_the_pen_gets_a_suggestion() -> None:
    [bad] = _plan(f"{HEAD}\n1,Anna,Austra,Germn,relgion\n").refused
    told = {problem.column: problem.remedy() for problem in bad.problems}
    assert "Did you mean Austria (AT)" in told["country"]
    assert "German (de)" in told["languages"]
    assert "religion" in told["fault_lines"]


def test_lines_are_numbered_as_in_the_file_also_after_texts_with_line_breaks() -> None:
    text = f'{HEAD},bio\n1,Anna,AT,de,religion,"two\nlines"\n\n2,Bea,XX,de,religion,\n'
    assert _problems(text) == [(5, "country", "country")]


def test_an_id_that_comes_twice_is_refused_with_the_line_of_the_first() -> None:
    plan = _plan(f"{HEAD}\n1,Anna,AT,de,religion\n1,Bea,AT,de,religion\n")
    assert [p.row.name for p in plan.new] == ["Anna"]
    [problem] = plan.refused[0].problems
    assert problem.wrong() == "is already on line 2"


def test_every_reason_has_words_and_a_remedy() -> None:
    assert set(WRONG) == set(REMEDY)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("2026-03-01", (2026, 3, 1)), ("2026-03-01T10:00:00+02:00", (2026, 3, 1)),
     ("1.3.2026", (2026, 3, 1))],
)  # fmt: skip
def test_dates_that_can_be_read_in_one_way_are_read(
    written: str, meant: tuple[int, int, int]
) -> None:
    row = _plan(f"{HEAD},consented_at\n1,Anna,AT,de,religion,{written}\n").new[0].row
    assert row.consented_at is not None
    assert (row.consented_at.year, row.consented_at.month, row.consented_at.day) == meant
    assert row.consented_at.tzinfo is not None


@pytest.mark.parametrize(("written", "code"), [("03/04/2026", "date"), ("2027-01-01", "future")])
def test_dates_that_are_unclear_or_to_come_are_refused(written: str, code: str) -> None:
    text = f"{HEAD},consented_at\n1,Anna,AT,de,religion,{written}\n"
    assert _problems(text) == [(2, "consented_at", code)]


def test_a_zone_is_needed_only_where_clocks_differ_within_the_country() -> None:
    assert zones_of("DE") == ("Europe/Berlin",)
    assert len(zones_of("AR")) == 1
    assert len(zones_of("US")) > 3
    assert _plan(f"{HEAD}\n1,Anna,DE,de,religion\n").new[0].row.timezone == "Europe/Berlin"
    row = _plan(f"{HEAD},timezone\n1,Ann,US,en,religion,America/Denver\n").new[0].row
    assert row.timezone == "America/Denver"


@pytest.mark.parametrize(
    ("email", "consent", "source", "codes"),
    [
        ("a@b.example", "2026-01-01", "form", []),
        ("", "2026-01-01", "form", ["no_email"]),
        ("a@b.example", "", "", ["no_consent"]),
        ("a@b.example", "2026-01-01", "", ["half_consent"]),
        ("", "", "", ["no_email", "no_consent"]),
    ],
)
def test_without_address_or_consent_a_line_is_taken_with_a_remark(
    email: str, consent: str, source: str, codes: list[str]
) -> None:
    head = f"{HEAD},email,consented_at,consent_source"
    plan = _plan(f"{head}\n1,Anna,AT,de,religion,{email},{consent},{source}\n")
    assert [remark.code for remark in plan.new[0].remarks] == codes


def test_two_people_with_one_address_are_told() -> None:
    text = f"{HEAD},email\n1,Anna,AT,de,religion,a@b.example\n2,Bea,AT,de,religion,A@B.example\n"
    remarks = [remark.words() for plan in _plan(text).new for remark in plan.remarks]
    assert "same e-mail address as 2" in remarks
    assert "same e-mail address as 1" in remarks


def test_refusals_become_topics_outlets_or_everything() -> None:
    anna = '1,Anna,AT,de,religion,"Migration;The Daily Example"'
    text = f"{HEAD},do_not_ask\n{anna}\n2,Bea,AT,de,r,all\n"
    assert [p.row.do_not_ask for p in _plan(text).new] == [
        ("migration", "The Daily Example"),
        ("*",),
    ]


# --- what would change --------------------------------------------------------------------------


def test_changes_are_told_field_by_field() -> None:
    plan = _plan(f"{HEAD}\nanna,Anna Auer-Berg,AT,de;en,religion\n", {"anna": ANNA})
    [line] = plan.changed
    assert [(c.column, c.before, c.after) for c in line.changes] == [
        ("languages", ("de",), ("de", "en")),
        ("name", "Anna Auer", "Anna Auer-Berg"),
    ]


def test_the_same_list_again_changes_nothing() -> None:
    plan = _plan(f"{HEAD}\nanna,Anna Auer,Austria,German,religion\n", {"anna": ANNA})
    assert (len(plan.new), len(plan.changed), len(plan.unchanged)) == (0, 0, 1)


def test_a_column_that_a_list_does_not_have_keeps_what_we_know() -> None:
    known = replace(ANNA, email="anna@auer.example", bio="Long.", communities=("Lutheran",))
    [line] = _plan(f"{HEAD}\nanna,Anna Auer,AT,de;en,religion\n", {"anna": known}).changed
    assert (line.row.email, line.row.bio, line.row.communities) == (
        "anna@auer.example", "Long.", ("Lutheran",),
    )  # fmt: skip


def test_a_list_without_zones_does_not_ask_again_for_a_known_one() -> None:
    known = replace(ANNA, country="US", timezone="America/Denver")
    plan = _plan(f"{HEAD}\nanna,Anna Auer,US,de,religion\n", {"anna": known})
    assert (len(plan.unchanged), len(plan.refused)) == (1, 0)


# --- lists that leave ---------------------------------------------------------------------------


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_an_export_holds_no_formula_and_comes_back_unchanged(start: str) -> None:
    person = replace(ANNA, name=f"{start}HYPERLINK(1)")
    body = registry_csv([person], shielded=("email", "communities"))
    assert f"'{start}HYPERLINK" in body.decode("utf-8-sig")
    plan = _plan(body, {"anna": person})
    assert len(plan.unchanged) == 1


def test_an_export_has_no_addresses_unless_asked() -> None:
    person = replace(ANNA, email="anna@auer.example", communities=("Lutheran",))
    plain = registry_csv([person]).decode("utf-8-sig")
    assert "auer.example" not in plain
    assert "Lutheran" not in plain
    full = registry_csv([person], shielded=("email", "communities")).decode("utf-8-sig")
    assert full.splitlines()[0] == ",".join(COLUMNS)


def test_everything_exported_can_be_imported_again() -> None:
    person = replace(
        ANNA, email="anna@auer.example", communities=("Lutheran", "from Linz"), gender="woman",
        regions=("balkans", "IT"), bio='Says "no", often;\nthen yes.', consented_at=NOW,
        consent_source="form", do_not_ask=("migration", "The Daily Example"),
    )  # fmt: skip
    body = registry_csv([person], shielded=("email", "communities"))
    plan = _plan(body, {"anna": person})
    assert [c for p in plan.changed for c in p.changes] == []
    assert len(plan.unchanged) == 1


def test_refused_lines_come_back_with_reasons_and_can_be_corrected() -> None:
    plan = _plan(f"{HEAD}\n1,Anna,Austrai,de,religion\n2,Bea,AT,de,religion\n")
    back = refused_csv(plan).decode("utf-8-sig")
    assert "is not a country we know" in back
    assert "Bea" not in back
    corrected = _plan(back.replace("Austrai,", "AT,", 1))
    assert [p.row.name for p in corrected.new] == ["Anna"]
