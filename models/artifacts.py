"""Model files: a skops archive of plain arrays and text, checked on the way in."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import skops.io
from skops.io.exceptions import UntrustedTypesFoundException

from models.features import Vocabulary

FORMAT = 1
TRUSTED: tuple[str, ...] = ()
"""Types that a model file may hold beyond numpy arrays and plain Python values: none."""


class UnreadableModel(ValueError):
    """The file is no model of ours; the message says what is wrong and how to make a new one."""


@dataclass(frozen=True)
class Weights:
    """A trained model, ready to be applied.

    `weights`: features x outputs, outputs named by `outputs` ("flashpoint", "line:religion",
    "trigger:law", "severity:2" ...); `bias`: one per output; `slope`, `offset`: margin to
    log-odds in the stream; `threshold`: probability from which an item is flagged.
    """

    version: str
    outputs: tuple[str, ...]
    vocabulary: Vocabulary
    weights: np.ndarray
    bias: np.ndarray
    slope: float
    offset: float
    threshold: float
    line_cuts: dict[str, float]
    metrics: dict[str, Any]


def save(model: Weights, path: Path) -> None:
    """Write the model; the same model always gives the same arrays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "format": FORMAT,
        "version": model.version,
        "outputs": list(model.outputs),
        "names": "\n".join(model.vocabulary.names),
        "idf": model.vocabulary.idf,
        "weights": model.weights.astype(np.float16),
        "bias": model.bias.astype(np.float64),
        "slope": float(model.slope),
        "offset": float(model.offset),
        "threshold": float(model.threshold),
        "line_cuts": dict(model.line_cuts),
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
        content = skops.io.load(path, trusted=list(TRUSTED))
    except UntrustedTypesFoundException as error:
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
        slope=content["slope"],
        offset=content["offset"],
        threshold=content["threshold"],
        line_cuts=content["line_cuts"],
        metrics=content["metrics"],
    )
