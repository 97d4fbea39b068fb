"""`manage.py relay`: carries the log to Kafka."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from streams.processes import Stopper


class Command(BaseCommand):
    requires_system_checks = ()  # `up` and `migrate` make them; a process should start at once
    help = "Carries records from the database's log to Kafka, in order, one relay at a time."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.KAFKA_URL:
            raise CommandError("KAFKA_URL is empty: set it to the broker, like kafka://host:9092.")
        from streams.kafka import Relay, ensure_topics

        stop = Stopper()
        ensure_topics()
        Relay().run(stop)
