"""`import_experts FILE.csv [--dry-run] [--refused FILE]`: the staff's import, at a terminal."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from experts import registry
from experts.importing.export import refused_csv
from experts.importing.problems import of_file
from experts.importing.rows import Plan
from experts.importing.sheet import Unreadable
from streams.trail import MACHINE


class Command(BaseCommand):
    """Imports all good lines and tells of every other one what is wrong with it."""

    help = "Imports a list of experts (CSV). Lines with an error are left out and told one by one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="only say what would happen")
        parser.add_argument("--refused", type=Path, help="write the refused lines to this file")

    def handle(self, *args: Any, file: Path, dry_run: bool, **options: Any) -> None:
        plan = self._plan(file, dry_run=dry_run)
        for bad in plan.refused:
            for problem in bad.problems:
                where = _("line %(n)d") % {"n": bad.line.number}
                what = f"{problem.column} “{problem.value}” {problem.wrong(_)}"
                self.stderr.write(f"{where}: {what}. {problem.remedy(_)}")
        if plan.refused and options["refused"]:
            options["refused"].write_bytes(refused_csv(plan, _))
        counts = {
            name: len(getattr(plan, name)) for name in ("new", "changed", "unchanged", "refused")
        }
        words = _("%(new)d new, %(changed)d changed, %(unchanged)d unchanged, %(refused)d refused.")
        self.stdout.write(words % counts)

    def _plan(self, file: Path, *, dry_run: bool) -> Plan:
        try:
            body = file.read_bytes()
            if dry_run:
                return registry.dry_run(body, timezone.now())
            return registry.import_list(body, MACHINE, progress=self._progress)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        except Unreadable as error:
            raise CommandError(f"{file}: {of_file(error.args[0], error.args[1:], _)}") from error

    def _progress(self, done: int, whole: int) -> None:
        self.stderr.write(_("%(done)d of %(whole)d") % {"done": done, "whole": whole})
