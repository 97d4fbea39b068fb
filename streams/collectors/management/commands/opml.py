"""Feeds from and to an OPML file: `opml import FILE [--dry-run]`, `opml export [FILE]`."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from streams.collectors.opml import OpmlError, OpmlReport, export_opml, import_opml


class Command(BaseCommand):
    """The same doors that the sources page uses."""

    help = "Reads feeds from an OPML file, or writes ours to one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        reading = acts.add_parser("import", help="make feeds of a subscription list")
        reading.add_argument("file", type=Path)
        reading.add_argument("--dry-run", action="store_true", help="say what would be, and stop")
        writing = acts.add_parser("export", help="write our feeds (to stdout without FILE)")
        writing.add_argument("file", type=Path, nargs="?")

    def handle(self, *args: Any, act: str, file: Path | None, **options: Any) -> None:
        try:
            if act == "export":
                self._write(file)
            elif file is not None:
                self._tell(import_opml(file.read_bytes(), dry_run=bool(options["dry_run"])))
        except (OpmlError, OSError) as error:
            raise CommandError(f"{file}: {error}") from error

    def _write(self, file: Path | None) -> None:
        document = export_opml()
        if file is None:
            sys.stdout.buffer.write(document + b"\n")
            sys.stdout.flush()
            return
        file.write_bytes(document)
        self.stdout.write(_("Written to %(file)s.") % {"file": file})

    def _tell(self, report: OpmlReport) -> None:
        for row in report.rows:
            if row.result == "refused":
                self.stderr.write(f"{row.number}: {row.url}: {row.words}")
        facts = {name: report.count(name) for name in ("created", "known", "twice", "refused")}
        if report.dry_run:
            said = _("Would add %(created)d feeds; have %(known)d; twice in the file %(twice)d; ")
        else:
            said = _("Added %(created)d feeds; had %(known)d; twice in the file %(twice)d; ")
        self.stdout.write((said + _("refused %(refused)d.")) % facts)
