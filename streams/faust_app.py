"""Runtime 2: one faust agent per stage of the same topology."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any
from uuid import UUID

import faust
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone

from streams import tally
from streams.delivery import DatabaseAway, deliver, due
from streams.heartbeat import Pulse
from streams.kafka import servers, topic_name
from streams.topology import Stage, Topology
from streams.wiring import topology, warm

logger = logging.getLogger(__name__)

DRAIN_EVERY = 1.0
"""Seconds between two looks at parked and due rows."""


def build(flow: Topology | None = None, stages: Sequence[str] = ()) -> Any:
    """The faust app: an agent for each stage (or those named), a timer for rows that waited.

    One consumer group a stage would cost a connection each; one app has one group, so each
    stage's agent reads the topics of its own events and skips the kinds it does not consume.
    """
    flow = flow or topology()
    app = faust.App(
        f"{settings.KAFKA_PREFIX}rrmm",
        broker=[f"kafka://{server}" for server in servers()],
        store="memory://",
        topic_disable_leader=True,
        topic_allow_declare=False,
        broker_session_timeout=settings.KAFKA_SESSION_TIMEOUT,
        broker_heartbeat_interval=settings.KAFKA_SESSION_TIMEOUT / 3,
        broker_commit_interval=0.5,
        consumer_auto_offset_reset="earliest",
        stream_wait_empty=True,
        web_enabled=False,
        value_serializer="raw",
        key_serializer="raw",
        datadir=settings.DATA_DIR / "faust",
    )
    wanted = [stage for stage in flow.stages if not stages or stage.name in stages]
    pulse = Pulse("work")
    for stage in wanted:
        warm(stage)
        _agent(app, stage, pulse)
    app.timer(DRAIN_EVERY)(_drainer(wanted, pulse))
    return app


def _agent(app: Any, stage: Stage, pulse: Pulse) -> None:
    kinds = {event.kind().encode() for event in stage.consumes}
    names = sorted({topic_name(event.topic) for event in stage.consumes})
    channel = app.topic(*names, value_serializer="raw", key_serializer="raw")

    async def meet(stream: Any) -> AsyncIterator[None]:
        async for batch in _batches(stream, stage):
            ids, strange = _sorted(batch, kinds)
            if ids or strange:
                await _deliver(stage, ids, strange, pulse)
            yield None

    app.agent(channel, name=f"{stage.name}", concurrency=1, sink=None)(_as_agent(meet))


def _as_agent(meet: Callable[[Any], AsyncIterator[None]]) -> Any:
    async def agent(stream: Any) -> None:
        async for _ in meet(stream):
            pass

    return agent


async def _batches(stream: Any, stage: Stage) -> AsyncIterator[list[Any]]:
    async for events in stream.take_events(max(stage.batch, 1), within=stage.within):
        yield list(events)


def _sorted(batch: Sequence[Any], kinds: set[bytes]) -> tuple[list[UUID], int]:
    """Ids of the records that the stage consumes, and how many messages are none of ours.

    Those are counted later, on the database's thread: in the event loop Django refuses, and an
    agent that raises takes its whole batch down.
    """
    ids, strange = [], 0
    for event in batch:
        try:
            headers = dict(event.headers or {})
            if _bytes(headers["kind"]) in kinds:
                ids.append(UUID(_bytes(headers["id"]).decode()))
        except (KeyError, ValueError, TypeError):
            strange += 1
    return ids, strange


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


async def _deliver(stage: Stage, ids: list[UUID], strange: int, pulse: Pulse) -> None:
    """Meets the records; while the database is away it waits and acknowledges nothing."""
    pause = 0.2
    while True:
        try:
            done = await sync_to_async(_deliver_now, thread_sensitive=True)(stage, ids, strange)
        except DatabaseAway as error:
            logger.warning("%s: no answer from the database (%s)", stage.name, error)
        except Exception:
            logger.exception("%s: delivery stumbled; it is tried again", stage.name)
        else:
            pulse.did(stage.name, done)
            return
        await asyncio.sleep(pause)
        pause = min(pause * 2, 5.0)


def _deliver_now(stage: Stage, ids: list[UUID], strange: int) -> int:
    close_old_connections()
    try:
        done = deliver(stage, ids, park=True).done
        tally.count("faust.unreadable", strange)
        return done
    finally:
        close_old_connections()


def _drainer(stages: Sequence[Stage], pulse: Pulse) -> Any:
    async def drain() -> None:
        try:
            await sync_to_async(_drain_now, thread_sensitive=True)(stages, pulse)
        except Exception:
            logger.exception("draining stumbled; it comes again in a second")

    return drain


def _drain_now(stages: Sequence[Stage], pulse: Pulse) -> None:
    close_old_connections()
    for stage in stages:
        while ids := due(stage, timezone.now(), stage.batch, waited=True):
            outcome = deliver(stage, ids, park=True)
            pulse.did(stage.name, outcome.done)
            if not outcome.done:
                break
    pulse.beat()
    tally.flush()
    close_old_connections()


def run(stages: Sequence[str] = ()) -> None:
    """Runs a worker in this process until SIGTERM or SIGINT."""
    worker = faust.Worker(build(stages=stages), loglevel=settings.LOG_LEVEL)
    worker.execute_from_commandline()
