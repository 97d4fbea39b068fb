"""The relay: carries Records to Kafka in the order of the log, and keeps the topics as declared."""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.db import connection
from kafka import KafkaProducer
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

from streams import tally
from streams.events import Event
from streams.heartbeat import Pulse
from streams.log import Unreadable, load
from streams.models import Record
from streams.topology import Topology
from streams.wake import Waker
from streams.wiring import topology

logger = logging.getLogger(__name__)

BATCH = 500
LOCK = 7_246_311
"""PostgreSQL advisory lock: one relay at a time, so that the order of the log is kept."""


class TopicDiffers(Exception):
    """A topic that is already there does not fit what the settings ask for."""


def servers() -> list[str]:
    """Broker addresses without their scheme."""
    return [part.split("://")[-1].strip() for part in settings.KAFKA_URL.split(",")]


def ensure_topics(flow: Topology | None = None) -> None:
    """Creates the topics that stages read; raises TopicDiffers for one with other partitions."""
    admin = KafkaAdminClient(bootstrap_servers=servers(), client_id="rrmm-topics")
    try:
        wanted = [topic_name(topic) for topic in (flow or topology()).topics()]
        there = set(admin.list_topics())
        options = {
            "num_partitions": settings.KAFKA_PARTITIONS,
            "replication_factor": settings.KAFKA_REPLICATION,
            "configs": {"retention.ms": str(settings.KAFKA_RETENTION_DAYS * 86_400_000)},
        }
        missing = {name: options for name in wanted if name not in there}
        if missing:
            admin.create_topics(missing, wait_for_metadata=True)
        _compare(admin, [name for name in wanted if name in there])
    finally:
        admin.close()


def _compare(admin: Any, names: Sequence[str]) -> None:
    for found in admin.describe_topics(list(names)) if names else []:
        partitions = len(found["partitions"])
        if partitions != settings.KAFKA_PARTITIONS:
            raise TopicDiffers(
                f"topic {found.get('topic') or found.get('name')} has {partitions} partitions, "
                f"KAFKA_PARTITIONS says {settings.KAFKA_PARTITIONS}: set it to {partitions}, "
                "or give the topic the partitions you want"
            )


def topic_name(topic: str) -> str:
    """The topic's name on the broker."""
    return f"{settings.KAFKA_PREFIX}{topic}"


class Relay:
    """Reads records that wait for Kafka, in order, and marks each when the broker has it."""

    def __init__(self) -> None:
        self.producer: Any = None
        self.waker = Waker()
        self.pulse = Pulse("relay")

    def run(self, stop: Callable[[], bool]) -> None:
        """Relays until `stop()`; waits for a broker or a database that is away."""
        pause = 0.2
        while not stop():
            try:
                self._open()
                if not self.once():
                    self.pulse.beat()
                    self.waker.wait(0.5)
                pause = 0.2
            except Exception as error:  # the relay outlives whatever the broker or database does
                logger.warning("relay: %s: %s; next try in %.1f s",
                               type(error).__name__, error, pause)  # fmt: skip
                self._close()
                connection.close()
                time.sleep(pause)
                pause = min(pause * 2, 5.0)
        self._close()

    def once(self) -> int:
        """Relays up to BATCH records; returns how many. Raises when the broker refuses one.

        A record that cannot be read does not stop the line: it is left to the workers, who bury
        it when nobody has brought it for a while.
        """
        rows = list(Record.objects.filter(to_relay=True).order_by("id")[:BATCH])
        if not rows:
            return 0
        sent = [(row, self._send(row, event)) for row, event in readable(rows)]
        self.producer.flush(timeout=30)
        for row, future in sent:
            there = future.get(timeout=30)
            row.partition, row.offset, row.to_relay = there.partition, there.offset, False
        Record.objects.bulk_update(rows, ["partition", "offset", "to_relay"])
        tally.count("relay.sent", len(rows))
        self.pulse.did("relay", len(rows))
        return len(rows)

    def _send(self, row: Record, event: Event) -> Any:
        return self.producer.send(
            topic_name(event.topic),
            key=row.key.encode(),
            value=event.model_dump_json().encode(),
            headers=[("kind", row.kind.encode()), ("id", str(row.id).encode())],
        )

    def _open(self) -> None:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
                if not cursor.fetchone()[0]:
                    raise AnotherRelay("another relay is at work; this one stands by")
        if self.producer is None:
            self.producer = KafkaProducer(
                bootstrap_servers=servers(),
                client_id="rrmm-relay",
                acks="all",
                enable_idempotence=True,
                linger_ms=5,
                max_block_ms=10_000,
            )

    def _close(self) -> None:
        if self.producer is not None:
            try:
                self.producer.close(timeout=2)
            except KafkaError:
                logger.debug("the producer did not close in order")
            self.producer = None


def readable(rows: Sequence[Record]) -> list[tuple[Record, Event]]:
    """The records with their events; those that cannot be read are counted and taken off the
    relay's list."""
    try:
        return list(zip(rows, load(rows), strict=True))
    except Unreadable as error:
        if len(rows) > 1:
            return [pair for row in rows for pair in readable([row])]
        logger.error("left to the dead letters: %s (%s)", rows[0].pk, type(error).__name__)
        Record.objects.filter(pk=rows[0].pk).update(to_relay=False)
        tally.count("relay.unreadable")
        return []


class AnotherRelay(Exception):
    """The advisory lock is held by another process."""
