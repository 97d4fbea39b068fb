"""`demo_feeds --port 8010`: serves the demonstration's invented outlets on loopback."""

import asyncio
import contextlib
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connections
from django.utils.translation import gettext as _

from streams.collectors.demo.seeding import seed_demo
from streams.collectors.demo.server import HOST, serve


class Command(BaseCommand):
    """Makes the feeds' rows, then serves until Ctrl-C or SIGTERM; ends within two seconds."""

    help = "Serves the feeds of the demonstration, as their own WebSub hub, on this machine only."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=settings.DEMO_PORT)
        parser.add_argument("--no-seed", action="store_true", help="serve, but make no feeds")

    def handle(self, *args: Any, port: int, no_seed: bool, **options: Any) -> None:
        if not no_seed:
            _seed(port)
        try:
            with contextlib.suppress(KeyboardInterrupt):
                asyncio.run(serve(port, self._tell))
        except (OSError, OverflowError) as error:
            facts = {"host": HOST, "port": port, "error": error}
            words = _("%(host)s:%(port)d cannot be used (%(error)s). Give another --port.") % facts
            raise CommandError(words) from error

    def _tell(self, address: str) -> None:
        words = _("The demonstration's feeds are at %(address)s/ (invented outlets).")
        self.stdout.write(words % {"address": address})
        self.stdout.flush()


def _seed(port: int) -> None:
    try:
        seed_demo(f"http://{HOST}:{port}")
    except DatabaseError as error:
        hint = _("The feeds cannot be written (%(error)s). Run `manage.py migrate` first.")
        raise CommandError(hint % {"error": error}) from error
    finally:
        connections.close_all()
