"""`replay --days 7 --challenger FILE`: stored days through champion and challenger."""

import os
import signal
import time
from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connections
from django.urls import reverse

from models.artifacts import UnreadableModel
from models.flashpoint import Assessor
from rrmm.flashpoints.bar import Bar
from rrmm.flashpoints.champion import Unreachable, file_of
from rrmm.flashpoints.models import ModelFile, Replay
from rrmm.flashpoints.queries import learning, modelfiles, replays
from rrmm.flashpoints.services import measuring, replaying
from rrmm.flashpoints.services.promoting import Refused
from rrmm.flashpoints.services.registering import register

PATIENCE = 60
"""Seconds for which a database that is locked or away is waited for, in all in a row."""


class Command(BaseCommand):
    """Runs beside the desk with low priority; stopped or killed, the same call goes on."""

    help = (
        "Runs the stored articles of the last days through today's model and a challenger, and "
        "says per language what would have been different. Ctrl-C stops it; the same call again "
        "goes on where it was."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=float, default=7.0, help="how many days back (7)")
        parser.add_argument(
            "--challenger", default="", metavar="FILE",
            help="a model file, or the version of one that is known; without it the newest",
        )  # fmt: skip
        parser.add_argument("--fresh", action="store_true", help="begin anew, do not go on")

    def handle(self, *args: Any, days: float, challenger: str, fresh: bool, **options: Any) -> None:
        if not 0 < days <= settings.KEEP_ARTICLES_DAYS:
            raise CommandError(
                f"--days goes from 0 to {settings.KEEP_ARTICLES_DAYS}: articles are kept no "
                "longer (KEEP_ARTICLES_DAYS)."
            )
        with suppress(OSError):
            os.nice(10)
        model = wanted(challenger)
        if model.digest == modelfiles.champion_digest():
            raise CommandError(f"{model.version} is today's model: there is nothing to compare.")
        old, digest = self._champion()
        new = self._loaded(model)
        try:
            replay, again = replaying.begin(model, (old.version, digest), days, fresh=fresh)
        except replaying.Interrupted as error:
            raise CommandError("This replay is running already, in another process.") from error
        self._open(replay, again)
        self._run(replay, replaying.Pair(old, new))

    def _champion(self) -> tuple[Assessor, str]:
        found = modelfiles.champion()
        if found:
            return self._loaded(found), found.digest
        try:
            return Assessor.load(settings.MODEL_FILE), modelfiles.shipped_digest()
        except UnreadableModel as error:
            raise CommandError(str(error)) from error

    def _loaded(self, model: ModelFile) -> Assessor:
        try:
            return Assessor.load(file_of(model))
        except (OSError, Unreachable, UnreadableModel) as error:
            raise CommandError(f"{model.version} cannot be read: {error}") from error

    def _open(self, replay: Replay, again: bool) -> None:
        begun = f"goes on after {replay.done:,}" if again else "begins"
        self.stdout.write(
            f"The replay {begun}: {replay.total:,} articles since {replay.since:%Y-%m-%d %H:%M} "
            f"UTC, {replay.champion_version} against {replay.challenger.version}."
        )
        self.stdout.write(self._page(replay))

    def _run(self, replay: Replay, models: replaying.Pair) -> None:
        stopped: list[int] = []
        for name in (signal.SIGINT, signal.SIGTERM):
            with suppress(ValueError):  # not in the main thread
                signal.signal(name, lambda number, _frame: stopped.append(number))
        bar = Bar(self.stdout, replay.total, replay.done)
        try:
            while not stopped and patiently(lambda: replaying.step(replay, models)):
                bar.at(replay.done)
            bar.end()
            if stopped:
                replaying.stop(replay.pk)
                self.stdout.write("Stopped. The same call goes on where it is now.")
                return
            self._finish(replay, models)
        except replaying.Interrupted as error:
            bar.end()
            raise CommandError(
                "The replay was stopped on its page, or another process took it over. The same "
                "call goes on where it is now."
            ) from error
        except OperationalError:
            raise  # it can be resumed
        except Exception as error:
            replaying.fail(replay, f"{type(error).__name__}: {error}")
            raise

    def _finish(self, replay: Replay, models: replaying.Pair) -> None:
        champion = ModelFile.objects.filter(digest=replay.champion_digest).first()
        reports = (champion.report if champion else shipped_report(), replay.challenger.report)
        figures = measuring.measure(
            replay, learning.labels(), models, reports, lambda: replaying.beat(replay)
        )
        replaying.finish(replay, figures)
        for line in replays.lines(replay):
            self.stdout.write(line.words)
        for words in replays.labelled(replay.figures):
            self.stdout.write(words)
        self._verdict(replay)

    def _verdict(self, replay: Replay) -> None:
        standing = modelfiles.standing(replay.challenger)
        if gap := replays.gap_in_words(standing):
            self.stdout.write(gap)
        for finding in standing.findings:
            self.stdout.write(self.style.WARNING(f"Worse: {replays.in_words(finding)}"))
        if standing.good:
            self.stdout.write(
                f"Nothing speaks against it. Promote it on the page, or with: manage.py promote "
                f"{replay.challenger.version} --by YOUR-ADDRESS"
            )
        self.stdout.write(f"Side by side: {self._page(replay)}")

    def _page(self, replay: Replay) -> str:
        return f"{settings.BASE_URL}{reverse('staff:replay', args=[replay.pk])}"


def wanted(name: str) -> ModelFile:
    """The model of that file or version, taken in where it is not known; "" is the newest
    challenger. Raises CommandError."""
    if not name:
        found = ModelFile.objects.filter(state="challenger").order_by("-made_at").first()
        if found is None:
            raise CommandError("There is no challenger yet. Make one: manage.py train")
        return found
    if Path(name).is_file():
        try:
            return register(Path(name))
        except Refused as error:
            raise CommandError(str(error)) from error
    found = ModelFile.objects.filter(version=name).order_by("-made_at").first()
    if found is None:
        raise CommandError(f"{name} is no file, and no model of that version is known.")
    return found


def shipped_report() -> dict[str, Any]:
    """What the shipped model's file says of itself."""
    from models.artifacts import load

    return dict(load(settings.MODEL_FILE).metrics.get("report") or {})


def patiently(do: Any) -> int:
    """Calls it again while the database is locked or away, for PATIENCE seconds at most."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return int(do())
        except OperationalError:
            if time.monotonic() > end:
                raise
            connections.close_all()
            time.sleep(1.0)
