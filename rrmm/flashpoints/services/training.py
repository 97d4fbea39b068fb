"""A challenger made of the shipped and the collected examples, and taken in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from models import artifacts
from models.artifacts import Weights
from rrmm.flashpoints.models import ModelFile
from rrmm.flashpoints.queries.learning import (
    FEWEST,
    FEWEST_OF_A_KIND,
    Collected,
    Label,
    collected,
    divided,
    labels,
    rows,
)
from rrmm.flashpoints.services.promoting import Refused
from rrmm.flashpoints.services.registering import register

Trainer = Callable[[Sequence[dict[str, Any]]], Weights]
"""Rows in the shape of the training data in, a model out; minutes may pass."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a challenger would learn from. `used`, `back`: labels, the latter kept to measure on."""

    counts: Collected
    used: tuple[Label, ...]
    back: tuple[Label, ...]


def plan(*, collection: bool) -> Plan:
    """What there is to learn from; `collection`: the labelled collection is at hand, so that few
    verdicts, or none, do. Raises Refused where there are too few, and says how many and why."""
    found = labels()
    counts = collected(found)
    if not collection and not counts.enough:
        raise Refused(_too_few(counts))
    used, back = divided(found)
    return Plan(counts, tuple(used), tuple(back))


def make_challenger(learn: Plan, trainer: Trainer, out: Path | None = None) -> ModelFile:
    """Train, write the file (into the folder of model files unless `out` says where), take it in.

    Raises Refused.
    """
    try:
        weights = trainer(rows(learn.used))
    except ValueError as error:
        raise Refused(
            _("No model can be made of these examples: %(error)s.") % {"error": error}
        ) from error
    path = out or Path(settings.MODELS_DIR) / f"{_as_name(weights.version)}.skops"
    path.parent.mkdir(parents=True, exist_ok=True)
    artifacts.save(weights, path)
    return register(
        path,
        {
            "examples": len(learn.used),
            "flashpoints": sum(label.rel == 2 for label in learn.used),
            "not_flashpoints": sum(label.rel == 0 for label in learn.used),
            "kept_back": len(learn.back),
            "languages": sorted({label.language for label in learn.used}),
            "groups": sorted({label.group for label in learn.used}),
        },
    )


def _as_name(version: str) -> str:
    return "".join(sign if sign.isalnum() or sign in "-._" else "-" for sign in version)


def _too_few(counts: Collected) -> str:
    return _(
        "There are %(flashpoints)d articles that editors confirmed and %(others)d that they called "
        "no flashpoint. It takes %(all)d in all and %(each)d of each: a model moved by fewer "
        "follows single articles, and nothing can be kept back to measure it on. Confirm and "
        "dismiss cases, correct single articles, and try again; or give the labelled collection "
        "with --data."
    ) % {
        "flashpoints": counts.flashpoints,
        "others": counts.not_flashpoints,
        "all": FEWEST,
        "each": FEWEST_OF_A_KIND,
    }
