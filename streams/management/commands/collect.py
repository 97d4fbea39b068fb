"""`manage.py collect`: polls the feeds and takes what hubs push, until it is told to end."""

import asyncio
import logging
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from streams.collectors import due, sources
from streams.collectors.collector import TURN, Collector, in_database
from streams.collectors.fetch import Fetcher
from streams.collectors.limits import from_settings
from streams.collectors.workers import Parsers
from streams.processes import Stopper
from streams.turn import Turn

log = logging.getLogger("streams.collectors")


class Command(BaseCommand):
    help = "Polls the feeds and takes in what hubs push."
    requires_system_checks = ()  # `up` has made them, and a collector should start at once

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="poll what is due, then end")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        seed()
        asyncio.run(_once(self.stdout.write) if once else _run(Stopper()))


def seed() -> None:
    """Rows for the starter list's sources that have none; a faulty list stops nobody."""
    if not settings.FEEDS_FILE.exists():
        return
    try:
        counts = sources.seed(settings.FEEDS_FILE)
    except sources.SourcesError as error:
        log.error("the starter list was not read: %s", error)
        return
    if counts.created:
        log.info("%d new feeds from the starter list", counts.created)


async def _run(stop: Callable[[], bool]) -> None:
    async with (
        Fetcher(from_settings()) as fetcher,
        Parsers(settings.COLLECT_PARSERS) as parsers,
    ):
        await Collector(fetcher, parsers).run(stop)


async def _once(write: Callable[[str], object]) -> None:
    turn = Turn(TURN)
    if not await in_database(turn.keep):
        told = {"holder": await in_database(turn.holder)}
        raise CommandError(_("A collector is at work (%(holder)s): it polls what is due.") % told)
    try:
        await _poll_all(write)
    finally:
        await in_database(turn.release)


async def _poll_all(write: Callable[[str], object]) -> None:
    async with (
        Fetcher(from_settings()) as fetcher,
        Parsers(settings.COLLECT_PARSERS) as parsers,
    ):
        feeds = await in_database(due.feeds, timezone.now(), 10_000, ())
        counts = await Collector(fetcher, parsers).poll_once(feeds)
    for name, n in sorted(counts.items()):
        write(_("%(name)s: %(n)d") % {"name": name, "n": n})
