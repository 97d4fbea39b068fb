"""`manage.py faust`: a distributed worker."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    requires_system_checks = ()  # `up` and `migrate` make them; a process should start at once
    help = "Runs the stages (or those named) over Kafka, as a faust worker."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("stages", nargs="*", help="names of stages; all when none is given")

    def handle(self, *args: Any, stages: list[str], **options: Any) -> None:
        if not settings.KAFKA_URL:
            raise CommandError("KAFKA_URL is empty: set it to the broker, like kafka://host:9092.")
        from streams.faust_app import run

        run(stages)
