"""The two ways to a new model: all of the labelled collection anew, or an update of a model."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from models.adapt import adapt
from models.artifacts import Weights
from models.train import train

Rows = Sequence[dict[str, Any]]
Tell = Callable[[str], None]


def anew(folder: Path, rows: Rows, tell: Tell) -> Weights:
    """Trained on the labelled collection of a folder (train.jsonl) and the collected rows; `tell`
    hears what is being done."""
    return train(folder, more=rows, tell=tell)


def updated(model: Weights, rows: Rows) -> Weights:
    """A model updated by the collected rows: the labelled items that it was made of are not
    distributed with it. What was measured of the model before says nothing of the new one.

    Raises ValueError where the rows hold one kind only.
    """
    made = adapt(model, rows)
    known = {name: figures for name, figures in made.metrics.items() if name != "report"}
    return replace(made, metrics=known)
