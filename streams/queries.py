"""What the pages say about the log: lag per stage, dead letters, processes, jobs."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.utils import timezone

from streams.heartbeat import BROKER, worker_kind
from streams.models import OPEN, Delivery, Heartbeat, Lease, Record, State
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
            oldest_at=_oldest(stage.name) if stage.name in counts else None,
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
    """Processes of ours that gave a sign of life in the last 20 seconds."""
    living = Heartbeat.objects.filter(name__startswith=prefix, at__gte=timezone.now() - ALIVE)
    return list(living.exclude(name__startswith=BROKER).order_by("name"))


@dataclass(frozen=True, slots=True)
class Kind:
    """Processes of one kind: how many are alive, and when the last one beat (None when none did
    in the last hour). standby: relays that wait for another one to end; stuck: those whose broker
    does not answer."""

    name: str
    alive: int = 0
    last_at: datetime | None = None
    standby: int = 0
    stuck: int = 0


def kinds() -> list[Kind]:
    """The kinds of processes that this runtime needs, in flow order, also where none is alive;
    then others of ours that are."""
    needed = [worker_kind(group) for group in topology().groups()]
    wanted = ["collect", *(["relay", *needed] if settings.KAFKA_URL else ["work"]), "beat"]
    found: dict[str, list[Heartbeat]] = {name: [] for name in wanted}
    for beat in Heartbeat.objects.order_by("-at"):
        kind = beat.name.partition("@")[0]
        if kind in found or kind in needed:
            found.setdefault(kind, []).append(beat)
    since = timezone.now() - ALIVE
    return [_kind(name, beats, since) for name, beats in found.items()]


def _kind(name: str, beats: list[Heartbeat], since: datetime) -> Kind:
    living = [beat for beat in beats if beat.at >= since]
    standby, stuck = (
        sum(bool(beat.says.get(what)) for beat in living) for what in ("standby", "stuck")
    )
    return Kind(name, len(living), beats[0].at if beats else None, standby, stuck)


@dataclass(frozen=True, slots=True)
class PartitionLag:
    """How far one group of workers is behind in one partition, as the relay last saw it.

    end: offset of the next message; committed: first that is not acknowledged, None when none
    ever was. stages: the stages that read it.
    """

    group: str
    topic: str
    partition: int
    end: int
    committed: int | None
    stages: tuple[str, ...] = ()

    @property
    def lag(self) -> int:
        return max(0, self.end - (self.committed or 0))


@dataclass(frozen=True, slots=True)
class BrokerView:
    """The broker as the relay last saw it. at: when, None when it never did."""

    at: datetime | None
    partitions: tuple[PartitionLag, ...] = ()

    @property
    def fresh(self) -> bool:
        patience = max(ALIVE, 3 * timedelta(seconds=settings.KAFKA_SWEEP_SECONDS))
        return self.at is not None and timezone.now() - self.at < patience


def broker() -> BrokerView:
    """Lag of every group and partition. Names without KAFKA_PREFIX."""
    row = Heartbeat.objects.filter(name__startswith=BROKER).order_by("-at").first()
    if row is None:
        return BrokerView(at=None)
    readers = _readers()
    found = []
    for group, topic, partition, end, committed in row.says.get("lag", []):
        short = (group.removeprefix(settings.KAFKA_PREFIX),
                 topic.removeprefix(settings.KAFKA_PREFIX))  # fmt: skip
        found.append(PartitionLag(*short, partition, end, committed, readers.get(short, ())))
    return BrokerView(at=row.at, partitions=tuple(found))


def _readers() -> dict[tuple[str, str], tuple[str, ...]]:
    """(group, topic) to the stages that read it."""
    readers: dict[tuple[str, str], tuple[str, ...]] = {}
    for stage in topology().stages:
        for topic in dict.fromkeys(event.topic for event in stage.consumes):
            readers[stage.group, topic] = (*readers.get((stage.group, topic), ()), stage.name)
    return readers


@dataclass(frozen=True, slots=True)
class RelayBacklog:
    """What waits to be carried to Kafka. oldest_at: when the oldest was written."""

    waiting: int
    oldest_at: datetime | None


def relay_backlog() -> RelayBacklog:
    """Counts at most 100,000; none waits where no broker is used."""
    rows = Record.objects.filter(to_relay=True).order_by("id")
    oldest = rows.values_list("at", flat=True).first()
    waiting = 0 if oldest is None else rows[:100_000].count()
    return RelayBacklog(waiting=waiting, oldest_at=oldest)


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
