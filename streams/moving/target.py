"""The PostgreSQL database that a desk moves into: empty before, whole afterwards, or untouched."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _

from streams import trail
from streams.models import Lease
from streams.moving.fitting import Findings, mender
from streams.moving.source import CannotMove, DeskFile, known_migrations
from streams.moving.tables import Table

MADE_BY_MIGRATE = {ContentType._meta.db_table, Permission._meta.db_table}
STEP = 2000
"""Rows between two reports of progress."""


class Progress(Protocol):
    """Somebody is told how far the copying is."""

    def at(self, table: str, n: int, of: int) -> None:
        """`n` rows of `of` were copied into the table; the last call has n == of."""


@dataclass(frozen=True, slots=True)
class Copied:
    """One table's rows, in the old desk and in the new one."""

    table: str
    source: int
    target: int


def check_server() -> None:
    """Raises CannotMove unless the settings name a PostgreSQL that answers and holds UTF-8."""
    if connection.vendor != "postgresql":
        raise CannotMove(
            _("The move goes into PostgreSQL, and DATABASE_URL is not one. Set it, like "
              "DATABASE_URL=postgresql://user:password@host:5432/name, and start the move again.")
        )  # fmt: skip
    try:
        encoding = _one("SHOW server_encoding")
    except OperationalError as error:
        raise CannotMove(
            _("PostgreSQL does not answer: %(why)s\nLook whether it runs, and whether "
              "DATABASE_URL names it.") % {"why": str(error).strip()}
        ) from error  # fmt: skip
    if encoding != "UTF8":
        raise CannotMove(
            _("The database holds %(encoding)s, and must hold UTF8. Make it with: "
              "CREATE DATABASE name ENCODING 'UTF8' TEMPLATE template0;") % {"encoding": encoding}
        )  # fmt: skip


def check_unused(tables: Sequence[Table]) -> None:
    """Raises CannotMove where a desk, or another version's tables, are in the database."""
    if set(MigrationRecorder(connection).applied_migrations()) - known_migrations():
        raise CannotMove(
            _("The target database was prepared by another version of this program. Give the "
              "move an empty database.")
        )  # fmt: skip
    there = set(connection.introspection.table_names())
    check_empty([table for table in tables if table.name in there])


def make_tables() -> None:
    """Migrates the database."""
    with _explained():
        call_command("migrate", verbosity=0, interactive=False)


def check_empty(tables: Sequence[Table]) -> None:
    """Raises CannotMove where there are rows that `migrate` does not make by itself."""
    counts = {table.name: _count(table) for table in tables if table.name not in MADE_BY_MIGRATE}
    if found := {name: n for name, n in counts.items() if n}:
        some = ", ".join(f"{name} {n}" for name, n in list(found.items())[:5])
        raise CannotMove(
            _("A desk already lives in the target database (%(some)s). Nothing was changed. "
              "Give the move an empty database: its name stands in DATABASE_URL.")
            % {"some": some}
        )  # fmt: skip


def copy(
    source: DeskFile, found: Sequence[Findings], progress: Progress, *, shorten: bool, **note: Any
) -> list[Copied]:
    """Copies every row of every table in one transaction, and counts what arrived.

    `note` goes into the trail. Raises CannotMove; then the target is as empty as before.
    """
    tables = [one.table for one in found]
    with _explained(), transaction.atomic():
        _take_hold_of(tables)
        check_empty(tables)
        _statement(f"TRUNCATE {_listed(tables)}")
        sent = {f.table.name: _copy_table(source, f, progress, shorten=shorten) for f in found}
        _set_sequences()
        copied = [Copied(t.name, source.count(t), _count(t)) for t in tables]
        if wrong := [c for c in copied if not sent[c.table] == c.source == c.target]:
            raise CannotMove(_missing(wrong))
        Lease.objects.update(holder="", until=None)  # whoever held one has ended
        rows = sum(c.target for c in copied)
        trail.note(trail.MACHINE, "desk.moved", "desk", tables=len(copied), rows=rows, **note)
        source.end()
    _statement("ANALYZE")
    return copied


def _copy_table(source: DeskFile, found: Findings, progress: Progress, *, shorten: bool) -> int:
    table, mend = found.table, mender(found, shorten=shorten)
    total, n = source.count(table), 0
    if not total:
        return 0
    with connection.cursor() as cursor:
        into = f'COPY "{table.name}" ({table.listed}) FROM STDIN'
        with cursor.copy(into) as stream:
            for n, row in enumerate(source.rows(table), 1):
                stream.write_row(mend(row))
                if n % STEP == 0 and n < total:
                    progress.at(table.name, n, total)
    progress.at(table.name, n, n)
    return n


def _take_hold_of(tables: Sequence[Table]) -> None:
    """Nobody else writes until we are done; waits ten seconds for whoever does now."""
    _statement("SET LOCAL lock_timeout = '10s'")
    _statement(f"LOCK TABLE {_listed(tables)} IN ACCESS EXCLUSIVE MODE")


def _set_sequences() -> None:
    models = apps.get_models(include_auto_created=True)
    for statement in connection.ops.sequence_reset_sql(no_style(), models):
        _statement(statement)


def _listed(tables: Sequence[Table]) -> str:
    return ", ".join(f'"{table.name}"' for table in tables)


def _count(table: Table) -> int:
    return int(_one(f'SELECT count(*) FROM "{table.name}"'))  # noqa: S608  our own tables


def _one(sql: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def _statement(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def _missing(wrong: Sequence[Copied]) -> str:
    some = ", ".join(f"{c.table}: {c.target} of {c.source}" for c in wrong)
    return _("Not every row arrived (%(some)s). Nothing was kept.") % {"some": some}


@contextmanager
def _explained() -> Iterator[None]:
    try:
        with connection.wrap_database_errors:
            yield
    except DatabaseError as error:
        raise CannotMove(
            _("PostgreSQL refused: %(why)s\nNothing was kept; the old desk is unchanged.")
            % {"why": str(error).strip()}
        ) from error
