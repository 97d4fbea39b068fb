"""What the pages say about the log: lag per stage, dead letters, processes, jobs."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from streams.models import OPEN, Delivery, Heartbeat, Lease, State
from streams.wiring import topology

ALIVE = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class StageLag:
    """One stage: what waits for it, since when, and what it did in the last minute.

    oldest_at: when the oldest open record was written. waiting: never tried; retrying: tried
    and failed. per_minute is None when no living process reports it.
    """

    name: str
    waiting: int
    retrying: int
    buried: int
    oldest_at: datetime | None
    per_minute: int | None


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A delivery that was given up."""

    id: int
    stage: str
    kind: str
    key: str
    at: datetime
    buried_at: datetime | None
    attempts: int
    error: str
    payload: dict[str, Any] = field(default_factory=dict)


def stage_lags() -> list[StageLag]:
    """Every stage in flow order."""
    counts: dict[str, Any] = {
        row["stage"]: row
        for row in Delivery.objects.filter(state__in=OPEN)
        .values("stage")
        .annotate(
            waiting=Count("id", filter=Q(state=State.PENDING)),
            retrying=Count("id", filter=Q(state=State.RETRY)),
        )
    }
    dead = Delivery.objects.filter(state=State.BURIED).values_list("stage")
    buried = dict(dead.annotate(n=Count("id")))
    rates = _rates()
    return [
        StageLag(
            name=stage.name,
            waiting=counts.get(stage.name, {}).get("waiting", 0),
            retrying=counts.get(stage.name, {}).get("retrying", 0),
            buried=buried.get(stage.name, 0),
            oldest_at=_oldest(stage.name),
            per_minute=None if rates is None else rates.get(stage.name, 0),
        )
        for stage in topology().stages
    ]


def _oldest(stage: str) -> datetime | None:
    rows = Delivery.objects.filter(stage=stage, state__in=OPEN).order_by("record_id")
    return rows.values_list("record__at", flat=True).first()


def _rates() -> dict[str, int] | None:
    living = list(processes("work"))
    if not living:
        return None
    total: dict[str, int] = {}
    for beat in living:
        for stage, n in beat.says.get("minute", {}).items():
            total[stage] = total.get(stage, 0) + n
    return total


def processes(prefix: str = "") -> list[Heartbeat]:
    """Processes that gave a sign of life in the last 20 seconds."""
    return list(
        Heartbeat.objects.filter(name__startswith=prefix, at__gte=timezone.now() - ALIVE)
        .order_by("name")
    )  # fmt: skip


def buried_count() -> int:
    """How many dead letters there are."""
    return Delivery.objects.filter(state=State.BURIED).count()


def dead_letters(limit: int = 100) -> list[DeadLetter]:
    """Dead letters, the newest first."""
    rows = Delivery.objects.filter(state=State.BURIED).select_related("record")
    return [
        DeadLetter(
            id=row.pk,
            stage=row.stage,
            kind=row.record.kind,
            key=row.key,
            at=row.record.at,
            buried_at=row.done_at,
            attempts=row.attempts,
            error=row.error,
            payload=_payload(row.record.payload),
        )
        for row in rows.order_by("-done_at")[:limit]
    ]


def _payload(stored: str) -> dict[str, Any]:
    """The event as stored; one that is no JSON object (it may be why it lies here) as it is."""
    try:
        found = json.loads(stored)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {"unreadable": stored}


def clock_jobs() -> list[Lease]:
    """Jobs of the clock as they last ran."""
    return list(Lease.objects.exclude(next_at=None).order_by("name"))
