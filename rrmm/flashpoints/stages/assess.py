"""ArticleFetched -> ArticleFlagged: which articles may be flashpoints, and why."""

import contextlib
import functools
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.conf import settings

from models.artifacts import UnreadableModel
from models.encoder import packed
from models.flashpoint import Assessment, Assessor, Item
from rrmm.flashpoints import services
from streams.events import ArticleFetched
from streams.retry import Transient

SUMMARY_READ = 400
"""Characters of the summary that the model reads."""


@dataclass(frozen=True, slots=True)
class Assessed:
    """The batch, and what the model says of each article."""

    pairs: tuple[tuple[ArticleFetched, Assessment], ...]


def prepare(events: Sequence[ArticleFetched]) -> Assessed:
    """Language, score, and for flagged ones lines, places and reasons. Raises Transient while
    the model's file cannot be read."""
    items = [Item(text_of(event.title, event.summary), event.language) for event in events]
    found = assessor().assess(items)
    return Assessed(tuple(zip(events, found, strict=True)))


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
            encoder="" if said.vector is None else assessor().encoder,
        )
        for event, said in prepared.pairs
        if said.flagged
    ], not_flagged=sum(not said.flagged for _event, said in prepared.pairs))  # fmt: skip


def warm() -> None:
    """Loads the model before the first batch comes; a broken file is told then, batch by batch."""
    with contextlib.suppress(UnreadableModel):
        assessor()


def text_of(title: str, summary: str) -> str:
    """What the models read of an article: headline, a dash, the beginning of the summary."""
    return f"{title} — {summary[:SUMMARY_READ]}" if summary else title


@functools.cache
def assessor() -> Assessor:
    """The model of settings.MODEL_FILE, loaded once per process."""
    try:
        return Assessor.load(settings.MODEL_FILE)
    except (OSError, UnreadableModel) as error:
        raise Transient(f"the model {settings.MODEL_FILE} cannot be read: {error}") from error
