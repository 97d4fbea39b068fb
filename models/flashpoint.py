"""Is this item a flashpoint? The assessor: language, score, fault lines, trigger, places, why."""

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np

from models.artifacts import Weights, load
from models.language import detect
from models.places import Gazetteer
from models.reasons import Explainer
from models.scoring import Scorer
from models.taxonomy import taxonomy
from models.values import Assessment, Item, PlaceFound, ReasonFound

__all__ = ["MODEL", "Assessment", "Assessor", "Item", "PlaceFound", "ReasonFound"]

MODEL = Path(__file__).parent / "data" / "flashpoint.skops"
BATCH = 256


class Assessor:
    """Reads news items. Not thread-safe: it remembers words; one assessor per worker.

    >>> Assessor.load().assess([Item("Mosque set on fire in Lyon", "en")])[0].lines
    ('religion',)
    """

    def __init__(self, model: Weights, gazetteer: Gazetteer) -> None:
        self._model = model
        self._gazetteer = gazetteer
        self._scorer = Scorer(model, taxonomy())
        self._explainer = Explainer(model, self._scorer, taxonomy())
        self._columns = {
            kind: [i for i, name in enumerate(model.outputs) if name.startswith(f"{kind}:")]
            for kind in ("line", "trigger", "severity")
        }

    @classmethod
    def load(cls, path: Path | str = MODEL) -> Self:
        """The assessor of a model file; UnreadableModel if it cannot be used."""
        return cls(load(path), Gazetteer.load())

    @property
    def version(self) -> str:
        return self._model.version

    @property
    def encoder(self) -> str:
        """Name of the encoder whose vectors the assessments carry; "" for none."""
        return ""

    @property
    def threshold(self) -> float:
        """Score from which an item is flagged."""
        return self._model.threshold

    def assess(self, items: Sequence[Item], *, everything: bool = False) -> list[Assessment]:
        """One assessment per item, in order.

        Lines, trigger, severity, places and reasons are computed for flagged items only (empty
        and 0 for the others), for all of them if `everything` is true. Any text is fine: what
        is empty or holds no words scores what the stream's average item without words scores.
        """
        found: list[Assessment] = []
        for start in range(0, len(items), BATCH):
            found += self._batch(items[start : start + BATCH], everything)
        return found

    def _batch(self, items: Sequence[Item], everything: bool) -> list[Assessment]:
        margins = self._scorer.margins([item.text for item in items])
        odds = self._model.slope * margins[:, 0] + self._model.offset
        scores = 1 / (1 + np.exp(-odds))
        return [
            self._one(item, float(score), row, everything)
            for item, score, row in zip(items, scores, margins, strict=True)
        ]

    def _one(self, item: Item, score: float, row: np.ndarray, everything: bool) -> Assessment:
        language = detect(item.text, item.language)
        flagged = score >= self._model.threshold
        if not (flagged or everything):
            return Assessment(language, score, False, (), "", 0, (), (), self._model.version)
        lines = self._lines(row)
        return Assessment(
            language=language,
            score=score,
            flagged=flagged,
            lines=lines,
            trigger=self._best("trigger", row),
            severity=int(self._best("severity", row)),
            places=self._gazetteer.find(item.text, language),
            reasons=self._explainer.reasons(item.text),
            version=self._model.version,
        )

    def _lines(self, row: np.ndarray) -> tuple[str, ...]:
        """Fault lines above their cut, the likeliest first; never none."""
        ranked = sorted(self._columns["line"], key=lambda i: -row[i])
        names = [(self._model.outputs[i].partition(":")[2], row[i]) for i in ranked]
        above = tuple(name for name, margin in names if margin >= self._model.line_cuts[name])
        return above or (names[0][0],)

    def _best(self, kind: str, row: np.ndarray) -> str:
        best = max(self._columns[kind], key=lambda i: row[i])
        return self._model.outputs[best].partition(":")[2]
