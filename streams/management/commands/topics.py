"""`manage.py topics`: creates and checks Kafka's topics."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from streams.distributed import required
from streams.wiring import topology


class Command(BaseCommand):
    requires_system_checks = ()
    help = "Creates missing topics and says how those that are there differ from the settings."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--grow", action="store_true", help="add the partitions that lack")

    def handle(self, *args: Any, grow: bool, **options: Any) -> None:
        required()
        from streams import kafka

        try:
            if grow:
                for name in kafka.grow_topics(topology()):
                    self.stdout.write(f"{name}: partitions added")
            kafka.ensure_topics(topology())
        except kafka.TopicDiffers as error:
            raise CommandError(str(error)) from error
        except kafka.BrokerAway as error:
            raise CommandError(f"the broker did not answer: {error}") from error
        self.stdout.write(f"{len(topology().topics())} topics are as the settings say.")
