"""`manage.py beat`: the clock."""

from typing import Any

from django.core.management.base import BaseCommand

from streams import beat
from streams.processes import Stopper
from streams.wiring import jobs


class Command(BaseCommand):
    requires_system_checks = ()  # `up` and `migrate` make them; a process should start at once
    help = "Runs the named jobs of the clock when they are due."

    def handle(self, *args: Any, **options: Any) -> None:
        beat.run(jobs(), Stopper())
