"""How well the model at work sees: its measured figures, without its weights."""

import logging
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from models.figures import Bin, Report
from models.metrics import NoFigures, version_and_report

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sight:
    """The model at work. version "": its file cannot be read; report None: nothing measured."""

    version: str
    report: Report | None = None

    def bin_of(self, score: float) -> Bin | None:
        """What became of measured items with such a score; None where none was measured."""
        bins = self.report.reliability if self.report else ()
        return next((b for b in bins if b.low <= score <= b.high and b.share > 0), None)


def sight(path: Path | str | None = None) -> Sight:
    """Of the model file at `path` (settings.MODEL_FILE); read again when the file changes."""
    file = Path(path or settings.MODEL_FILE)
    try:
        made = file.stat()
    except OSError:
        return Sight("")
    return _read(file, made.st_mtime_ns, made.st_size)


@lru_cache(maxsize=16)
def _read(file: Path, _changed: int, _size: int) -> Sight:
    try:
        return Sight(*version_and_report(file))
    except NoFigures as error:
        log.warning("no figures: %s", error)
        return Sight("")
