"""The SQLite file that a desk moves out of: read as it stands at one moment, never changed."""

import contextlib
import fcntl
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _

from streams.models import Heartbeat
from streams.moving.tables import Table
from streams.queries import ALIVE

FETCH = 2000
SHARED = (510, 0x40000002)
"""Length and start of the bytes that each process with the file open has locked (SQLite's
os_unix.c); in WAL mode for as long as its connection lives."""
FEW = 5


class CannotMove(Exception):
    """Why the move does not begin, or does not end; says what to do next."""


class DeskFile:
    """Open it, `begin()`, read, `end()`."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise CannotMove(
                _("There is no file %(path)s. Give the database of the old desk: it is called "
                  "rrmm.sqlite3 and lies in that desk's DATA_DIR (var/ when none was set).")
                % {"path": path}
            )  # fmt: skip
        self.path = path
        if _is_in_use(path):
            raise CannotMove(
                _("Something still has %(path)s open: end the old desk first (Ctrl-C where "
                  "`manage.py up` runs, or stop its service).") % {"path": path}
            )  # fmt: skip
        self._connection = _open(path)
        self._stood: tuple[int, ...] = ()

    def applied(self) -> set[tuple[str, str]]:
        """The migrations that made the file. Raises CannotMove where there are none."""
        try:
            rows = self._connection.execute("SELECT app, name FROM django_migrations")
            found = {(str(app), str(name)) for app, name in rows}
        except sqlite3.DatabaseError as error:
            raise CannotMove(_not_a_desk(self.path, str(error))) from error
        if not any(app == "streams" for app, _name in found):
            raise CannotMove(_not_a_desk(self.path, _("it holds something else")))
        return found

    def await_silence(self, say: Callable[[str], object]) -> None:
        """Returns when the desk's processes are silent; raises CannotMove when one beats.

        Who has just ended them waits for up to 20 seconds here.
        """
        first = self._beats()
        if not first:
            return
        say(_("Waiting up to 20 seconds, to be sure that the old desk has ended …"))
        end = time.monotonic() + ALIVE.total_seconds()
        while time.monotonic() < end and (now := self._beats()):
            if now.items() - first.items():
                names = ", ".join(sorted(now))
                raise CannotMove(
                    _("The old desk is still running (%(names)s): end it first (Ctrl-C where "
                      "`manage.py up` runs, or stop its service).") % {"names": names}
                )  # fmt: skip
            time.sleep(0.5)

    def _beats(self) -> dict[str, str]:
        since = (datetime.now(UTC) - ALIVE).replace(tzinfo=None).isoformat(sep=" ")
        table = Heartbeat._meta.db_table
        sql = f'SELECT name, at FROM "{table}" WHERE at > ?'  # noqa: S608
        return dict(self._connection.execute(sql, [since]).fetchall())

    def begin(self) -> None:
        """From now on everything is read as it stands now."""
        self._stood = self._state()
        self._connection.execute("BEGIN")

    def end(self) -> None:
        """Raises CannotMove when somebody wrote since `begin`: that would be missing."""
        self._connection.execute("COMMIT")
        if self._state() != self._stood:
            raise CannotMove(
                _("%(path)s was written to while it was read. Nothing was moved. End whatever "
                  "works on it, then start the move again.") % {"path": self.path}
            )  # fmt: skip

    def close(self) -> None:
        self._connection.close()

    def check_references(self) -> None:
        """Raises CannotMove where a row refers to one that is gone: PostgreSQL would refuse it."""
        broken = self.ask("PRAGMA foreign_key_check").fetchmany(FEW)
        if broken:
            some = ", ".join(f"{table} {row} → {parent}" for table, row, parent, _key in broken)
            raise CannotMove(
                _("Rows of the old desk refer to rows that are gone (%(some)s, …). Delete them "
                  "there first.") % {"some": some}
            )  # fmt: skip

    def count(self, table: Table) -> int:
        """How many rows the table has."""
        return int(self.ask(f'SELECT count(*) FROM "{table.name}"').fetchone()[0])  # noqa: S608

    def rows(self, table: Table) -> Iterator[tuple[Any, ...]]:
        """All rows as SQLite holds them, in the order of the columns."""
        found = self.ask(f'SELECT {table.listed} FROM "{table.name}"')  # noqa: S608
        while part := found.fetchmany(FETCH):
            yield from part

    def ask(self, sql: str) -> sqlite3.Cursor:
        """Any question."""
        return self._connection.execute(sql)

    def _state(self) -> tuple[int, ...]:
        """Changes with every commit of anybody else."""
        file = self.path.stat()
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        return int(version), file.st_size, file.st_mtime_ns


def check_migrations(applied: Iterable[tuple[str, str]]) -> None:
    """Raises CannotMove unless these are the migrations of the code that runs."""
    ours, theirs = known_migrations(), set(applied)
    if missing := sorted(ours - theirs):
        raise CannotMove(
            _("The old desk was last run by an older version (it lacks %(names)s). Bring it up "
              "to date first: `manage.py migrate` with the old desk's settings.")
            % {"names": _named(missing)}
        )  # fmt: skip
    if more := sorted(theirs - ours):
        raise CannotMove(
            _("The old desk was run by another version than this one (it has %(names)s). Move "
              "with the version that it ran with.") % {"names": _named(more)}
        )  # fmt: skip


def known_migrations() -> set[tuple[str, str]]:
    """Those of this code, as (app, name)."""
    return set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def _named(migrations: list[tuple[str, str]]) -> str:
    names = [f"{app}.{name}" for app, name in migrations[:FEW]]
    return ", ".join(names) + (", …" if len(migrations) > FEW else "")


def _not_a_desk(path: Path, why: str) -> str:
    return _("%(path)s is not the database of a desk: %(why)s.") % {"path": path, "why": why}


def _is_in_use(path: Path) -> bool:
    """Whether another process has the file open as a database."""
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(path.open("r+b"))
        except OSError:
            return False  # not ours to write, so nothing here works on it
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, *SHARED)
        except OSError:
            return True
    return False


def _open(path: Path) -> sqlite3.Connection:
    """Read-only; also from a folder that cannot be written to, where nothing is left to recover."""
    left = path.with_name(f"{path.name}-wal")
    fixed = not os.access(path.parent, os.W_OK)
    address = f"file:{quote(str(path.resolve()))}?mode=ro" + ("&immutable=1" if fixed else "")
    try:
        if fixed and left.exists() and left.stat().st_size:
            raise sqlite3.OperationalError
        connection = sqlite3.connect(address, uri=True, isolation_level=None)
        connection.execute("SELECT 1 FROM sqlite_master").fetchall()
    except sqlite3.OperationalError as error:
        raise CannotMove(
            _("%(path)s cannot be read as it lies there. Copy it, with the files beside it whose "
              "names begin like its own, into a folder that this user may write to.")
            % {"path": path}
        ) from error  # fmt: skip
    except sqlite3.DatabaseError as error:
        raise CannotMove(_not_a_desk(path, str(error))) from error
    return connection
