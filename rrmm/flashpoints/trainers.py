"""The two ways to a new model: all of the labelled collection anew, or an update of a model."""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from models.artifacts import Weights

Rows = Sequence[dict[str, Any]]


def anew(folder: Path, rows: Rows) -> Weights:
    """Trained on the labelled collection of a folder (train.jsonl) and the collected rows."""
    made: Weights = import_module("models.train").train(folder, more=rows)
    return made


def updated(champion: Weights, rows: Rows) -> Weights:
    """A model updated by the collected rows: the labelled items that it was made of are not
    distributed with it."""
    made: Weights = import_module("models.adapt").adapt(champion, rows)
    return made
