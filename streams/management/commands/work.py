"""`manage.py work`: runs the stages over the database's own log."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from streams.processes import Stopper
from streams.wiring import topology
from streams.work import Worker


class Command(BaseCommand):
    requires_system_checks = ()  # `up` and `migrate` make them; a process should start at once
    help = "Runs all stages (or those named) over the log in the database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("stages", nargs="*", help="names of stages; all when none is given")
        parser.add_argument("--without", action="append", default=[], help="all but this stage")

    def handle(self, *args: Any, stages: list[str], without: list[str], **options: Any) -> None:
        flow = topology()
        left_out = {flow.stage(name) for name in without}
        chosen = [flow.stage(name) for name in stages] or list(flow.stages)
        wanted = [stage for stage in chosen if stage not in left_out]
        Worker(wanted).run(Stopper())
