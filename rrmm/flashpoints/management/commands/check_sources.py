"""`check_sources [--only TEXT] [--report FILE]`: asks every source of the starter list once."""

import asyncio
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from rrmm.flashpoints.source_check import Checked, check
from rrmm.flashpoints.source_report import as_json, as_markdown, counts
from streams.collectors.sources import SourceRow, SourcesError, load


class Command(BaseCommand):
    """Writes nothing into the database or the list: what follows is for a person to decide."""

    help = "Asks every source once, compares languages, and says what is wrong with which."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--only", default="", help="sources with this in outlet, address, country or language"
        )
        parser.add_argument(
            "--report", type=Path, help="FILE.md for people, FILE.json for programs"
        )
        parser.add_argument("--file", type=Path, default=settings.FEEDS_FILE, help="another list")

    def handle(
        self, *args: Any, only: str, report: Path | None, file: Path, **options: Any
    ) -> None:
        try:
            rows = list(wanted(load(file), only))
        except SourcesError as error:
            raise CommandError(str(error)) from error
        if not rows:
            raise CommandError(_("No source of the list has %(only)r in it.") % {"only": only})
        self._done, self._all = 0, len(rows)
        found = asyncio.run(check(rows, self._tell))
        self.stdout.write(", ".join(f"{name} {n}" for name, n in counts(found).items()))
        if report is not None:
            self._write(report, found)

    def _tell(self, one: Checked) -> None:
        self._done += 1
        facts = (f"{self._done}/{self._all}", one.verdict, one.row.outlet, one.words, one.detail)
        self.stdout.write("  ".join(fact for fact in facts if fact))
        self.stdout.flush()

    def _write(self, report: Path, found: list[Checked]) -> None:
        write = as_json if report.suffix == ".json" else as_markdown
        try:
            report.write_text(write(found, timezone.now()), encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{report}: {error.strerror}") from error
        self.stdout.write(_("The report is in %(file)s.") % {"file": report})


def wanted(rows: Iterable[SourceRow], only: str) -> Iterable[SourceRow]:
    """The rows with the text in outlet or address, or with it as country or language."""
    text = only.casefold()
    for row in rows:
        exact = text in {row.country.casefold(), row.language}
        if exact or text in row.outlet.casefold() or text in row.url.casefold():
            yield row
