"""What a model file says of itself, read without its weights: a page needs no more."""

import zipfile
from pathlib import Path

from models.archive import schema, value_of
from models.figures import Report


class NoFigures(ValueError):
    """The file cannot be read, or says nothing of how well its model sees."""


def version_and_report(path: Path | str) -> tuple[str, Report | None]:
    """The version of a model file, and its measured figures (None: it was made before models
    carried them). Raises NoFigures where the file is no model.

    Reads the archive's table of contents alone (tens of milliseconds, no arrays), so that the web
    process needs no model in its memory.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            content = schema(archive)["content"]
            version = str(value_of(content["version"], archive))
            metrics = value_of(content["metrics"], archive)
    except (OSError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
        raise NoFigures(f"{path}: {error}") from error
    try:
        return version, Report.of(metrics["report"]) if "report" in metrics else None
    except (KeyError, TypeError, ValueError) as error:
        raise NoFigures(f"{path}: its figures cannot be read ({error})") from error
