"""`demo_network`: the invented experts of the demonstration, in or out."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from experts import registry


class Command(BaseCommand):
    """Loads the demo network; as often as one likes."""

    help = "Loads the invented experts of the demonstration; --remove takes them out again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--remove", action="store_true", help="take the invented experts out")

    def handle(self, *args: Any, remove: bool, **options: Any) -> None:
        if remove:
            gone = registry.remove_demo()
            self.stdout.write(_("%(n)d invented experts are gone.") % {"n": gone["experts"]})
            return
        done = registry.load_demo()
        words = _("Invented experts: %(new)d new, %(changed)d changed, %(unchanged)d as before.")
        self.stdout.write(words % done)
