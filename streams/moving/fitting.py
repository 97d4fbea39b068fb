"""What SQLite holds and PostgreSQL cannot: found before anything is written, mended where safe.

NUL characters and lone surrogates are no part of any language: they go, and are counted. Texts
longer than their column are shortened only if somebody asked for it.
"""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from streams.moving.source import DeskFile
from streams.moving.tables import Column, Table

NUL = "\0"
SURROGATES = dict.fromkeys(range(55296, 57344), "�")
ESCAPES = ("u0000", *(f"ud{digit:x}" for digit in range(8, 16)))
"""As JSON writes NUL, and the halves of a character outside the basic plane."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """A value that has no room in its column: characters of a text, or a number."""

    table: str
    id: str
    column: Column
    size: int


@dataclass(slots=True)
class Findings:
    """Of one table. unclean: how many values of each column need mending."""

    table: Table
    misfits: list[Misfit] = field(default_factory=list)
    unclean: Counter[str] = field(default_factory=Counter)


def look(source: DeskFile, table: Table) -> Findings:
    """Reads the whole table once; only suspect rows leave the database."""
    found = Findings(table)
    suspect = [test for column in table.columns if (test := _test(column))]
    if not suspect:
        return found
    where = " OR ".join(suspect)
    sql = f'SELECT "{table.key}", {table.listed} FROM "{table.name}" WHERE {where}'  # noqa: S608
    for ident, *values in source.ask(sql):
        for column, value in zip(table.columns, values, strict=True):
            clean = mended(column, value)
            found.unclean[column.name] += clean != value
            size = _size(column, clean)
            if column.most is not None and size > column.most:
                found.misfits.append(Misfit(table.name, str(ident), column, size))
    found.unclean = +found.unclean
    return found


def mender(found: Findings, *, shorten: bool) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    """A function that makes a row of the table fit; rows of a clean table stay as they are."""
    touched = {misfit.column.name for misfit in found.misfits} if shorten else set()
    touched |= set(found.unclean)
    places = [(at, c) for at, c in enumerate(found.table.columns) if c.name in touched]
    if not places:
        return lambda row: row

    def mend(row: tuple[Any, ...]) -> tuple[Any, ...]:
        values = list(row)
        for at, column in places:
            value = mended(column, values[at])
            values[at] = value[: column.most] if shorten and column.is_text and value else value
        return tuple(values)

    return mend


def mended(column: Column, value: Any) -> Any:
    """The value without what PostgreSQL cannot hold in any text."""
    if not isinstance(value, str):
        return value
    if column.is_json:
        return _mended_json(value)
    return value.replace(NUL, "") if column.is_text else value


def _mended_json(text: str) -> str:
    if "\\u" not in text:
        return text
    read = json.loads(text)
    clean = _without(read)
    return text if clean == read else json.dumps(clean)


def _without(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace(NUL, "").translate(SURROGATES)
    if isinstance(value, list):
        return [_without(one) for one in value]
    if isinstance(value, dict):
        return {_without(key): _without(one) for key, one in value.items()}
    return value


def _size(column: Column, value: Any) -> int:
    if column.is_text:
        return len(value) if isinstance(value, str) else 0
    return abs(value) if isinstance(value, int) else 0


def _test(column: Column) -> str:
    """SQL that holds for every value that may not fit; "" where all do."""
    name = f'"{column.name}"'
    if column.is_json:
        said = " OR ".join(f"{name} LIKE '%\\{escape}%'" for escape in ESCAPES)
        return f"(instr({name}, '\\u') > 0 AND ({said}))"
    if column.is_text:
        has_nul = f"instr(CAST({name} AS BLOB), x'00') > 0"  # length() ends at the first NUL
        return f"({has_nul} OR length({name}) > {column.most})" if column.most else has_nul
    return f"abs({name}) > {column.most}" if column.most else ""
