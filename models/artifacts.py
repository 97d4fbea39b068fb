"""Model files: a skops archive of plain arrays and text, checked on the way in."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models import archive
from models.features import Vocabulary
from models.kernel import Kernel
from models.mixture import Mixture
from models.mixture import Weights as Shares
from models.values import UnreadableModel
from models.verdicts import Chooser

FORMAT = 2
BESIDE = 1.0
"""What a margin of the encoder counts beside one of words, for fault lines."""

__all__ = ["UnreadableModel", "Weights", "joined", "load", "save"]

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Weights:
    """A trained model, ready to be applied.

    `weights`: features x outputs, outputs named by `outputs` ("flashpoint", "line:religion",
    "trigger:law", "severity:2" ...); `bias`: one per output; `kernel`: the same outputs from the
    vectors of `encoder`; `mixture`: both margins to log-odds in the stream; `passing`: log-odds of
    words alone, per group of languages, below which the encoder is not asked; `thresholds`:
    probability from which an item of a group is flagged; `trigger`, `severity`: the choice among
    the answers.
    """

    version: str
    outputs: tuple[str, ...]
    vocabulary: Vocabulary
    weights: np.ndarray
    bias: np.ndarray
    kernel: Kernel
    encoder: str
    mixture: Mixture
    passing: dict[str, float]
    thresholds: dict[str, float]
    line_cuts: dict[str, float]
    trigger: Chooser
    severity: Chooser
    metrics: dict[str, Any]


def joined(words: Floats, vectors: Floats) -> Floats:
    """Margins of fault lines from both machines."""
    return np.asarray(words + BESIDE * vectors)


def save(model: Weights, path: Path) -> None:
    """Write the model; the same model always gives the same arrays."""
    import skops.io  # brings scikit-learn along: for those who write only

    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "format": FORMAT,
        "version": model.version,
        "outputs": list(model.outputs),
        "names": "\n".join(model.vocabulary.names),
        "idf": model.vocabulary.idf,
        "weights": model.weights.astype(np.float16),
        "bias": model.bias.astype(np.float64),
        "landmarks": model.kernel.landmarks.astype(np.float16),
        "kernel": model.kernel.weights,
        "kernel_bias": model.kernel.bias,
        "gamma": float(model.kernel.gamma),
        "encoder": model.encoder,
        "both": _as_lists(model.mixture.both),
        "alone": _as_lists(model.mixture.alone),
        "passing": dict(model.passing),
        "thresholds": dict(model.thresholds),
        "line_cuts": dict(model.line_cuts),
        "trigger": _as_table(model.trigger),
        "severity": _as_table(model.severity),
        "metrics": model.metrics,
    }
    # 8 is zipfile.ZIP_DEFLATED: skops takes zipfile's number.
    skops.io.dump(content, path, compression=8, compresslevel=9)


def load(path: Path | str) -> Weights:
    """Read a model file; UnreadableModel if it is missing, foreign, or holds other types."""
    path = Path(path)
    if not path.is_file():
        raise UnreadableModel(
            f"No model at {path}. Train one: python -m models.train --data FOLDER --out {path}"
        )
    try:
        content = archive.read(path)
    except archive.Refused as error:
        raise UnreadableModel(f"{path} holds types that a model may not hold: {error}") from error
    except Exception as error:
        raise UnreadableModel(f"{path} is not a model file: {error}") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise UnreadableModel(f"{path} is not a flashpoint model of format {FORMAT}.")
    return Weights(
        version=content["version"],
        outputs=tuple(content["outputs"]),
        vocabulary=Vocabulary(content["names"].split("\n"), content["idf"]),
        weights=content["weights"].astype(np.float32),
        bias=content["bias"],
        kernel=Kernel(
            content["landmarks"].astype(np.float32),
            content["kernel"],
            content["kernel_bias"],
            content["gamma"],
        ),
        encoder=content["encoder"],
        mixture=Mixture(_of_lists(content["both"]), _of_lists(content["alone"])),
        passing=content["passing"],
        thresholds=content["thresholds"],
        line_cuts=content["line_cuts"],
        trigger=_of_table(content["trigger"]),
        severity=_of_table(content["severity"]),
        metrics=content["metrics"],
    )


def _as_lists(shares: Any) -> dict[str, list[float]]:
    return {group: [own.words, own.encoder, own.bias] for group, own in shares.items()}


def _of_lists(kept: dict[str, list[float]]) -> dict[str, Shares]:
    return {group: Shares(*values) for group, values in kept.items()}


def _as_table(chooser: Chooser) -> dict[str, Any]:
    return {
        "classes": list(chooser.classes),
        "weights": chooser.weights,
        "bias": chooser.bias,
    }


def _of_table(kept: dict[str, Any]) -> Chooser:
    return Chooser(tuple(kept["classes"]), kept["weights"], kept["bias"])
