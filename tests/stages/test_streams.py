"""The log's small books: trail, tallies, leases of the clock, pruning, dead letters."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import DatabaseError, OperationalError, connection, transaction
from django.utils import timezone

from streams import beat, pruning, queries, services, tally, trail
from streams.delivery import deliver, due, next_due
from streams.events import FlashpointTouched, MailQueued
from streams.ids import earliest
from streams.jobs import Job
from streams.log import NoTransaction, append, load, replay
from streams.models import AppendOnly, Delivery, Lease, Record, State, Trail
from streams.wiring import topology

pytestmark = pytest.mark.django_db(transaction=True)


def write(event: MailQueued | FlashpointTouched) -> None:
    with transaction.atomic():
        append(event)


def test_an_event_outside_a_transaction_is_refused() -> None:
    with pytest.raises(NoTransaction):
        append(MailQueued(message=uuid4()))


def test_an_event_rolled_back_was_never_there() -> None:
    with transaction.atomic():
        append(MailQueued(message=uuid4()))
        transaction.set_rollback(True)
    assert not Record.objects.exists()
    assert not Delivery.objects.exists()


def test_a_record_loads_as_the_event_that_was_written() -> None:
    event = MailQueued(message=uuid4())
    write(event)
    assert load(Record.objects.all()) == [event]
    assert list(replay([MailQueued])) == [event]


def test_only_consumed_events_get_deliveries() -> None:
    write(FlashpointTouched(flashpoint=uuid4(), act="taken"))
    assert Record.objects.count() == 1
    assert not Delivery.objects.exists()


def test_a_record_that_cannot_be_read_is_buried_alone() -> None:
    write(MailQueued(message=uuid4()))
    Record.objects.update(payload="{")
    stage = topology().stage("send")
    for hours in (0, 1, 2):
        with time_machine.travel(timezone.now() + timedelta(hours=hours)):
            deliver(stage, list(Record.objects.values_list("id", flat=True)))
    row = Delivery.objects.get()
    assert (row.state, row.attempts) == (State.BURIED, 3)
    assert "not JSON" in row.error
    assert queries.buried_count() == 1
    assert [letter.payload for letter in queries.dead_letters()] == [{"unreadable": "{"}]


def test_a_dead_letter_is_replayed_once_and_the_trail_says_by_whom() -> None:
    write(MailQueued(message=uuid4()))
    Delivery.objects.update(state=State.BURIED, attempts=3)
    row = Delivery.objects.get()
    assert services.replay_dead(row.pk, "staff:7")
    assert not services.replay_dead(row.pk, "staff:7")
    row.refresh_from_db()
    assert (row.state, row.attempts) == (State.PENDING, 0)
    assert Trail.objects.get().actor == "staff:7"


@pytest.mark.parametrize(
    "change",
    [
        lambda row: Trail.objects.update(act="nothing.happened"),
        lambda row: Trail.objects.all().delete(),
        lambda row: row.save(),
        lambda row: row.delete(),
    ],
)
def test_the_trail_only_grows(change: Callable[[Trail], object]) -> None:
    with transaction.atomic():
        row = trail.note(trail.staff(1), "flashpoint.confirmed", uuid4(), slots=2)
    with pytest.raises((AppendOnly, DatabaseError)):
        change(row)
    assert Trail.objects.get().act == "flashpoint.confirmed"


def test_the_trail_of_the_demonstration_can_go() -> None:
    with transaction.atomic():
        trail.note(trail.MACHINE, "flashpoint.opened", uuid4(), demo=True)
    Trail.objects.filter(demo=True).delete()
    assert not Trail.objects.exists()


def test_counts_add_up_and_those_rolled_back_do_not() -> None:
    tally.count("collect.duplicate", 2)
    tally.flush()
    tally.count("collect.duplicate")
    with transaction.atomic():
        tally.count("collect.duplicate", 100)
        transaction.set_rollback(True)
    assert tally.of_day() == {"collect.duplicate": 3}
    assert tally.total("collect.") == {"collect.duplicate": 3}


CALLS: list[int] = []


def ring() -> int:
    CALLS.append(1)
    return 5


def crack() -> int:
    raise ValueError("cracked")


def test_a_job_runs_when_due_and_by_one_process_only() -> None:
    job = Job("bell", timedelta(seconds=30), f"{__name__}.ring")
    assert beat.take(job, "one")
    assert not beat.take(job, "two")
    assert beat.perform(job, "one") == 5
    assert not beat.take(job, "two")
    with time_machine.travel(timezone.now() + timedelta(seconds=31)):
        assert beat.take(job, "two")
        assert not beat.take(job, "one")


def test_a_holder_that_died_loses_the_job_when_its_lease_ends() -> None:
    job = Job("bell", timedelta(seconds=1), f"{__name__}.ring", lease=timedelta(seconds=60))
    assert beat.take(job, "dead")
    with time_machine.travel(timezone.now() + timedelta(seconds=30)):
        assert not beat.take(job, "alive")
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert beat.take(job, "alive")


def test_a_job_that_fails_says_so_and_comes_again() -> None:
    job = Job("glass", timedelta(seconds=1), f"{__name__}.crack")
    assert beat.take(job, "one")
    assert beat.perform(job, "one") == 0
    lease = Lease.objects.get(name="glass")
    assert (lease.error, lease.until) == ("ValueError: cracked", None)


def lock() -> int:
    raise OperationalError("database is locked")


def test_a_locked_database_does_not_hold_a_job_until_its_lease_ends() -> None:
    job = Job("waves", timedelta(seconds=1), f"{__name__}.lock")
    assert beat.take(job, "one")
    assert beat.perform(job, "one") == 0
    assert Lease.objects.get(name="waves").error == "OperationalError: database is locked"
    with time_machine.travel(timezone.now() + timedelta(seconds=2)):
        assert beat.take(job, "one")


def test_old_receipts_and_records_go_but_dead_letters_stay() -> None:
    long_ago = timezone.now() - timedelta(days=30)
    for n in range(3):
        ident = UUID(int=earliest(long_ago).int + n)
        write(MailQueued(id=ident, at=long_ago, message=uuid4()))
    write(MailQueued(message=uuid4()))
    young = Record.objects.latest("id")
    Delivery.objects.filter(record=young).update(state=State.DONE, done_at=timezone.now())
    first, second, third, _young = Delivery.objects.order_by("record_id")
    Delivery.objects.filter(pk=first.pk).update(state=State.DONE, done_at=long_ago)
    Delivery.objects.filter(pk=second.pk).update(state=State.BURIED, done_at=long_ago)
    assert pruning.prune() == 2
    assert set(Record.objects.values_list("id", flat=True)) == {
        second.record_id,
        third.record_id,
        young.pk,
    }


@pytest.mark.parametrize(
    "ask",
    [
        lambda: due(topology().stage("assess"), timezone.now(), 200),
        lambda: due(topology().stage("escalate"), timezone.now(), 50),
        lambda: next_due(timezone.now()),
        queries.stage_lags,
        queries.buried_count,
        pruning.prune,
    ],
)
def test_no_question_that_loops_ask_reads_all_that_was_ever_delivered(
    ask: Callable[[], object],
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("SQLite says what it does without having many rows")
    plans: list[str] = []

    def explain(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("SELECT"):
            asked = context["cursor"].connection.execute(
                f"EXPLAIN QUERY PLAN {sql.replace('%s', '?')}", params or ()
            )
            plans.extend(row[3] for row in asked)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        ask()
    tables = ("streams_delivery", "streams_record", "U0")
    scans = [p for p in plans if p.startswith("SCAN") and any(f" {t}" in p for t in tables)]
    assert plans
    assert [p for p in scans if "delivery_open" not in p and "delivery_buried" not in p] == []


def test_the_lag_of_every_stage_is_told_with_the_oldest_waiting() -> None:
    event = MailQueued(message=uuid4())
    write(event)
    lags = {lag.name: lag for lag in queries.stage_lags()}
    assert list(lags) == [stage.name for stage in topology().stages]
    assert (lags["send"].waiting, lags["send"].oldest_at) == (1, event.at)
    assert lags["send"].per_minute is None
    assert lags["assess"].oldest_at is None
