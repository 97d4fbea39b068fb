"""Stored days read by champion and challenger: in chunks, stored as they go, stopped and resumed.

Models read outside of transactions; a chunk's findings are written in one short transaction that
moves the replay on, so that what was killed in between is read again and nothing counts twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from models.changes import changes, main_country
from models.values import Assessment, Item
from rrmm.flashpoints.models import ModelFile, Replay, ReplayDifference, ReplayState
from rrmm.flashpoints.queries.replays import KEPT, QUIET
from rrmm.flashpoints.texts import text_of
from streams.collectors.models import Article
from streams.plain import storable

CHUNK = 256
WORDS = 6


class Reader(Protocol):
    """What a replay needs of a model: `models.flashpoint.Assessor` has it."""

    def assess(self, items: Sequence[Item], *, everything: bool = False) -> list[Assessment]: ...


@dataclass(frozen=True, slots=True)
class Pair:
    """Champion and challenger, loaded."""

    old: Reader
    new: Reader


class Interrupted(Exception):
    """Somebody stopped the replay, or another process has it."""


def begin(
    challenger: ModelFile,
    champion: tuple[str, str],
    days: float,
    *,
    fresh: bool = False,
    now: datetime | None = None,
) -> tuple[Replay, bool]:
    """A replay of the last `days` days, and whether it goes on with one that was stopped or
    killed: the newest unfinished one of the same models, unless `fresh`.

    champion: version and digest of its file. Raises Interrupted while another process runs it.
    """
    version, digest = champion
    at = now or timezone.now()
    with transaction.atomic():
        ModelFile.objects.select_for_update().get(pk=challenger.pk)
        mine = challenger.replays.filter(champion_digest=digest)
        open_ones = mine.filter(state__in=[ReplayState.RUNNING, ReplayState.STOPPED])
        last = open_ones.order_by("-started_at").first()
        if last and last.state == ReplayState.RUNNING and last.beat_at > at - QUIET:
            raise Interrupted
        if last and not fresh:
            last.state, last.beat_at, last.error = ReplayState.RUNNING, at, ""
            last.save(update_fields=["state", "beat_at", "error"])
            return last, True
        since = at - timedelta(days=days)
        return Replay.objects.create(
            challenger=challenger, champion_version=version[:120], champion_digest=digest,
            since=since, until=at, total=_stored(since, at).count(),
            started_at=at, beat_at=at,
        ), False  # fmt: skip


def step(replay: Replay, models: Pair) -> int:
    """Read the next chunk and store what differs; how many articles that were, 0 at the end.

    Changes `replay`. Raises Interrupted.
    """
    for attempt in (1, 2, 3):
        articles = _next(replay)
        if not articles:
            return 0
        items = [Item(text_of(row.title, row.summary), row.language) for row in articles]
        old, new = models.old.assess(items), models.new.assess(items)
        try:
            return _keep(replay, articles, old, new)
        except IntegrityError:  # an article was pruned meanwhile
            replay.refresh_from_db()
            if attempt == 3:
                raise
    return 0


def beat(replay: Replay) -> None:
    """Say that the replay is alive, also while nothing is stored. Raises Interrupted."""
    running = Replay.objects.filter(pk=replay.pk, state=ReplayState.RUNNING)
    if not running.update(beat_at=timezone.now()):
        raise Interrupted


def finish(replay: Replay, figures: dict[str, Any]) -> None:
    """Store what was found in all. Raises Interrupted."""
    now = timezone.now()
    running = Replay.objects.filter(pk=replay.pk, state=ReplayState.RUNNING, done=replay.done)
    if not running.update(
        state=ReplayState.FINISHED, figures=figures, total=replay.done, beat_at=now, finished_at=now
    ):
        raise Interrupted
    replay.refresh_from_db()


def stop(replay_id: UUID) -> bool:
    """Whoever runs it ends after the chunk at hand; whether it was running. It can be resumed."""
    running = Replay.objects.filter(pk=replay_id, state=ReplayState.RUNNING)
    return bool(running.update(state=ReplayState.STOPPED))


def fail(replay: Replay, error: str) -> None:
    """It cannot go on; `error` says why."""
    Replay.objects.filter(pk=replay.pk, state=ReplayState.RUNNING).update(
        state=ReplayState.FAILED, error=storable(error, 500)
    )


def _stored(since: datetime, until: datetime) -> Any:
    return Article.objects.filter(demo=False, seen_at__gte=since, seen_at__lt=until)


def _next(replay: Replay) -> list[Article]:
    rows = _stored(replay.last_at or replay.since, replay.until)
    if replay.last_at is not None:
        rows = rows.exclude(seen_at=replay.last_at, pk__lte=replay.last_article)
    wanted = rows.only("title", "summary", "language", "seen_at").order_by("seen_at", "pk")
    return list(wanted[:CHUNK])


def _keep(
    replay: Replay,
    articles: Sequence[Article],
    old: Sequence[Assessment],
    new: Sequence[Assessment],
) -> int:
    counts = {code: dict(row, kept=dict(row["kept"])) for code, row in replay.counts.items()}
    rows = [
        row
        for triple in zip(articles, old, new, strict=True)
        if (row := _count(replay, counts, *triple))
    ]
    moved = {
        "done": replay.done + len(articles),
        "first_at": replay.first_at or articles[0].seen_at,
        "last_at": articles[-1].seen_at,
        "last_article": articles[-1].pk,
        "counts": counts,
        "beat_at": timezone.now(),
    }
    with transaction.atomic():
        running = Replay.objects.filter(pk=replay.pk, state=ReplayState.RUNNING, done=replay.done)
        if not running.update(**moved):
            raise Interrupted
        there = set(
            Article.objects.filter(pk__in=[row.article_id for row in rows]).values_list(
                "pk", flat=True
            )
        )
        ReplayDifference.objects.bulk_create([row for row in rows if row.article_id in there])
    for name, value in moved.items():
        setattr(replay, name, value)
    return len(articles)


def _count(
    replay: Replay, counts: dict[str, Any], article: Article, old: Assessment, new: Assessment
) -> ReplayDifference | None:
    """Books one article under its language, as the champion reads it; the row to keep, if any."""
    empty: dict[str, Any] = dict.fromkeys(
        ("items", "both", "only_old", "only_new", "lines", "trigger", "severity", "place"), 0
    )
    mine = counts.setdefault(old.language[:8], empty | {"kept": {}})
    found = changes(old, new)
    mine["items"] += 1
    mine["both"] += old.flagged and new.flagged
    mine["only_old"] += "unflagged" in found
    mine["only_new"] += "flagged" in found
    for code in found:
        if code in mine:
            mine[code] += 1
    if not found or mine["kept"].get(found[0], 0) >= KEPT:
        return None
    mine["kept"][found[0]] = mine["kept"].get(found[0], 0) + 1
    return ReplayDifference(
        replay=replay,
        article_id=article.pk,
        language=old.language[:8],
        change=found[0],
        score=max(old.score, new.score),
        old=_told(old),
        new=_told(new),
    )


def _told(said: Assessment) -> dict[str, Any]:
    words = sorted(said.reasons, key=lambda reason: -reason.weight)
    return {
        "score": round(said.score, 4),
        "flagged": said.flagged,
        "lines": list(said.lines),
        "trigger": said.trigger,
        "severity": said.severity,
        "country": main_country(said),
        "place": next((place.name for place in said.places if place.main), ""),
        "words": [storable(reason.words) for reason in words if reason.weight > 0][:WORDS],
    }
