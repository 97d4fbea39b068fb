"""The one way in which a stage meets its events: claim, apply, retry, park, split, bury."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Exists, F, Min, OuterRef, Q
from django.utils import timezone

from streams import gate, retry, tally
from streams.log import load
from streams.models import OPEN, Delivery, Record, State
from streams.plain import storable
from streams.topology import Stage
from streams.wiring import handler

logger = logging.getLogger(__name__)

ERROR_CHARS = 500
BLOCKED = 1000
"""Keys that wait for a retry, named one by one in a query; beyond that the database compares."""
COLLISIONS = {"40001", "40P01", "55P03"}
"""Serialisation failure, deadlock, lock not available."""


class DatabaseAway(Exception):
    """The database does not answer: wait, and acknowledge nothing."""


@dataclass(slots=True)
class Outcome:
    """What became of the deliveries of one call."""

    done: int = 0
    retried: int = 0
    buried: int = 0
    parked: int = 0
    taken: int = 0

    @property
    def failed(self) -> int:
        return self.retried + self.buried


def due(stage: Stage, now: datetime, limit: int, *, waited: bool = False) -> list[UUID]:
    """Ids of the records that this stage may meet now, in order, at most `limit`.

    waited: only those that carry a time: they were met before and had to wait (retries and parked
    ones), or will not come through Kafka. It brings the others.
    """
    ready = Q(due_at__lte=now) if waited else Q(due_at__lte=now) | Q(due_at=None)
    rows = Delivery.objects.filter(ready, stage=stage.name, state__in=OPEN).order_by("record_id")
    if stage.ordered:
        blocked = Delivery.objects.filter(stage=stage.name, state__in=OPEN, due_at__gt=now)
        keys = list(blocked.values_list("key", flat=True).distinct()[: BLOCKED + 1])
        if len(keys) > BLOCKED:
            rows = rows.exclude(Exists(blocked.filter(key=OuterRef("key"))))
        elif keys:
            rows = rows.exclude(key__in=keys)
    return list(rows.values_list("record_id", flat=True)[:limit])


def deliver(
    stage: Stage, records: Sequence[UUID], now: datetime | None = None, *, park: bool = False
) -> Outcome:
    """Lets the stage meet these records, as far as they are open, due and not parked.

    park: mark the parked ones as having waited, because nobody will bring them again (a Kafka
    message is acknowledged all the same).

    Never raises for a bad event: it is tried again later, and in the end buried alone. Raises
    DatabaseAway when the database does not answer; then nothing was acknowledged.
    """
    outcome = Outcome()
    try:
        rows = _open_rows(stage, records, now or timezone.now(), outcome, park=park)
        _attempt(stage, rows, outcome, park=park)
    except (InterfaceError, OperationalError) as error:
        connection.close()
        raise DatabaseAway(str(error)) from error
    tally.count(f"{stage.name}.done", outcome.done)
    tally.count(f"{stage.name}.retried", outcome.retried)
    tally.count(f"{stage.name}.buried", outcome.buried)
    return outcome


def _open_rows(
    stage: Stage, records: Sequence[UUID], now: datetime, outcome: Outcome, *, park: bool
) -> list[Delivery]:
    rows = list(
        Delivery.objects.filter(stage=stage.name, record_id__in=records, state__in=OPEN)
        .filter(Q(due_at=None) | Q(due_at__lte=now))
        .select_related("record")
        .order_by("record_id")
    )
    return _let_through(stage, rows, now, outcome, park=park)


def _let_through(
    stage: Stage, rows: list[Delivery], now: datetime, outcome: Outcome, *, park: bool
) -> list[Delivery]:
    """The rows that nothing stands before; the others are counted, and marked if `park`."""
    free = _not_parked(stage, rows)
    outcome.parked += len(rows) - len(free)
    if park and len(free) < len(rows):
        parked = {row.pk for row in rows} - {row.pk for row in free}
        Delivery.objects.filter(pk__in=parked, state=State.PENDING).update(due_at=now)
    return free


def _not_parked(stage: Stage, rows: list[Delivery]) -> list[Delivery]:
    """The rows that no earlier open delivery of the same stage and key stands before."""
    if not stage.ordered or not rows:
        return rows
    earlier = (
        Delivery.objects.filter(stage=stage.name, state__in=OPEN, record_id__lt=rows[-1].record_id)
        .filter(key__in={row.key for row in rows})
        .exclude(pk__in=[row.pk for row in rows])
        .order_by("-record_id")
    )
    first_before: dict[str, UUID] = dict(earlier.values_list("key", "record_id"))
    return [
        row for row in rows if row.key not in first_before or row.record_id < first_before[row.key]
    ]


def _attempt(stage: Stage, rows: list[Delivery], outcome: Outcome, *, park: bool) -> None:
    """Tries the rows together; on a failure looks for the culprit by halving."""
    if not rows:
        return
    try:
        taken = _meet(stage, rows)
    except _Taken:
        still = set(_still_open(rows))
        outcome.taken += len(rows) - len(still)
        _attempt(stage, [row for row in rows if row.pk in still], outcome, park=park)
    except Exception as error:
        if isinstance(error, InterfaceError | OperationalError) and _is_away(error, rows):
            raise
        if len(rows) == 1:
            _settle(stage, rows[0], error, outcome)
            return
        middle = len(rows) // 2
        _attempt(stage, rows[:middle], outcome, park=park)
        later = _let_through(stage, rows[middle:], timezone.now(), outcome, park=park)
        _attempt(stage, later, outcome, park=park)
    else:
        outcome.done += taken


class _Taken(Exception):
    """Somebody else has done, or is doing, some of these."""


def _meet(stage: Stage, rows: list[Delivery]) -> int:
    events = load(row.record for row in rows)
    stage_code = handler(stage)
    prepared = stage_code.prepare(events)
    with transaction.atomic():
        if any(row.record.demo for row in rows):
            gate.enter()
        claimed = Delivery.objects.filter(pk__in=[row.pk for row in rows], state__in=OPEN).update(
            state=State.DONE, done_at=timezone.now(), due_at=None, error=""
        )
        if claimed != len(rows):
            raise _Taken
        stage_code.apply(prepared)
    return claimed


def _still_open(rows: list[Delivery]) -> list[int]:
    found = Delivery.objects.filter(pk__in=[row.pk for row in rows], state__in=OPEN)
    return list(found.values_list("pk", flat=True))


def _is_away(error: Exception, rows: list[Delivery]) -> bool:
    """Whether the database itself is the trouble, and not what this event makes of it."""
    if "locked" in str(error) or "busy" in str(error):
        return True
    connection.close()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (InterfaceError, OperationalError):
        return True
    return False


def _collided(error: Exception) -> bool:
    """Whether PostgreSQL stopped this transaction in favour of another: no fault of the event."""
    return getattr(error.__cause__, "sqlstate", None) in COLLISIONS


def _settle(stage: Stage, row: Delivery, error: Exception, outcome: Outcome) -> None:
    """Books one failure: a later attempt, or the dead letters."""
    attempts = row.attempts + 1
    after = retry.wait(attempts, retry.Transient(str(error)) if _collided(error) else error)
    words = storable(f"{type(error).__name__}: {error}", ERROR_CHARS)
    state = State.BURIED if after is None else State.RETRY
    changed = Delivery.objects.filter(pk=row.pk, state__in=OPEN).update(
        state=state,
        attempts=F("attempts") + 1,
        due_at=None if after is None else timezone.now() + after,
        error=words,
        done_at=timezone.now() if after is None else None,
    )
    if not changed:
        outcome.taken += 1
    elif after is None:
        outcome.buried += 1
        logger.error("%s buried record %s after %d attempts: %s", stage.name, row.record_id,
                     attempts, type(error).__name__, exc_info=error)  # fmt: skip
    else:
        outcome.retried += 1
        logger.warning("%s tries record %s again in %s: %s", stage.name, row.record_id, after,
                       type(error).__name__)  # fmt: skip


def next_due(now: datetime) -> timedelta | None:
    """How long until the next retry may be made; None when none waits."""
    waiting = Delivery.objects.filter(state__in=OPEN, due_at__gt=now)
    first = waiting.aggregate(first=Min("due_at"))["first"]
    return None if first is None else max(first - now, timedelta(0))


def revive(delivery: int, *, discard: bool = False) -> bool:
    """Takes a dead letter out again (to be tried at once), or discards it for good.

    Returns False when it was not in the dead letters any more. Due now, not "never tried": no
    message will bring it again.
    """
    buried = Delivery.objects.filter(pk=delivery, state=State.BURIED)
    if discard:
        return bool(buried.update(state=State.DONE, error=F("error"), done_at=timezone.now()))
    return bool(buried.update(state=State.PENDING, attempts=0, due_at=timezone.now(), done_at=None))


def record_of(delivery: int) -> Record:
    """The record behind a delivery."""
    return Delivery.objects.select_related("record").get(pk=delivery).record
