"""The relay: carries Records to Kafka in the order of the log, and finds what was left lying."""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils import timezone

from streams import kafka, rows, sweeper, tally
from streams.event import Event
from streams.heartbeat import Pulse
from streams.log import Unreadable, load
from streams.models import Delivery, Record, State
from streams.wake import Waker
from streams.wiring import topology

logger = logging.getLogger(__name__)

BATCH = 500
LOCK = 7_246_311
"""PostgreSQL advisory lock: one relay at a time, so that the order of the log is kept."""
STANDBY = 1.0
"""Seconds between two tries to take over from another relay."""
ADOPT_EVERY = 60.0


class Relay:
    """Reads records that wait for Kafka, in order, and marks each when the broker has it."""

    def __init__(self) -> None:
        self.producer: Any = None
        self.waker = Waker()
        self.pulse = Pulse("relay")
        self._locked_on: object = None
        self._sweep_at = self._adopt_at = 0.0

    def run(self, stop: Callable[[], bool]) -> None:
        """Relays until `stop()`; waits for a broker or a database that is away.

        Raises TopicDiffers when the broker's topics do not fit the settings.
        """
        pause = 0.2
        while not stop():
            try:
                if not self._alone():
                    self.pulse.beat(standby=True)
                    time.sleep(STANDBY)
                    continue
                self._open()
                if not self.once():
                    self.pulse.beat()
                    tally.flush()
                    self.waker.wait(0.5)
                pause = 0.2
            except kafka.TopicDiffers:
                raise
            except Exception as error:  # the relay outlives whatever the broker or database does
                logger.warning("relay: %s: %s; next try in %.1f s",
                               type(error).__name__, error, pause)  # fmt: skip
                self._close()
                connection.close()
                self.pulse.beat(stuck=True)
                time.sleep(pause)
                pause = min(pause * 2, 5.0)
        self._close()
        tally.flush()
        self.waker.close()

    def once(self) -> int:
        """Relays up to BATCH records; returns how many. Raises when the broker refuses one.

        A record that cannot be read or is too big for the broker does not stop the line: the
        workers get it without Kafka.
        """
        waiting = list(Record.objects.filter(to_relay=True).order_by("id")[:BATCH])
        if waiting:
            self._carry(waiting)
            self.pulse.did("relay", len(waiting))
            self.pulse.beat()
        self._look_around()
        return len(waiting)

    def _carry(self, waiting: Sequence[Record]) -> None:
        sent = [(row.id, self._send(row, event)) for row, event in readable(waiting)]
        self.producer.flush(timeout=30)
        there, too_big = [], []
        for ident, future in sent:
            try:
                place = future.get(timeout=30) if future is not None else None
            except kafka.TOO_BIG:
                place = None
            if place is None:
                too_big.append(ident)
            else:
                fields = {"partition": place.partition, "offset": place.offset, "to_relay": False}
                there.append((ident, fields))
        rows.update(Record, ("partition", "offset", "to_relay"), there)
        tally.count("relay.sent", len(there))
        if too_big:
            logger.error("too big for the broker, given to the workers directly: %s",
                         ", ".join(map(str, too_big)))  # fmt: skip
            hand_over(too_big)
            tally.count("relay.too_big", len(too_big))

    def _send(self, row: Record, event: Event) -> Any:
        try:
            return self.producer.send(
                kafka.topic_name(event.topic),
                key=row.key.encode(),
                value=event.model_dump_json().encode(),
                headers=[("kind", row.kind.encode()), ("id", str(row.id).encode())],
            )
        except kafka.TOO_BIG:
            return None

    def _look_around(self) -> None:
        """From time to time: what nobody will bring any more, and what nobody ever sent."""
        now = time.monotonic()
        if now >= self._adopt_at:
            self._adopt_at = now + ADOPT_EVERY
            adopt()
        if now >= self._sweep_at:
            self._sweep_at = now + settings.KAFKA_SWEEP_SECONDS
            try:
                sweeper.sweep()
            except kafka.BrokerAway as error:
                logger.warning("the sweeper could not look: %s", type(error).__name__)

    def _alone(self) -> bool:
        """Whether this relay holds the lock; it goes with the connection that took it."""
        connection.ensure_connection()
        if self._locked_on is connection.connection:
            return True
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            taken = bool(cursor.fetchone()[0])
        self._locked_on = connection.connection if taken else None
        return taken

    def _open(self) -> None:
        if self.producer is None:
            kafka.ensure_topics(topology())
            self.producer = kafka.producer()

    def _close(self) -> None:
        if self.producer is not None:
            kafka.end(self.producer)
            self.producer = None


def readable(waiting: Sequence[Record]) -> list[tuple[Record, Event]]:
    """The records with their events; those that cannot be read are counted and handed over."""
    try:
        return list(zip(waiting, load(waiting), strict=True))
    except Unreadable as error:
        if len(waiting) > 1:
            return [pair for row in waiting for pair in readable([row])]
        logger.error("left to the dead letters: %s (%s)", waiting[0].pk, type(error).__name__)
        hand_over([waiting[0].pk])
        tally.count("relay.unreadable")
        return []


def hand_over(records: Iterable[UUID]) -> None:
    """Takes records off the relay's list and makes them due: workers find them without Kafka."""
    found = list(records)
    untouched = Delivery.objects.filter(record_id__in=found, state=State.PENDING, due_at=None)
    untouched.update(due_at=timezone.now())
    Record.objects.filter(pk__in=found).update(to_relay=False)


def adopt() -> int:
    """Puts on the relay's list what was written while there was no broker; returns how many.

    Those are records that no relay ever saw and that a stage still waits for, untouched.
    """
    waiting = Delivery.objects.filter(
        state=State.PENDING, attempts=0, due_at=None,
        record__to_relay=False, record__offset=None,
    )  # fmt: skip
    found = Record.objects.filter(pk__in=waiting.values("record_id"), to_relay=False)
    n = found.update(to_relay=True)
    tally.count("relay.adopted", n)
    return n


def again() -> int:
    """Puts on the relay's list once more what a stage still waits for, untouched, although the
    broker had it: for a broker that lost its data. Returns how many records.

    Where the messages were is forgotten with them. What a worker meets twice it does once.
    """
    waiting = Delivery.objects.filter(state=State.PENDING, attempts=0, due_at=None)
    found = Record.objects.filter(pk__in=waiting.values("record_id"), to_relay=False)
    n = found.update(to_relay=True, partition=None, offset=None)
    tally.count("relay.again", n)
    tally.flush()
    return n
