"""`demo_feeds --port 8010`: serves the demonstration's invented outlets on loopback."""

import asyncio
import contextlib
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from streams.collectors.demo.server import HOST, serve


class Command(BaseCommand):
    """Ends on Ctrl-C or SIGTERM, within two seconds."""

    help = "Serves the feeds of the demonstration, as their own WebSub hub, on this machine only."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=settings.DEMO_PORT)

    def handle(self, *args: Any, port: int, **options: Any) -> None:
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
