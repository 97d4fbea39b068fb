"""`manage.py work`: runs the stages over the database's own log."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from streams.heartbeat import worker_kind
from streams.processes import Stopper
from streams.wiring import topology
from streams.work import Worker


class Command(BaseCommand):
    requires_system_checks = ()  # `up` and `migrate` make them; a process should start at once
    help = "Runs all stages (or those of one group of workers) over the log in the database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        choice = topology().groups()
        words = f"one of: {', '.join(choice)}; all stages when none is given"
        parser.add_argument("group", nargs="?", choices=choice, help=words)

    def handle(self, *args: Any, group: str | None, **options: Any) -> None:
        flow = topology()
        if group:
            Worker(flow.of_group(group), worker_kind(group)).run(Stopper())
        else:
            Worker(flow.stages).run(Stopper())
