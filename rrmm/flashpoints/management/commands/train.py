"""`train --data FOLDER --out FILE`: trains the flashpoint model; no database, no service."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from models import train


class Command(BaseCommand):
    """The same as `python -m models.train`, with the model file of the settings as default."""

    help = "Trains the flashpoint model on labelled items and writes the model file."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--data", type=Path, required=True, help="folder with train.jsonl")
        parser.add_argument("--out", type=Path, default=Path(settings.MODEL_FILE))

    def handle(self, *args: Any, data: Path, out: Path, **options: Any) -> None:
        train.main(["--data", str(data), "--out", str(out)])
