"""`manage.py relay`: carries the log to Kafka."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from streams.distributed import required
from streams.processes import Stopper


class Command(BaseCommand):
    requires_system_checks = ()  # `up` and `migrate` make them; a process should start at once
    help = "Carries records from the database's log to Kafka, in order, one relay at a time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        words = "only mark what is still open to be carried once more (the broker lost its data)"
        parser.add_argument("--again", action="store_true", help=words)

    def handle(self, *args: Any, again: bool, **options: Any) -> None:
        required()
        from streams import relay
        from streams.kafka import TopicDiffers

        if again:
            n = relay.again()
            self.stdout.write(
                f"{n} records go to Kafka once more, as soon as a relay runs. Restart the workers: "
                "those that ran meanwhile wait for messages that are gone."
            )
            return
        try:
            relay.Relay().run(Stopper())
        except TopicDiffers as error:
            raise CommandError(str(error)) from error
