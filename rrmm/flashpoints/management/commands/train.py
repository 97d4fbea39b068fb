"""`train`: a challenger of the shipped model and what editors have taught since."""

import json
import os
import time
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any, TypeVar

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from models.artifacts import UnreadableModel, Weights, load
from rrmm.flashpoints import trainers
from rrmm.flashpoints.queries.learning import rows
from rrmm.flashpoints.services.promoting import Refused
from rrmm.flashpoints.services.training import Plan, make_challenger, plan

T = TypeVar("T")
SAY_EVERY = 10.0


class Command(BaseCommand):
    """Makes the file, takes it in as a challenger, and says what to do with it."""

    help = (
        "Makes a challenger. With --data, from the labelled collection (train.jsonl) and the "
        "collected verdicts; without, an update of the shipped model by the verdicts alone."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--data", type=Path, metavar="FOLDER", help="folder with train.jsonl")
        parser.add_argument("--out", type=Path, metavar="FILE", help="the model file to write")
        parser.add_argument(
            "--examples", type=Path, metavar="FILE",
            help="only write the collected examples, as JSON lines; train nothing",
        )  # fmt: skip

    def handle(
        self,
        *args: Any,
        data: Path | None,
        out: Path | None,
        examples: Path | None,
        **options: Any,
    ) -> None:
        if data is not None and not (data / "train.jsonl").is_file():
            raise CommandError(f"There is no train.jsonl in {data}.")
        try:
            learn = plan(collection=data is not None or examples is not None)
            self._say(learn)
            if examples is not None:
                self._write(examples, learn)
                return
            with suppress(OSError):
                os.nice(10)
            model = make_challenger(learn, self._trainer(data), out)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(
            f"Challenger {model.version} is made ({model.size / 2**20:.1f} MB). Now let it read "
            f"stored days: manage.py replay --days 7 --challenger {model.version}"
        )

    def _trainer(self, data: Path | None) -> Callable[[Sequence[dict[str, Any]]], Weights]:
        if data is not None:
            return lambda told: self._while(
                "Training anew", lambda: trainers.anew(data, told, self.stdout.write)
            )
        try:
            shipped = load(settings.MODEL_FILE)
        except UnreadableModel as error:
            raise CommandError(str(error)) from error
        return lambda told: self._while("Updating", lambda: trainers.updated(shipped, told))

    def _say(self, learn: Plan) -> None:
        told = learn.counts
        self.stdout.write(
            f"Collected: {told.flashpoints} articles of {told.cases_confirmed} confirmed cases, "
            f"{told.not_flashpoints} that are no flashpoint ({told.cases_not_ours} cases "
            f"dismissed as not ours), {told.places} corrected places, {told.lines} corrected "
            f"fault lines, {told.pairs} pairs of another event."
        )
        for code, yes, no in told.languages:
            self.stdout.write(f"  {code or '?'}: {yes} flashpoints, {no} others")
        self.stdout.write(
            f"Used to train: {len(learn.used)}. Kept back to measure: {len(learn.back)} (the "
            "newest fifth of the cases). Corrected places are held against the models in a replay; "
            "pairs are kept for the grouping. Neither trains anything here."
        )

    def _write(self, path: Path, learn: Plan) -> None:
        lines = [json.dumps(row, ensure_ascii=False) for row in rows([*learn.used, *learn.back])]
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        self.stdout.write(f"{len(lines)} examples are in {path}.")

    def _while(self, what: str, do: Callable[[], T]) -> T:
        """Does it, and says every few seconds that it is still at it."""
        over, begun = Event(), time.monotonic()

        def say() -> None:
            while not over.wait(SAY_EVERY):
                self.stdout.write(f"{what}: {time.monotonic() - begun:.0f} s so far")

        Thread(target=say, daemon=True).start()
        try:
            return do()
        finally:
            over.set()
            self.stdout.write(f"{what} took {time.monotonic() - begun:.0f} s.")
