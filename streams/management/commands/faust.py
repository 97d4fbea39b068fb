"""`manage.py faust`: a distributed worker."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from streams.distributed import required
from streams.wiring import topology


class Command(BaseCommand):
    requires_system_checks = ()  # `up` and `migrate` make them; a process should start at once
    help = "Runs the stages of one group of workers over Kafka, as a faust worker."

    def add_arguments(self, parser: ArgumentParser) -> None:
        choice = topology().groups()
        parser.add_argument("group", choices=choice, help=f"one of: {', '.join(choice)}")

    def handle(self, *args: Any, group: str, **options: Any) -> None:
        required()
        from streams import faust_app, kafka

        try:
            kafka.ensure_topics(topology())
        except kafka.TopicDiffers as error:
            raise CommandError(str(error)) from error
        except kafka.BrokerAway as error:
            raise CommandError(
                f"no broker answers at {', '.join(kafka.servers())} ({type(error).__name__}): "
                "look whether it runs and whether KAFKA_URL names it."
            ) from error
        faust_app.run(group)
