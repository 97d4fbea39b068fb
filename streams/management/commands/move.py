"""`manage.py move --from FILE`: brings a desk from its SQLite file into PostgreSQL, whole."""

import sqlite3
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from streams.models import OPEN, Delivery
from streams.moving import showing, target
from streams.moving.fitting import Findings, look
from streams.moving.secret import check_secret
from streams.moving.source import CannotMove, DeskFile, check_migrations
from streams.moving.tables import Table, tables


class Command(BaseCommand):
    """Run it with the settings of the new desk; the old file is only read."""

    requires_system_checks = ()  # `migrate` makes them
    help = (
        "Copies every row of a desk's SQLite file into the empty PostgreSQL database that "
        "DATABASE_URL names, all or nothing. The file is only read."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--from", dest="file", type=Path, required=True, metavar="FILE",
            help="the old desk's database, rrmm.sqlite3 in its DATA_DIR",
        )  # fmt: skip
        parser.add_argument(
            "--shorten", action="store_true", help="cut texts that are longer than their column"
        )

    def handle(self, *args: Any, file: Path, shorten: bool, **options: Any) -> None:
        try:
            self._move(file, shorten=shorten)
        except CannotMove as error:
            raise CommandError(str(error)) from error
        except sqlite3.Error as error:
            said = {"path": file, "why": error}
            words = _("%(path)s cannot be read: %(why)s. Nothing was moved.")
            raise CommandError(words % said) from error

    def _move(self, file: Path, *, shorten: bool) -> None:
        target.check_server()
        wanted = tables()
        target.check_unused(wanted)
        source = DeskFile(file)
        try:
            check_migrations(source.applied())
            known = check_secret(source)
            source.await_silence(self.say)
            source.begin()
            found = self._look(source, wanted, shorten=shorten)
            self.say(_("Making the tables …"))
            target.make_tables()
            self.say(_("Copying …"))
            bars = showing.Bars(self.stdout)
            copied = target.copy(source, found, bars, shorten=shorten, **_noted(found))
        finally:
            source.close()
        self.say("\n".join(showing.mended(found)))
        self.say(_("Every row is there:"))
        self.say("\n".join(showing.arrived(copied)))
        self._tell_what_next(file, known=known)

    def _look(self, source: DeskFile, wanted: list[Table], *, shorten: bool) -> list[Findings]:
        self.say(_("Looking for what PostgreSQL cannot hold …"))
        source.check_references()
        found = [look(source, table) for table in wanted]
        misfits = [
            misfit
            for one in found
            for misfit in one.misfits
            if not (shorten and misfit.column.is_text)
        ]
        if misfits:
            raise CannotMove(showing.misfits(misfits))
        return found

    def _tell_what_next(self, file: Path, *, known: bool) -> None:
        waiting = Delivery.objects.filter(state__in=OPEN).count()
        lines = [_("Next:")]
        if not known:
            lines.append(
                _("- Nothing tells whether SECRET_KEY is the old desk's. If it is not, links in "
                  "mails that people have lead nowhere.")
            )  # fmt: skip
        if settings.KAFKA_URL:
            lines.append(_("- `manage.py topics` makes and checks Kafka's topics."))
        lines += [
            _("- Start the new desk with these settings: `manage.py up`, or each process by "
              "itself. It goes on with the %(n)d open deliveries.") % {"n": waiting},
            _("- Never start the old desk again: it would send its open mails a second time. "
              "Keep %(file)s until you trust the new one; it was not changed.") % {"file": file},
        ]  # fmt: skip
        self.say("\n".join(lines))

    def say(self, words: str) -> None:
        """One part of the report, at once."""
        if words:
            self.stdout.write(words)
            self.stdout.flush()


def _noted(found: list[Findings]) -> dict[str, int]:
    """What the trail says of the move beside its counts."""
    return {"mended": sum(one.unclean.total() for one in found)}
