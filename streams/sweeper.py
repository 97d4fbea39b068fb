"""The sweeper: finds deliveries whose message was acknowledged and that nobody ever tried.

A worker that dies between its last look and its next commit leaves none behind; one that was
wrong about what it had met, a broker that forgot messages, or a retention that was too short
would. Such a delivery is made due, and the workers make it without Kafka; nothing is sent again.
"""

from datetime import datetime

from django.utils import timezone

from streams import kafka, tally
from streams.heartbeat import BROKER
from streams.models import Delivery, Heartbeat, State
from streams.topology import Stage
from streams.wiring import topology

AT_ONCE = 1000
"""Deliveries of one stage and partition that one sweep takes at most."""


def sweep() -> int:
    """Looks behind every group's committed offsets; returns how many deliveries it found.

    What it saw of the broker is kept for the pages (`streams.queries.partitions`).
    Raises kafka.BrokerAway.
    """
    flow = topology()
    with kafka.admin() as client:
        seen = kafka.positions(client, flow)
    now = timezone.now()
    found = 0
    for stage in flow.stages:
        n = sum(_behind(stage, position, now) for position in seen)
        tally.count(f"sweeper.{stage.name}", n)
        found += n
    _note(seen, now)
    return found


def _behind(stage: Stage, position: kafka.Position, now: datetime) -> int:
    """Makes due what the stage should have met before the position; how many."""
    kinds = [e.kind() for e in stage.consumes if kafka.topic_name(e.topic) == position.topic]
    if not kinds or position.group != kafka.group_name(stage.group) or not position.committed:
        return 0
    left = Delivery.objects.filter(
        stage=stage.name, state=State.PENDING, attempts=0, due_at=None, record__kind__in=kinds,
        record__partition=position.partition, record__offset__lt=position.committed,
    )  # fmt: skip
    ids = list(left.values_list("pk", flat=True)[:AT_ONCE])
    untouched = Delivery.objects.filter(pk__in=ids, state=State.PENDING, attempts=0, due_at=None)
    return untouched.update(due_at=now) if ids else 0


def _note(seen: list[kafka.Position], now: datetime) -> None:
    lag = [[p.group, p.topic, p.partition, p.end, p.committed] for p in seen]
    name = f"{BROKER}{kafka.servers()[0]}"[:80]
    Heartbeat.objects.update_or_create(name=name, defaults={"at": now, "says": {"lag": lag}})
