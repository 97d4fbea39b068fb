"""Deliveries that had to wait find their way also where a broker brings each event only once."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import OperationalError, transaction
from django.utils import timezone
from psycopg.errors import DeadlockDetected
from uuid_utils.compat import uuid7

from streams import delivery, faust_app, relay, tally
from streams.delivery import deliver, due, revive
from streams.events import FlashpointGrew
from streams.heartbeat import Pulse
from streams.ids import earliest
from streams.line import Line
from streams.log import append_many
from streams.models import Delivery, Record, State
from streams.topology import Stage

pytestmark = pytest.mark.django_db(transaction=True)


class Stumbler:
    """Does nothing, and fails on the events that it is told to fail on."""

    def __init__(self) -> None:
        self.bad: set[UUID] = set()
        self.met: list[UUID] = []
        self.error: Exception = ValueError("stumbled")

    def prepare(self, events: Sequence[FlashpointGrew]) -> list[UUID]:
        if self.bad & {event.id for event in events}:
            raise self.error
        return [event.id for event in events]

    def apply(self, prepared: list[UUID]) -> None:
        self.met += prepared


STUMBLER = Stumbler()
STAGE = Stage("propose", (FlashpointGrew,), f"{__name__}.STUMBLER", batch=10)


@pytest.fixture(autouse=True)
def stumbler() -> Stumbler:
    STUMBLER.__init__()  # type: ignore[misc]
    return STUMBLER


def write(n: int, case: UUID | None = None, **fields: Any) -> list[UUID]:
    events = [FlashpointGrew(flashpoint=case or uuid4(), **fields) for _ in range(n)]
    with transaction.atomic():
        append_many(events)
    return [event.id for event in events]


def due_later(seconds: float) -> list[UUID]:
    return due(STAGE, timezone.now() + timedelta(seconds=seconds), 100, waited=True)


def test_what_is_parked_while_a_batch_is_halved_is_found_again_without_its_message(
    stumbler: Stumbler,
) -> None:
    ids = write(8, uuid4())
    stumbler.bad = {ids[1]}
    outcome = deliver(STAGE, ids, park=True)
    assert (outcome.done, outcome.retried, outcome.parked) == (1, 1, 6)
    assert due_later(30) == ids[1:]


def test_a_dead_letter_taken_out_again_needs_no_message(stumbler: Stumbler) -> None:
    (ident,) = write(1)
    Delivery.objects.update(state=State.BURIED)
    assert revive(Delivery.objects.get().pk)
    assert due_later(0) == [ident]


def test_a_record_that_the_relay_could_not_send_is_met_without_its_message() -> None:
    (ident,) = write(1)
    assert due_later(0) == []
    relay.hand_over([ident])
    assert due_later(0) == [ident]


def test_what_was_written_without_a_broker_is_put_on_the_relays_list() -> None:
    untouched, met, parked = write(3)
    Delivery.objects.filter(record=met).update(state=State.DONE)
    Delivery.objects.filter(record=parked).update(due_at=timezone.now())
    assert relay.adopt() == 1
    assert list(Record.objects.filter(to_relay=True).values_list("pk", flat=True)) == [untouched]
    Record.objects.update(to_relay=False, partition=0, offset=7)
    assert relay.adopt() == 0


def test_many_keys_that_wait_keep_only_their_own_records_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(delivery, "BLOCKED", 2)
    cases = [uuid4() for _ in range(4)]
    first = [write(1, case)[0] for case in cases]
    Delivery.objects.filter(record__in=first[:3]).update(due_at=timezone.now() + timedelta(hours=1))
    later = [write(1, case)[0] for case in cases]
    assert due(STAGE, timezone.now(), 100) == [first[3], later[3]]


@pytest.mark.parametrize(
    "headers", [None, {}, {"kind": b"FlashpointGrew"}, {"kind": b"FlashpointGrew", "id": b"7"}]
)
def test_a_foreign_message_is_counted_and_does_no_harm(headers: dict[str, bytes] | None) -> None:
    (ident,) = write(1)
    ours = {"kind": b"FlashpointGrew", "id": str(ident).encode()}
    batch = [SimpleNamespace(headers=headers), SimpleNamespace(headers=ours)]

    async def read() -> None:
        ids, strange = faust_app._sorted(batch, {b"FlashpointGrew"})
        await faust_app._deliver(Line(STAGE, Pulse("test")), ids, strange)

    asyncio.run(read())
    assert STUMBLER.met == [ident]
    assert tally.of_day()["faust.unreadable"] == 1


def test_the_earliest_id_of_a_moment_comes_before_all_made_then() -> None:
    now = timezone.now()
    assert earliest(now - timedelta(milliseconds=2)) < uuid7() < earliest(now + timedelta(hours=1))


def test_who_loses_against_another_transaction_is_no_poison(stumbler: Stumbler) -> None:
    (ident,) = write(1)
    stumbler.bad, stumbler.error = {ident}, OperationalError("deadlock detected")
    stumbler.error.__cause__ = DeadlockDetected()
    for _ in range(5):
        Delivery.objects.update(due_at=None)
        deliver(STAGE, [ident])
    assert Delivery.objects.get().state == State.RETRY


def test_a_record_that_cannot_be_read_does_not_stop_the_relay() -> None:
    first, broken, last = write(3)
    Record.objects.update(to_relay=True)
    Record.objects.filter(pk=broken).update(payload="{")
    pairs = relay.readable(list(Record.objects.order_by("id")))
    assert [event.id for _, event in pairs] == [first, last]
    assert not Record.objects.get(pk=broken).to_relay
    assert tally.of_day()["relay.unreadable"] == 1


def test_the_relay_reads_a_batch_at_once(django_assert_num_queries: Any) -> None:
    write(20)
    rows = list(Record.objects.order_by("id"))
    with django_assert_num_queries(0):
        assert len(relay.readable(rows)) == 20
