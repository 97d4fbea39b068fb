"""Which of the two runtimes the settings ask for."""

from django.conf import settings
from django.core.management.base import CommandError


def is_distributed() -> bool:
    """Whether Kafka carries the events here."""
    return bool(settings.KAFKA_URL)


def required() -> None:
    """Raises CommandError, saying what to set, where a command needs Kafka (and, as the settings
    see to, PostgreSQL)."""
    if not settings.KAFKA_URL:
        raise CommandError("KAFKA_URL is empty: set it to the broker, like kafka://host:9092.")
