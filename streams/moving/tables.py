"""The tables that hold a desk, as Django's models describe them."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models

KINDS = {
    "smallint", "integer", "bigint", "boolean", "double precision", "text", "varchar", "char",
    "jsonb", "uuid", "timestamp with time zone", "date", "bytea", "inet",
}  # fmt: skip
"""Those whose values SQLite keeps in a shape that PostgreSQL reads."""
LIMITS = {"smallint": 2**15 - 1, "integer": 2**31 - 1}
"""The largest number of each of PostgreSQL's types; SQLite stores any that has 64 bits."""


@dataclass(frozen=True, slots=True)
class Column:
    """kind: PostgreSQL's type, like varchar(200)."""

    name: str
    kind: str

    @property
    def is_text(self) -> bool:
        return self.kind == "text" or self.kind.startswith(("varchar", "char("))

    @property
    def is_json(self) -> bool:
        return self.kind == "jsonb"

    @property
    def most(self) -> int | None:
        """Characters that fit into a text, or the largest number; None where nothing is too big."""
        if self.is_text and "(" in self.kind:
            return int(self.kind.partition("(")[2].rstrip(")"))
        return LIMITS.get(self.kind)


@dataclass(frozen=True, slots=True)
class Table:
    """One table; key: the column of its primary key."""

    name: str
    key: str
    columns: tuple[Column, ...]

    @property
    def listed(self) -> str:
        """The columns as SQL writes them."""
        return ", ".join(f'"{column.name}"' for column in self.columns)


def tables() -> list[Table]:
    """Every table of every installed app, those between many and many included, by name."""
    found = []
    for meta in (model._meta for model in apps.get_models(include_auto_created=True)):
        if not meta.managed or meta.proxy or meta.swapped:
            continue
        columns = tuple(_column(field) for field in meta.local_concrete_fields)
        found.append(Table(meta.db_table, str(meta.pk.column), columns))
    return sorted(found, key=lambda table: table.name)


def _column(field: "models.Field[Any, Any]") -> Column:
    kind = field.db_type(connection) or ""
    if kind.partition("(")[0] not in KINDS:
        raise TypeError(f"{field}: the move does not know how SQLite keeps a value of type {kind}")
    return Column(str(field.column), kind)
