"""Keeping what the classifier flagged, and the usual level of a place and fault line."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from rrmm.flashpoints.models import Flag, Level
from streams.collectors.models import Article
from streams.events import ArticleFetched, ArticleFlagged, Place
from streams.log import append_many
from streams.tally import count


@dataclass(frozen=True, slots=True)
class NewFlag:
    """An article that the model holds for a possible flashpoint; see `Flag` for the fields."""

    event: ArticleFetched
    language: str
    score: float
    lines: tuple[str, ...]
    trigger: str
    severity: int
    places: tuple[dict[str, Any], ...]
    reasons: tuple[dict[str, Any], ...]
    version: str
    vector: bytes = b""
    encoder: str = ""


def keep_flags(flags: Sequence[NewFlag], not_flagged: int) -> None:
    """Write the flags and announce each; in the caller's transaction.

    An article that is gone (pruned, or the demo was removed) or flagged already is left out,
    each under its own count.
    """
    ids = [flag.event.article for flag in flags]
    there = set(Article.objects.filter(pk__in=ids).values_list("pk", flat=True))
    again = set(Flag.objects.filter(article_id__in=ids).values_list("article_id", flat=True))
    fresh = {
        flag.event.article: flag
        for flag in flags
        if flag.event.article in there and flag.event.article not in again
    }
    Flag.objects.bulk_create([_row(flag) for flag in fresh.values()])
    append_many([_event(flag) for flag in fresh.values()])
    count("assess.not_flagged", not_flagged)
    count("assess.flagged", len(fresh))
    count("assess.article_gone", sum(article not in there for article in ids))
    count("assess.flagged_already", len(again))


def raise_levels(flags: Sequence[Flag]) -> None:
    """Count flags into the usual level of their country, fault line and hour (see `Level`)."""
    rows: Counter[tuple[str, str, datetime]] = Counter()
    for flag in flags:
        if flag.demo or flag.backfill or flag.is_copy:
            continue
        hour = flag.seen_at.replace(minute=0, second=0, microsecond=0)
        scenes = [place["country"] for place in flag.places if place["main"]] or [""]
        rows[scenes[0], flag.lines[0] if flag.lines else "", hour] += 1
    if not rows:
        return
    table = Level._meta.db_table
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} (country, line, hour, articles) VALUES (%s, %s, %s, %s) "  # noqa: S608
            "ON CONFLICT (country, line, hour) "
            f"DO UPDATE SET articles = {table}.articles + excluded.articles",
            [(*where, n) for where, n in sorted(rows.items())],
        )


def _row(flag: NewFlag) -> Flag:
    event = flag.event
    return Flag(
        article_id=event.article,
        score=flag.score,
        lines=list(flag.lines),
        trigger=flag.trigger,
        severity=flag.severity,
        places=list(flag.places),
        reasons=list(flag.reasons),
        language=flag.language,
        model_version=flag.version[:64],
        vector=flag.vector,
        encoder=flag.encoder,
        outlet=event.outlet[:200],
        owner=event.owner[:200],
        outlet_country=event.country,
        fingerprint=event.fingerprint,
        backfill=event.backfill,
        published_at=event.published_at,
        seen_at=event.seen_at,
        demo=event.demo,
    )


def _event(flag: NewFlag) -> ArticleFlagged:
    event = flag.event
    return ArticleFlagged(
        article=event.article,
        outlet=event.outlet,
        owner=event.owner,
        language=flag.language,
        url=event.url,
        title=event.title,
        summary=event.summary,
        published_at=event.published_at,
        seen_at=event.seen_at,
        backfill=event.backfill,
        fingerprint=event.fingerprint,
        score=flag.score,
        lines=flag.lines,
        trigger=flag.trigger,
        severity=flag.severity,
        places=tuple(Place(**place) for place in flag.places),
        demo=event.demo,
    )
