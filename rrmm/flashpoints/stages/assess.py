"""ArticleFetched -> ArticleFlagged: which articles may be flashpoints, and why."""

import contextlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.db import DatabaseError

from models.encoder import packed
from models.flashpoint import Assessment, Item
from rrmm.flashpoints import services
from rrmm.flashpoints.champion import assessor
from rrmm.flashpoints.texts import text_of
from streams.events import ArticleFetched
from streams.retry import Transient


@dataclass(frozen=True, slots=True)
class Assessed:
    """The batch, what the model says of each article, and whose vectors it gave."""

    pairs: tuple[tuple[ArticleFetched, Assessment], ...]
    encoder: str = ""


def prepare(events: Sequence[ArticleFetched]) -> Assessed:
    """Language, score, and for flagged ones lines, places and reasons. Raises Transient while
    the model's file cannot be read."""
    items = [Item(text_of(event.title, event.summary), event.language) for event in events]
    model = assessor()
    found = model.assess(items)
    return Assessed(tuple(zip(events, found, strict=True)), model.encoder)


def apply(prepared: Assessed) -> None:
    """Keeps the flagged ones and announces each; the others are counted."""
    services.keep_flags([
        services.NewFlag(
            event=event,
            language=said.language,
            score=said.score,
            lines=said.lines,
            trigger=said.trigger or "other",
            severity=max(1, said.severity),
            places=tuple(asdict(place) for place in said.places),
            reasons=tuple(asdict(reason) for reason in said.reasons),
            version=said.version,
            vector=packed(said.vector),
            encoder="" if said.vector is None else prepared.encoder,
        )
        for event, said in prepared.pairs
        if said.flagged
    ], not_flagged=sum(not said.flagged for _event, said in prepared.pairs))  # fmt: skip


def warm() -> None:
    """Loads the model before the first batch comes; a broken file, or a database that is away, is
    told then, batch by batch."""
    with contextlib.suppress(Transient, DatabaseError):
        assessor()
