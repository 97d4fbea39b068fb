"""How well the models see that worked and work here: their measured figures, no weights."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser

from models.figures import Bin, Report
from models.metrics import NoFigures, version_and_report
from rrmm.flashpoints.models import ModelFile, ModelState

log = logging.getLogger(__name__)
SHORT = 64
"""Characters of a version that a flag keeps."""


@dataclass(frozen=True, slots=True)
class Sight:
    """A model. version "": its file cannot be read; report None: nothing was measured."""

    version: str
    report: Report | None = None

    def bin_of(self, score: float) -> Bin | None:
        """What became of measured items with such a score; None where none was measured."""
        bins = self.report.reliability if self.report else ()
        return next((b for b in bins if b.low <= score <= b.high and b.share > 0), None)


@dataclass(frozen=True, slots=True)
class Reign:
    """A model that works here, or did. since None: the shipped one, from the beginning.
    `reason`: why somebody promoted it although the rule spoke against it."""

    sight: Sight
    since: datetime | None
    by: AbstractBaseUser | None = None
    reason: str = ""
    now: bool = False


def sight() -> Sight:
    """The model at work: the promoted one, else the shipped one."""
    row = (
        ModelFile.objects.filter(state=ModelState.CHAMPION).values_list("version", "report").first()
    )
    return shipped() if row is None else Sight(row[0], _report(row[1]))


def sight_of(version: str) -> Sight:
    """The model that a flag names, while it is known here; Sight("") else."""
    file = shipped()
    if file.version and file.version[:SHORT] == version:
        return file
    row = (
        ModelFile.objects.filter(version__startswith=version)
        .values_list("version", "report")
        .first()
    )
    return Sight(row[0], _report(row[1])) if version and row else Sight("")


def reigns() -> list[Reign]:
    """The models that worked here, the newest first; the shipped one last."""
    rows = ModelFile.objects.filter(promoted_at__isnull=False).select_related("promoted_by")
    rows = rows.order_by("-promoted_at")
    champion = any(row.state == ModelState.CHAMPION for row in rows)
    found = [
        Reign(
            Sight(row.version, _report(row.report)),
            row.promoted_at,
            row.promoted_by,
            row.reason,
            row.state == ModelState.CHAMPION,
        )
        for row in rows
    ]
    return [*found, Reign(shipped(), None, now=not champion)]


def shipped() -> Sight:
    """The model of settings.MODEL_FILE; its file is read again when it changes."""
    file = Path(settings.MODEL_FILE)
    try:
        made = file.stat()
    except OSError:
        return Sight("")
    return _read(file, made.st_mtime_ns, made.st_size)


def _report(kept: Mapping[str, Any]) -> Report | None:
    try:
        return Report.of(kept) if kept else None
    except (KeyError, TypeError) as error:
        log.warning("a model's figures cannot be read: %s", error)
        return None


@lru_cache(maxsize=16)
def _read(file: Path, _changed: int, _size: int) -> Sight:
    try:
        return Sight(*version_and_report(file))
    except NoFigures as error:
        log.warning("no figures: %s", error)
        return Sight("")
