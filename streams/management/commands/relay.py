"""`manage.py relay`: carries the log to Kafka."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from streams.distributed import required
from streams.processes import Stopper


class Command(BaseCommand):
    requires_system_checks = ()  # `up` and `migrate` make them; a process should start at once
    help = "Carries records from the database's log to Kafka, in order, one relay at a time."

    def handle(self, *args: Any, **options: Any) -> None:
        required()
        from streams.kafka import TopicDiffers
        from streams.relay import Relay

        try:
            Relay().run(Stopper())
        except TopicDiffers as error:
            raise CommandError(str(error)) from error
