"""From the lines of a sheet to people, and what an import would change. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from experts.importing import cells
from experts.importing.problems import Problem, Remark
from experts.importing.sheet import Line, Sheet


@dataclass(frozen=True, slots=True)
class Row:
    """A person as a list has them. Lists are codes; what a list does not say is empty."""

    id: str
    name: str
    title: str = ""
    affiliation: str = ""
    country: str = ""
    languages: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    fault_lines: tuple[str, ...] = ()
    communities: tuple[str, ...] = ()
    gender: str = ""
    bio: str = ""
    email: str = ""
    timezone: str = ""
    consented_at: datetime | None = None
    consent_source: str = ""
    media_experience: str = ""
    do_not_ask: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one person, before and after."""

    column: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Planned:
    """One line that can be imported: the person, what changes, and what to know about it."""

    line: int
    row: Row
    changes: tuple[Change, ...] = ()
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """One line that cannot: as it was written, and everything that is wrong with it."""

    line: Line
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do; every line of the sheet is in exactly one of the four."""

    sheet: Sheet
    new: tuple[Planned, ...]
    changed: tuple[Planned, ...]
    unchanged: tuple[Planned, ...]
    refused: tuple[Refused, ...]


def planned(sheet: Sheet, existing: Mapping[str, Row], now: datetime) -> Plan:
    """What importing a sheet would do to these people (by id). Columns that the sheet does not
    have stay as they are. now: aware; a consent cannot lie after it."""
    good, refused = _sorted(sheet, existing, now)
    houses = _addresses(existing.values(), (row for _n, row in good))
    plans = [_plan(number, row, existing.get(row.id), sheet, houses) for number, row in good]
    old = [plan for plan in plans if plan.row.id in existing]
    return Plan(
        sheet=sheet,
        new=tuple(plan for plan in plans if plan.row.id not in existing),
        changed=tuple(plan for plan in old if plan.changes),
        unchanged=tuple(plan for plan in old if not plan.changes),
        refused=tuple(refused),
    )


def read_line(
    line: Line, now: datetime, before: Row | None = None
) -> tuple[Row | None, tuple[Problem, ...]]:
    """The person of a line, or everything that is wrong with it. before: what we know already; a
    sheet without time zones leaves known ones alone."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    if line.surplus:
        problems.append(Problem("", "", "surplus", (str(line.surplus),)))
    for column, reader in _readers(now).items():
        try:
            values[column] = reader(line.cells.get(column, ""))
        except cells.Wrong as wrong:
            problems.append(wrong.problem)
    try:
        where = values.get("country", "")
        zone = line.cells.get("timezone", before.timezone if before else "")
        values["timezone"] = cells.timezone(zone, where) if where or zone else ""
    except cells.Wrong as wrong:
        problems.append(wrong.problem)
    return (None, tuple(problems)) if problems else (Row(**values), ())


def _readers(now: datetime) -> dict[str, Callable[[str], Any]]:
    plain = ("title", "affiliation", "bio", "consent_source", "media_experience")
    return {
        "id": lambda value: cells.needed("id", value),
        "name": lambda value: cells.needed("name", value),
        "country": cells.country,
        "languages": cells.languages,
        "regions": cells.regions,
        "fault_lines": cells.fault_lines,
        "communities": cells.communities,
        "gender": cells.gender,
        "email": cells.email,
        "consented_at": lambda value: cells.moment(value, now),
        "do_not_ask": cells.do_not_ask,
        **{column: _text_of(column) for column in plain},
    }


def _text_of(column: str) -> Callable[[str], str]:
    return lambda value: cells.text(column, value)


def _sorted(
    sheet: Sheet, existing: Mapping[str, Row], now: datetime
) -> tuple[list[tuple[int, Row]], list[Refused]]:
    good: list[tuple[int, Row]] = []
    refused: list[Refused] = []
    first: dict[str, int] = {}
    for line in sheet.lines:
        written = line.cells.get("id", "")
        row, problems = read_line(line, now, existing.get(written))
        if written and written in first:
            twice = Problem("id", written, "duplicate", (str(first[written]),))
            row, problems = None, (twice, *problems)
        first.setdefault(written, line.number)
        if row:
            good.append((line.number, row))
        else:
            refused.append(Refused(line, problems))
    return good, refused


def _plan(
    number: int, row: Row, before: Row | None, sheet: Sheet, houses: Mapping[str, list[str]]
) -> Planned:
    row = _still_refusing(before, row)
    changes = tuple(_changes(before, row, sheet)) if before else ()
    after = _merged(before, row, sheet)
    return Planned(number, after, changes, tuple(_remarks(after, houses)))


def _still_refusing(before: Row | None, row: Row) -> Row:
    """A list was written before a person refused everything on their page; it cannot take that
    back. Only a person at the desk can, by hand."""
    if before is None or cells.EVERYTHING not in before.do_not_ask:
        return row
    others = (topic for topic in row.do_not_ask if topic != cells.EVERYTHING)
    return replace(row, do_not_ask=(*others, cells.EVERYTHING))


def _merged(before: Row | None, row: Row, sheet: Sheet) -> Row:
    """The person after the import: a column that the sheet has not keeps what we know."""
    if before is None:
        return row
    said = sheet.columns
    values = {f.name: getattr(row if f.name in said else before, f.name) for f in fields(Row)}
    return Row(**values)


def _changes(before: Row, after: Row, sheet: Sheet) -> Iterable[Change]:
    for column in sorted(sheet.columns):
        old, new = getattr(before, column), getattr(after, column)
        if _comparable(old) != _comparable(new):
            yield Change(column, old, new)


def _comparable(value: Any) -> Any:
    return frozenset(value) if isinstance(value, tuple) else value


def _remarks(row: Row, houses: Mapping[str, list[str]]) -> Iterable[Remark]:
    if not row.email:
        yield Remark("no_email")
    elif others := [other for other in houses[row.email.lower()] if other != row.id]:
        yield Remark("same_email", (", ".join(others[:3]),))
    if cells.EVERYTHING in row.do_not_ask:
        yield Remark("refuses")
    if bool(row.consented_at) != bool(row.consent_source):
        yield Remark("half_consent")
    elif not row.consented_at:
        yield Remark("no_consent")


def _addresses(*people: Iterable[Row]) -> dict[str, list[str]]:
    """Who has which address; the list's own word counts where it says another one."""
    latest = {row.id: row.email for rows in people for row in rows if row.email}
    found: dict[str, list[str]] = {}
    for person, address in latest.items():
        found.setdefault(address.lower(), []).append(person)
    return found
