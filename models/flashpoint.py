"""Is this item a flashpoint? The assessor: language, score, fault lines, trigger, places, why."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from models.artifacts import Weights, joined, load
from models.encoder import Encoder
from models.encoder import encoder as encoder_of
from models.language import detect
from models.mixture import BLIND, group_of
from models.places import Gazetteer
from models.reasons import Explainer
from models.scoring import Scorer
from models.taxonomy import taxonomy
from models.values import Assessment, Item, PlaceFound, ReasonFound
from models.verdicts import beside

__all__ = ["MODEL", "Assessment", "Assessor", "Item", "PlaceFound", "ReasonFound"]

MODEL = Path(__file__).parent / "data" / "flashpoint.skops"
BATCH = 256


class Assessor:
    """Reads news items. Not thread-safe: it remembers words; one assessor per worker.

    >>> Assessor.load().assess([Item("Mosque set on fire in Lyon", "en")])[0].lines
    ('religion',)
    """

    def __init__(self, model: Weights, gazetteer: Gazetteer, encoder: Encoder) -> None:
        self._model = model
        self._gazetteer = gazetteer
        self._encoder = encoder
        self._scorer = Scorer(model, taxonomy())
        self._explainer = Explainer(model, self._scorer, taxonomy())
        self._line_columns = [i for i, name in enumerate(model.outputs) if name[:5] == "line:"]

    @classmethod
    def load(cls, path: Path | str = MODEL) -> Self:
        """The assessor of a model file; UnreadableModel if it cannot be used."""
        model = load(path)
        return cls(model, Gazetteer.load(), encoder_of(model.encoder))

    @property
    def version(self) -> str:
        return self._model.version

    @property
    def encoder(self) -> str:
        """Name of the encoder whose vectors the assessments carry."""
        return self._encoder.name

    @property
    def threshold(self) -> float:
        """Score from which an English item is flagged; `threshold_of` tells of others."""
        return self.threshold_of("en")

    def threshold_of(self, language: str) -> float:
        """Score from which an item in that language is flagged."""
        return self._model.thresholds[group_of(language, self._encoder.languages)]

    def assess(self, items: Sequence[Item], *, everything: bool = False) -> list[Assessment]:
        """One assessment per item, in order.

        Words answer alone for what is clearly no flashpoint; the rest is encoded, too. Lines,
        trigger, severity, places and reasons are computed for flagged items only (empty and 0 for
        the others). With `everything`, all is computed for all of them. Any text is fine: what is
        empty or holds no words scores what the stream's average item without words scores.
        """
        found: list[Assessment] = []
        for start in range(0, len(items), BATCH):
            found += self._batch(items[start : start + BATCH], everything)
        return found

    def _batch(self, items: Sequence[Item], everything: bool) -> list[Assessment]:
        languages = [detect(item.text, item.language) for item in items]
        groups = [group_of(language, self._encoder.languages) for language in languages]
        words = self._scorer.margins([item.text for item in items])
        near, vectors = self._encoded(items, languages, groups, words, everything)
        odds = self._model.mixture.odds(groups, words[:, 0], near[:, 0])
        scores = 1 / (1 + np.exp(-odds))
        asked = ~np.isnan(near[:, :1])
        told = joined(words, np.where(asked, near, words))
        margins = beside(words, near)
        triggers = self._model.trigger.choose(margins)
        severities = self._model.severity.choose(margins)
        return [
            self._one(
                _Read(
                    text=item.text,
                    language=languages[at],
                    group=groups[at],
                    score=float(scores[at]),
                    lines=told[at],
                    trigger=str(triggers[at]),
                    severity=int(severities[at]),
                    vector=vectors.get(at),
                ),
                everything,
            )
            for at, item in enumerate(items)
        ]

    def _encoded(
        self,
        items: Sequence[Item],
        languages: Sequence[str],
        groups: Sequence[str],
        words: NDArray[np.float64],
        everything: bool,
    ) -> tuple[NDArray[np.float64], dict[int, NDArray[np.float32]]]:
        """Margins by the encoder (rows of NaN where it was not asked), and its vectors."""
        near = np.full(words.shape, np.nan)
        alone = self._model.mixture.odds(groups, words[:, 0], near[:, 0])
        asked = [
            at
            for at, (language, group) in enumerate(zip(languages, groups, strict=True))
            if language not in BLIND and (everything or alone[at] >= self._model.passing[group])
        ]
        vectors = self._encoder.encode([items[at].text for at in asked])
        kept = [row for row in range(len(asked)) if vectors[row].any()]
        if kept:
            near[[asked[row] for row in kept]] = self._model.kernel.margins(vectors[kept])
        return near, {asked[row]: vectors[row] for row in kept}

    def _one(self, read: "_Read", everything: bool) -> Assessment:
        score, version = read.score, self._model.version
        flagged = score >= self._model.thresholds[read.group]
        if not (flagged or everything):
            return Assessment(read.language, score, False, (), "", 0, (), (), version)
        mixture = self._model.mixture
        shares = mixture.alone if read.vector is None else mixture.both
        return Assessment(
            language=read.language,
            score=score,
            flagged=flagged,
            lines=self._lines(read.lines),
            trigger=read.trigger,
            severity=read.severity,
            places=self._gazetteer.find(read.text, read.language),
            reasons=self._explainer.reasons(read.text, shares[read.group].words),
            version=version,
            vector=read.vector,
        )

    def _lines(self, row: NDArray[np.float64]) -> tuple[str, ...]:
        """Fault lines above their cut, the likeliest first; never none."""
        over = {
            name: float(row[i] - self._model.line_cuts[name])
            for i in self._line_columns
            if (name := self._model.outputs[i].partition(":")[2])
        }
        ranked = sorted(over, key=lambda name: -over[name])
        return tuple(name for name in ranked if over[name] >= 0) or (ranked[0],)


@dataclass(frozen=True, slots=True)
class _Read:
    """An item as both machines have read it."""

    text: str
    language: str
    group: str
    score: float
    lines: NDArray[np.float64]
    trigger: str
    severity: int
    vector: NDArray[np.float32] | None
