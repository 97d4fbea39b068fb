"""The labelled items, and how they are divided: by source and by date, never at random."""

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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


OWN = Path(__file__).parent / "data" / "own_labels.jsonl"
"""Our labels of unlabelled items of the same collections: ids and labels, no texts. Those with
`measured` false came later: they teach, and figures stay those of the same items."""
INVENTED = Path(__file__).parent / "data" / "invented_items.jsonl"
"""Items written for training where a language has few; never measured on."""
INVENTED_WEIGHT = 0.5

Row = Mapping[str, Any]
"""One labelled item, keys as in `train.jsonl`: id lang src date text rel lines trigger sev weight.
`lines` holds the codebook's letters."""


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
    measured: np.ndarray
    """False for items that only teach: the invented ones, and labels that came later."""

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def invented(self) -> np.ndarray:
        """True for items that were written for training."""
        return np.asarray(self.collections == "invented")


def read(folder: Path, more: Sequence[Row] = ()) -> Labelled:
    """The collection in `folder` (`train.jsonl`), our own labels of the unlabelled items beside
    it, the invented items, and `more`, in this order."""
    rows: list[Row] = [*_rows(folder / "train.jsonl"), *_own(folder.parent / "unlabelled")]
    return of([*rows, *_rows(INVENTED), *more])


def of(rows: Sequence[Row]) -> Labelled:
    """Rows as columns."""
    letters = list(taxonomy().letters)
    return Labelled(
        texts=[row["text"] for row in rows],
        languages=np.array([row["lang"] for row in rows]),
        collections=np.array([row["src"].split("/")[0] for row in rows]),
        sources=np.array([row["src"] for row in rows]),
        dates=np.array([row["date"] or "" for row in rows]),
        rel=np.array([row["rel"] for row in rows]),
        severity=np.array([row["sev"] or 0 for row in rows]),
        weight=np.array([row.get("weight") or 0.0 for row in rows]),
        triggers=np.array([row["trigger"] or "" for row in rows]),
        lines=np.array([[letter in row["lines"] for letter in letters] for row in rows]),
        measured=np.array(
            [row.get("measured", True) and row["src"].split("/")[0] != "invented" for row in rows]
        ),
    )


def _rows(file: Path) -> list[Row]:
    with file.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _own(folder: Path) -> list[Row]:
    """Our labels with the texts that they are about; without the collection, none."""
    labels = {row["id"]: row for row in _rows(OWN)}
    found: list[Row] = []
    for language in sorted({row["lang"] for row in labels.values()}):
        file = folder / f"{language}.jsonl.gz"
        if not file.is_file():
            continue
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            texts = {row["id"]: row["text"] for row in map(json.loads, lines)}
        found += [
            {**row, "text": texts[key]}
            for key, row in labels.items()
            if row["lang"] == language and key in texts
        ]
    return found


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
    and neighbourhood in the file, which keeps items collected together together. Invented items
    are in no fold (-1)."""
    groups: dict[str, int] = {}
    fold = np.full(len(data), -1)
    for i in np.flatnonzero(~data.invented):
        collection, date = data.collections[i], data.dates[i]
        week = f"{date[:7]}{int(date[8:10] or 1) // 7}" if collection == "rss" else date[:7]
        key = f"{collection} {week}" if date else f"{collection} {i // 100}"
        fold[i] = groups.setdefault(key, len(groups)) % folds
    return fold
