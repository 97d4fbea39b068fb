"""`manage.py document`: writes docs/events.md and docs/flow.md from the code."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from streams.describe import events_page, flow_page
from streams.wiring import jobs, topology


class Command(BaseCommand):
    help = "Writes docs/events.md and docs/flow.md from the code."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say whether they are so")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        pages = {
            "events.md": events_page(topology()),
            "flow.md": flow_page(topology(), jobs()),
        }
        for name, words in pages.items():
            file = settings.ROOT / "docs" / name
            if check and (not file.exists() or file.read_text() != words):
                raise CommandError(f"docs/{name} is not up to date: run `manage.py document`.")
            if not check:
                file.write_text(words)
