"""The broker: its topics as the topology wants them, a producer, and who has read how far."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from kafka import KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient
from kafka.errors import (
    KafkaError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    TopicAlreadyExistsError,
)

from streams.topology import Topology

DAY_MS = 86_400_000
ANSWER_MS = 5_000
"""How long the broker may take to answer an admin's question."""
BrokerAway = KafkaError
"""Whatever the broker or the way to it does wrong."""
TOO_BIG = (MessageSizeTooLargeError, RecordListTooLargeError)
"""What the broker will never take, however often it is offered."""
LATEST = -1
"""Kafka's sign for the end of a partition."""


class TopicDiffers(Exception):
    """Topics that are already there do not fit what the settings ask for; says how."""


@dataclass(frozen=True, slots=True)
class Position:
    """How far a group has read a partition. `topic` is the name on the broker.

    end: offset of the next message; committed: offset of the first that is not acknowledged,
    None when the group never acknowledged one.
    """

    group: str
    topic: str
    partition: int
    end: int
    committed: int | None


def servers() -> list[str]:
    """Broker addresses without their scheme."""
    return [part.split("://")[-1].strip() for part in settings.KAFKA_URL.split(",")]


def topic_name(topic: str) -> str:
    """The topic's name on the broker."""
    return f"{settings.KAFKA_PREFIX}{topic}"


def group_name(group: str) -> str:
    """The consumer group's name on the broker."""
    return f"{settings.KAFKA_PREFIX}{group}"


@contextmanager
def admin() -> Iterator[Any]:
    """An admin client. Raises BrokerAway when no broker answers."""
    client = KafkaAdminClient(
        bootstrap_servers=servers(),
        client_id="rrmm-admin",
        bootstrap_timeout_ms=ANSWER_MS,
        request_timeout_ms=ANSWER_MS,
    )
    try:
        yield client
    finally:
        with suppress(KafkaError):
            client.close()


def producer() -> Any:
    """A producer that writes nothing twice and believes only what every replica has."""
    return KafkaProducer(
        bootstrap_servers=servers(),
        client_id="rrmm-relay",
        acks="all",
        enable_idempotence=True,
        linger_ms=5,
        batch_size=65_536,
        max_block_ms=10_000,
    )


def end(found: Any) -> None:
    """Ends a producer. What it still held is dropped: it stands on the relay's list.

    Its own `close` gives up before it ends its thread when the broker is away, and would leave
    one behind each time; `force_close` is what that method itself ends with.
    """
    try:
        found.close(timeout=2)
    except KafkaError:
        found._sender.force_close()
        found._closed = True


def ensure_topics(flow: Topology) -> None:
    """Creates the topics that stages read. Raises TopicDiffers for those that do not fit, and
    BrokerAway."""
    wanted = [topic_name(topic) for topic in flow.topics()]
    with admin() as client:
        missing = set(wanted) - set(client.list_topics())
        if missing:
            with suppress(TopicAlreadyExistsError):  # another process was a moment faster
                client.create_topics(
                    {
                        name: {
                            "num_partitions": settings.KAFKA_PARTITIONS,
                            "replication_factor": settings.KAFKA_REPLICATION,
                            "configs": {"retention.ms": _retention(), "cleanup.policy": "delete"},
                        }
                        for name in missing
                    },
                    wait_for_metadata=True,
                )
        differences = _differences(client, wanted)
    if differences:
        raise TopicDiffers("; ".join(differences))


def grow_topics(flow: Topology) -> list[str]:
    """Gives topics with too few partitions those that KAFKA_PARTITIONS asks for; their names.

    The order of each key stays: it is kept by the deliveries, not by the partitions.
    """
    with admin() as client:
        found = client.describe_topics([topic_name(topic) for topic in flow.topics()])
        small = [
            topic["name"]
            for topic in found
            if topic["partitions"] and len(topic["partitions"]) < settings.KAFKA_PARTITIONS
        ]
        if small:
            client.create_partitions(dict.fromkeys(small, settings.KAFKA_PARTITIONS))
    return sorted(small)


def positions(client: Any, flow: Topology) -> list[Position]:
    """Every group's position in every partition that it reads."""
    wanted: dict[str, set[str]] = {}
    for stage in flow.stages:
        names = {topic_name(event.topic) for event in stage.consumes}
        wanted.setdefault(group_name(stage.group), set()).update(names)
    parts = [
        TopicPartition(topic["name"], part["partition_index"])
        for topic in client.describe_topics(sorted(set().union(*wanted.values())))
        for part in topic["partitions"]
    ]
    ends = client.list_partition_offsets(dict.fromkeys(parts, LATEST))
    committed = client.list_group_offsets(list(wanted))
    return [
        Position(group, part.topic, part.partition, ends[part].offset, _at(committed, group, part))
        for group, topics in wanted.items()
        for part in sorted(parts)
        if part.topic in topics
    ]


def _at(committed: Any, group: str, part: Any) -> int | None:
    found = committed.get(group, {}).get(part)
    return None if found is None or found.offset < 0 else int(found.offset)


def _retention() -> str:
    return str(settings.KAFKA_RETENTION_DAYS * DAY_MS)


def _differences(client: Any, names: Sequence[str]) -> list[str]:
    said: list[str] = []
    for found in client.describe_topics(list(names)):
        parts = found["partitions"]
        copies = {len(part["replica_nodes"]) for part in parts}
        if len(parts) != settings.KAFKA_PARTITIONS:
            said.append(
                f"topic {found['name']} has {len(parts)} partitions, KAFKA_PARTITIONS says "
                f"{settings.KAFKA_PARTITIONS}: "
                + (
                    "`manage.py topics --grow` adds them"
                    if len(parts) < settings.KAFKA_PARTITIONS
                    else f"set it to {len(parts)} (Kafka cannot take partitions away)"
                )
            )
        if copies != {settings.KAFKA_REPLICATION}:
            said.append(
                f"topic {found['name']} has {'/'.join(map(str, sorted(copies)))} copies of each "
                f"partition, KAFKA_REPLICATION says {settings.KAFKA_REPLICATION}: set it to that, "
                "or reassign the topic's replicas with Kafka's own tools"
            )
    for name, kept in _kept(client, names).items():
        if kept != _retention():
            said.append(
                f"topic {name} keeps messages for {int(kept) / DAY_MS:g} days, "
                f"KAFKA_RETENTION_DAYS says {settings.KAFKA_RETENTION_DAYS}: set it to that, or "
                f"alter the topic's retention.ms to {_retention()}"
            )
    return said


def _kept(client: Any, names: Sequence[str]) -> dict[str, str]:
    from kafka.admin import ConfigResource, ConfigResourceType

    asked = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    found = client.describe_configs(asked, config_filter="all")
    by_name: dict[str, Any] = next(iter(found.values()), {}) if found else {}
    return {name: _value(by_name[name]["retention.ms"]) for name in names if name in by_name}


def _value(config: Any) -> str:
    return str(config["value"] if isinstance(config, dict) else config)
