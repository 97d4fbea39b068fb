"""`manage.py alive`: whether this machine's process of a kind gives a sign of life."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error
from django.utils import timezone

from streams.heartbeat import here, worker_kind
from streams.models import Heartbeat
from streams.wiring import topology

PATIENCE = 30.0
"""Seconds that the last beat may be old."""


class Command(BaseCommand):
    requires_system_checks = ()  # it runs every half a minute
    help = "Ends with 0 when this machine's process gave a sign of life in the last 30 seconds."

    def add_arguments(self, parser: ArgumentParser) -> None:
        choice = ["collect", "relay", *topology().groups(), "beat"]
        words = f"a process, or a group of workers: {', '.join(choice)}"
        parser.add_argument("name", choices=choice, help=words)

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        kind = worker_kind(name) if name in topology().groups() else name
        try:
            last = (
                Heartbeat.objects.filter(name__startswith=here(kind))
                .order_by("-at")
                .values_list("at", flat=True)
                .first()
            )
        except Error as error:
            raise CommandError(f"the database does not answer: {str(error).strip()}") from error
        if last is None:
            raise CommandError(f"{name} gave no sign of life on this machine in the last hour.")
        age = (timezone.now() - last).total_seconds()
        if age > PATIENCE:
            raise CommandError(f"{name} gave its last sign of life {age:.0f} s ago.")
