"""Kafka as the health page shows it: lag by partition, the relay, the groups of workers."""

from dataclasses import dataclass

from django.conf import settings

from rrmm.web import words
from streams import queries as flow
from streams.heartbeat import worker_kind
from streams.wiring import topology

MANY = 100_000
"""As far as the relay's backlog is counted."""


@dataclass(frozen=True, slots=True)
class Group:
    """Workers that share the messages of their stages. alive: how many give a sign of life;
    waiting: open deliveries of their stages; unread: messages that they have not acknowledged."""

    name: str
    stages: list[str]
    alive: int
    waiting: int
    unread: int


@dataclass(frozen=True, slots=True)
class Kafka:
    """One reading. strips: messages that are not acknowledged, by stage and partition; highest:
    the most in one partition."""

    view: flow.BrokerView
    backlog: flow.RelayBacklog
    relay: flow.Kind
    groups: list[Group]
    strips: dict[str, list[int]]
    highest: int

    @property
    def carrying(self) -> int:
        """Relays at work: one, or none."""
        return self.relay.alive - self.relay.standby - self.relay.stuck

    @property
    def old(self) -> bool:
        """Whether the bars show something else than now."""
        return not self.view.fresh

    @property
    def many(self) -> bool:
        """Whether more wait for the relay than are counted."""
        return self.backlog.waiting >= MANY

    @property
    def silent(self) -> list[Group]:
        """The groups without a worker."""
        return [group for group in self.groups if not group.alive]


def read(lags: list[flow.StageLag], kinds: list[flow.Kind]) -> Kafka | None:
    """None in the embedded runtime, which has no broker."""
    if not settings.KAFKA_URL:
        return None
    view, by_name = flow.broker(), {kind.name: kind for kind in kinds}
    strips = by_partition(view)
    return Kafka(
        view=view,
        backlog=flow.relay_backlog(),
        relay=by_name["relay"],
        groups=[_group(name, view, lags, by_name) for name in topology().groups()],
        strips=strips,
        highest=max((n for strip in strips.values() for n in strip), default=0),
    )


def by_partition(view: flow.BrokerView) -> dict[str, list[int]]:
    """Messages not acknowledged by stage, one number a partition, over all topics that it reads."""
    strips: dict[str, list[int]] = {}
    for part in view.partitions:
        for stage in part.stages:
            strip = strips.setdefault(stage, [])
            strip.extend([0] * (part.partition + 1 - len(strip)))
            strip[part.partition] += part.lag
    return strips


def _group(
    name: str, view: flow.BrokerView, lags: list[flow.StageLag], kinds: dict[str, flow.Kind]
) -> Group:
    stages = [stage.name for stage in topology().of_group(name)]
    return Group(
        name=name,
        stages=[words.stage(stage) for stage in stages],
        alive=kinds[worker_kind(name)].alive,
        waiting=sum(lag.waiting + lag.retrying for lag in lags if lag.name in stages),
        unread=sum(part.lag for part in view.partitions if part.group == name),
    )
