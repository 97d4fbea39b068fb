"""The queue's filters: read from the address, drawn as links, counted."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from rrmm.flashpoints.models import FaultLine
from rrmm.flashpoints.queries.desk import DeskGroup, DeskRow

SHOWN = ("open", "mine", "severe", "closed")


@dataclass(frozen=True)
class Wish:
    """What the reader wants to see: `show` is one of SHOWN, `line` a fault line or ""."""

    show: str = "open"
    line: str = ""
    case: str = ""

    @property
    def query(self) -> str:
        """The part of an address that says so; "" for the default."""
        parts = {
            "show": self.show if self.show != "open" else "",
            "line": self.line,
            "case": self.case,
        }
        said = urlencode({name: value for name, value in parts.items() if value})
        return f"?{said}" if said else ""


@dataclass(frozen=True)
class Filter:
    """One link of the bar. `icon` stands for the name where there is one; count None: not told."""

    name: str
    url: str
    on: bool
    icon: str = ""
    count: int | None = None


def read(get: QueryDict) -> Wish:
    """The reader's wish; what is not known counts as not said."""
    show, line = get.get("show", ""), get.get("line", "")
    return Wish(
        show if show in SHOWN else "open",
        line if line in FaultLine.values else "",
        get.get("case", ""),
    )


def shown(groups: Sequence[DeskGroup], wish: Wish, reader: int) -> list[DeskGroup]:
    """The groups with only the rows that are wanted; empty ones left out."""
    kept = [
        replace(group, rows=tuple(row for row in group.rows if _wanted(row, wish, reader)))
        for group in groups
    ]
    return [group for group in kept if group.rows]


def bar(groups: Sequence[DeskGroup], wish: Wish, reader: int) -> list[Filter]:
    """Every filter as a link that keeps the rest of the wish, with what it would show."""
    rows = [row for group in groups for row in group.rows]
    names = {
        "open": _("Open"),
        "mine": _("Mine"),
        "severe": _("Severity 3 and 4"),
        "closed": _("Closed"),
    }
    found = [
        Filter(name, _url(wish, show=show), wish.show == show, count=_count(rows, show, reader))
        for show, name in names.items()
    ]
    return found + [
        Filter(
            str(line.label),
            _url(wish, line="" if wish.line == line else line.value),
            wish.line == line,
            icon=line.value,
        )
        for line in FaultLine
    ]


def _wanted(row: DeskRow, wish: Wish, reader: int) -> bool:
    closed = row.case.state in {"dismissed", "closed"}
    if wish.line and wish.line not in row.case.lines:
        return False
    if wish.show == "mine":
        return row.mine or (row.case.decided_by_id == reader and not closed)
    if wish.show == "severe":
        return row.case.severity >= 3 and not closed
    return closed if wish.show == "closed" else True


def _count(rows: Sequence[DeskRow], show: str, reader: int) -> int:
    wish = Wish(show)
    closed = {"dismissed", "closed"} if show == "open" else set()
    return sum(_wanted(row, wish, reader) and row.case.state not in closed for row in rows)


def _url(wish: Wish, **changes: Any) -> str:
    return reverse("staff:desk") + replace(wish, **changes).query
