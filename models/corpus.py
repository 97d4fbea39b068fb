"""The labelled items, and how they are divided: by source and by date, never at random."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.taxonomy import taxonomy

NEW_SOURCES = frozenset(
    {
        "rss/SCMP",
        "rss/The Hindu",
        "rss/Premium Times NG",
        "rss/France 24",
        "rss/BBC World",
        "de/SZ",
        "de/FAZ",
        "ar/aawsat",
        "ar/okaz",
        "es/em",
        "fr/ialabo",
        "zh/tnews",
        "tr/siyaset",
    }
)
"""Outlets that the validated model never sees."""
LATE = {"rss": "2026-06-20", "de": "2019", "ar": "2015-08-05"}
"""Per collection: items from this date on are kept from the validated model."""
LATE_YEARS = {"wcep": ("2012", "2016", "2020")}


@dataclass(frozen=True)
class Labelled:
    """Items in columns. `rel` 0 to 2; `weight`: items of the stream that one stands for, or 0."""

    texts: list[str]
    languages: np.ndarray
    collections: np.ndarray
    sources: np.ndarray
    dates: np.ndarray
    rel: np.ndarray
    severity: np.ndarray
    weight: np.ndarray
    triggers: np.ndarray
    lines: np.ndarray
    """Items x fault lines, in the order of the taxonomy."""

    def __len__(self) -> int:
        return len(self.texts)


def read(folder: Path) -> Labelled:
    """Read `train.jsonl` of a folder; the shape of a row is in the card (docs/model-card.md)."""
    with (folder / "train.jsonl").open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    letters = list(taxonomy().letters)
    return Labelled(
        texts=[row["text"] for row in rows],
        languages=np.array([row["lang"] for row in rows]),
        collections=np.array([row["src"].split("/")[0] for row in rows]),
        sources=np.array([row["src"] for row in rows]),
        dates=np.array([row["date"] or "" for row in rows]),
        rel=np.array([row["rel"] for row in rows]),
        severity=np.array([row["sev"] or 0 for row in rows]),
        weight=np.array([row["weight"] or 0.0 for row in rows]),
        triggers=np.array([row["trigger"] or "" for row in rows]),
        lines=np.array([[letter in row["lines"] for letter in letters] for row in rows]),
    )


def late(data: Labelled) -> np.ndarray:
    """True for items of the periods kept back."""
    mask = np.zeros(len(data), dtype=bool)
    for collection, start in LATE.items():
        mask |= (data.collections == collection) & (data.dates >= start)
    for collection, years in LATE_YEARS.items():
        in_years = np.array([date[:4] in years for date in data.dates])
        mask |= (data.collections == collection) & in_years
    return mask


def new_source(data: Labelled) -> np.ndarray:
    """True for items of the outlets kept back."""
    return np.isin(data.sources, sorted(NEW_SOURCES))


def periods(data: Labelled, folds: int = 5) -> np.ndarray:
    """Fold of each item: a source's month (a feed's week) stays together; undated ones by source
    and neighbourhood in the file, which keeps items collected together together."""
    groups: dict[str, int] = {}
    fold = np.zeros(len(data), dtype=int)
    for i in range(len(data)):
        collection, date = data.collections[i], data.dates[i]
        week = f"{date[:7]}{int(date[8:10] or 1) // 7}" if collection == "rss" else date[:7]
        key = f"{collection} {week}" if date else f"{collection} {i // 100}"
        fold[i] = groups.setdefault(key, len(groups)) % folds
    return fold
