"""What a model file says of itself, read without its weights: a page needs no more."""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from models.figures import Report

KNOWN = {"DictNode": dict, "ListNode": list, "TupleNode": tuple}
"""How skops writes the plain values that a model's figures are made of; numbers and text are
written as JSON (JsonNode)."""


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
            content = json.loads(archive.read("schema.json"))["content"]
        version, kept = str(_plain(content["version"])), content["metrics"]["content"]
    except (OSError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
        raise NoFigures(f"{path}: {error}") from error
    try:
        return version, Report.of(_plain(kept["report"])) if "report" in kept else None
    except (KeyError, TypeError, ValueError) as error:
        raise NoFigures(f"{path}: its figures cannot be read ({error})") from error


def _plain(node: Mapping[str, Any]) -> Any:
    """A node of skops's schema as a plain value. Raises KeyError for anything else."""
    loader = node["__loader__"]
    if loader == "JsonNode":
        return json.loads(node["content"])
    if loader == "DictNode":
        return {key: _plain(value) for key, value in node["content"].items()}
    return KNOWN[loader](_plain(value) for value in node["content"])
