"""ArticleFlagged -> StoryMoved: which articles tell of one event.

The rows are the truth, the clusterer's state is a cache: it is adopted once the transaction has
committed, and built anew from the rows when somebody else has moved the generation on. The demo
has a state of its own, so that no invented article ever joins a real story.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from models.encoder import DEFAULT, Vectors, unpacked
from models.stories import Decision, Stale, State, StoryItem, advance, restore
from rrmm.flashpoints import services
from rrmm.flashpoints.models import Flag, Generation
from rrmm.flashpoints.texts import text_of
from streams.events import ArticleFlagged
from streams.retry import Transient

MEMORY = timedelta(hours=72)


@dataclass(slots=True)
class _Cache:
    generation: int = -1
    states: dict[bool, State] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Clustered:
    """Decisions on a batch, the generation they stand on, and the states that they lead to."""

    generation: int
    decisions: tuple[Decision, ...]
    states: dict[bool, State]


_cache = _Cache()


def prepare(events: Sequence[ArticleFlagged]) -> Clustered:
    """Groups the batch on top of the last adopted state."""
    generation = _generation()
    if _cache.generation != generation:
        _rebuild(generation)
    states, decisions = dict(_cache.states), list[Decision]()
    vectors = _vectors([event.article for event in events])
    for demo in (False, True):
        batch = [
            _item_of_event(event, vectors.get(event.article))
            for event in events
            if event.demo == demo
        ]
        if batch:
            try:
                decided, states[demo] = advance(states[demo], batch, lambda: str(uuid7()))
            except Stale:
                _rebuild(generation)
                decided, states[demo] = advance(_cache.states[demo], batch, lambda: str(uuid7()))
            decisions += decided
    return Clustered(generation, tuple(decisions), states)


def apply(prepared: Clustered) -> None:
    """Writes stories and memberships. Raises Transient when another worker was faster."""
    row, _made = Generation.objects.select_for_update().get_or_create(name="stories")
    if row.number != prepared.generation:
        raise Transient("the stories have moved on; grouped again on top of them")
    services.keep_stories([
        services.Membership(UUID(d.id), UUID(d.story), d.opened, d.is_copy)
        for d in prepared.decisions
    ])  # fmt: skip
    row.number += 1
    row.save(update_fields=["number"])
    transaction.on_commit(lambda: _adopt(row.number, prepared.states))


def forget() -> None:
    """Drop the cache; the next batch builds it from the rows."""
    _cache.generation, _cache.states = -1, {}


def _adopt(generation: int, states: dict[bool, State]) -> None:
    _cache.generation, _cache.states = generation, states


def _generation() -> int:
    found = Generation.objects.filter(name="stories").values_list("number", flat=True).first()
    return found or 0


def _rebuild(generation: int) -> None:
    since = timezone.now() - MEMORY
    rows = (
        Flag.objects.filter(story__isnull=False, published_at__gte=since)
        .select_related("article")
        .order_by("at", "pk")
    )
    known: dict[bool, list[tuple[StoryItem, str, bool]]] = {False: [], True: []}
    for flag in rows.iterator(chunk_size=1000):
        known[flag.demo].append((_item_of_row(flag), str(flag.story_id), flag.is_copy))
    _adopt(generation, {demo: restore(items) for demo, items in known.items()})


def _vectors(articles: Sequence[UUID]) -> dict[UUID, Vectors | None]:
    """What the default encoder said of the batch; another encoder's vectors are passed over."""
    rows = Flag.objects.filter(article_id__in=articles, encoder=DEFAULT)
    return {ident: unpacked(kept) for ident, kept in rows.values_list("article_id", "vector")}


def _item_of_event(event: ArticleFlagged, vector: Vectors | None) -> StoryItem:
    return StoryItem(
        id=str(event.article),
        text=text_of(event.title, event.summary),
        at=_seconds(event.published_at),
        language=event.language,
        places=tuple((p.country, p.name, p.main) for p in event.places if not p.weak),
        lines=event.lines,
        trigger=event.trigger,
        vector=vector,
    )


def _item_of_row(flag: Flag) -> StoryItem:
    return StoryItem(
        id=str(flag.article_id),
        text=text_of(flag.article.title, flag.article.summary),
        at=_seconds(flag.published_at),
        language=flag.language,
        places=tuple(
            (p["country"], p["name"], p["main"]) for p in flag.places if not p.get("weak")
        ),
        lines=tuple(flag.lines),
        trigger=flag.trigger,
        vector=unpacked(flag.vector) if flag.encoder == DEFAULT else None,
    )


def _seconds(at: datetime) -> float:
    return at.timestamp()
