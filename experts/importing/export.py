"""Lists that leave: the registry as CSV, and refused lines with their reasons. Pure.

A cell that a spreadsheet would read as a formula gets a quote in front (OWASP, "CSV Injection");
our import takes it off again.
"""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from experts.importing.rows import Plan, Row
from experts.importing.sheet import COLUMNS

SHIELDED = ("email", "communities")
"""Columns that leave only when they are asked for by name."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_MARK = "\ufeff"
"""So that spreadsheets read UTF-8."""


def registry_csv(people: Iterable[Row], *, shielded: Sequence[str] = ()) -> bytes:
    """The registry in the columns of the import. shielded: which of SHIELDED to give away."""
    columns = [name for name in COLUMNS if name not in SHIELDED or name in shielded]
    rows = ([_cell(getattr(row, name)) for name in columns] for row in people)
    return _written([columns, *rows])


def refused_csv(plan: Plan, translate: Callable[[str], str] = str) -> bytes:
    """The refused lines of a plan as they were written, with line number and reasons, to be
    corrected and imported again."""
    columns = [*plan.sheet.columns, "line", "what_is_wrong"]
    rows = (
        [
            *(_safe(bad.line.cells.get(name, "")) for name in plan.sheet.columns),
            str(bad.line.number),
            _safe(" ".join(_reason(problem, translate) for problem in bad.problems)),
        ]
        for bad in plan.refused
    )
    return _written([columns, *rows])


def _reason(problem: Any, translate: Callable[[str], str]) -> str:
    return f"{problem.column}: {problem.wrong(translate)}. {problem.remedy(translate)}"


def _cell(value: Any) -> str:
    if isinstance(value, tuple):
        return _safe(";".join(value))
    if isinstance(value, datetime):
        return value.isoformat()
    return _safe("" if value is None else str(value))


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _written(rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return (_MARK + out.getvalue()).encode("utf-8")
