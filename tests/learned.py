"""Model files, stored days and readers for tests of learning; the articles are invented."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.utils import timezone

from models import artifacts
from models.artifacts import Weights
from models.flashpoint import MODEL
from models.values import Assessment, Item, PlaceFound
from rrmm.flashpoints.models import ModelFile, Replay, ReplayState
from rrmm.flashpoints.queries import modelfiles
from rrmm.flashpoints.services import registering
from streams.collectors.models import Article, Feed

_written: dict[Any, bytes] = {}
_keys = itertools.count(5_000_000)


@cache
def shipped() -> Weights:
    return artifacts.load(MODEL)


def changed(version: str, cut: float | None = None) -> Weights:
    """The shipped model under another version; `cut`: with this threshold in every language."""
    model = shipped()
    cuts = model.thresholds if cut is None else dict.fromkeys(model.thresholds, cut)
    return replace(model, version=version, thresholds=cuts)


def model_file(folder: Path, version: str = "challenger-1", cut: float | None = None) -> Path:
    """The file of `changed`."""
    path = folder / f"{version}.skops"
    if (version, cut) not in _written:  # packing takes seconds
        artifacts.save(changed(version, cut), path)
        _written[version, cut] = path.read_bytes()
    path.write_bytes(_written[version, cut])
    return path


def challenger(folder: Path, version: str = "challenger-1", cut: float | None = None) -> ModelFile:
    return registering.register(model_file(folder, version, cut))


def stored(count: int, hours: float = 30, title: str = "Harbour news {n}", **given: Any) -> None:
    """So many articles, spread over the last hours."""
    feed = Feed.objects.create(url=f"https://{title}.example/{count}", outlet="Daily Harbour")
    now = timezone.now()
    times = [now - timedelta(hours=hours * (count - n) / count) for n in range(count)]
    Article.objects.bulk_create(
        Article(
            feed=feed,
            url=f"https://harbour.example/{next(_keys)}",
            url_key=next(_keys),
            title=title.format(n=n),
            published_at=at,
            seen_at=at,
            **given,
        )
        for n, at in enumerate(times)
    )


def finished(model: ModelFile, hours: float = 30, **figures: Any) -> Replay:
    """A replay against today's champion that has ended with these figures."""
    now = timezone.now()
    return Replay.objects.create(
        challenger=model,
        champion_version="test",
        champion_digest=modelfiles.champion_digest(),
        since=now - timedelta(hours=hours),
        until=now,
        first_at=now - timedelta(hours=hours),
        last_at=now,
        total=10,
        done=10,
        state=ReplayState.FINISHED,
        started_at=now,
        beat_at=now,
        finished_at=now,
        counts={},
        figures={"findings": [], **figures},
    )


LOST = {"code": "lost", "language": "", "detail": {"cases": ["2026-1121-01"], "n": 1}}


@dataclass
class Reader:
    """Flags texts that hold one of its words; the severity is given by the word."""

    words: dict[str, int]
    read: list[str] = field(default_factory=list)
    country: str = "IT"

    def assess(self, items: Sequence[Item], *, everything: bool = False) -> list[Assessment]:
        self.read += [item.text for item in items]
        return [self._one(item) for item in items]

    def _one(self, item: Item) -> Assessment:
        found = next((word for word in self.words if word in item.text), "")
        place = PlaceFound(self.country, "Porto Sereno", True)
        return Assessment(
            language=item.language or "en",
            score=0.9 if found else 0.1,
            flagged=bool(found),
            lines=("religion",) if found else (),
            trigger="worship" if found else "",
            severity=self.words.get(found, 0),
            places=(place,) if found else (),
            reasons=(),
            version="reader",
        )


def seen_at(article: Article, at: datetime) -> None:
    Article.objects.filter(pk=article.pk).update(seen_at=at)
