"""Runtime 2: one faust agent per stage of the same topology."""

import asyncio
import faulthandler
import logging
import os
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any
from uuid import UUID

import faust
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import close_old_connections, connection
from django.utils import timezone

from streams import tally
from streams.delivery import DatabaseAway, due
from streams.heartbeat import Pulse, worker_kind
from streams.kafka import group_name, servers, topic_name
from streams.line import Line
from streams.topology import Stage, Topology
from streams.wiring import topology, warm

logger = logging.getLogger(__name__)

DRAIN_EVERY = 1.0
"""Seconds between two looks at parked and due rows."""
DRAIN_FOR = 2.0
"""Seconds that one look may take of a stage: what comes through Kafka waits meanwhile."""
DRAIN_LOCK = 7_246_312
"""PostgreSQL advisory lock, with the stage's hash: one worker drains a stage at a time."""
STUCK = 120.0
"""Seconds without a turn of the event loop, or in one rebalance, after which a worker gives up:
it says where it stands and ends, and is started anew."""


def build(group: str, flow: Topology | None = None) -> Any:
    """The faust app of one group of workers: an agent for each of its stages, a timer for rows
    that waited. The app's id is the consumer group; an agent skips kinds that its stage does
    not consume. KeyError names the groups there are.
    """
    stages = (flow or topology()).of_group(group)
    app = faust.App(
        group_name(group),
        broker=[f"kafka://{server}" for server in servers()],
        store="memory://",
        topic_disable_leader=True,
        topic_allow_declare=False,
        broker_session_timeout=settings.KAFKA_SESSION_TIMEOUT,
        broker_heartbeat_interval=settings.KAFKA_SESSION_TIMEOUT / 3,
        broker_commit_interval=0.5,
        consumer_auto_offset_reset="earliest",
        # what a worker has begun it ends, and a repeat does nothing: a rebalance need not wait
        stream_wait_empty=False,
        web_enabled=False,
        value_serializer="raw",
        key_serializer="raw",
        datadir=settings.DATA_DIR / "faust",
    )
    pulse, watch = Pulse(worker_kind(group)), Watch(app)
    lines = [Line(stage, pulse) for stage in stages]
    for line in lines:
        warm(line.stage)
        _agent(app, line)
    app.timer(DRAIN_EVERY)(_drainer(lines, pulse, watch))
    return app


def _agent(app: Any, line: Line) -> None:
    stage = line.stage
    kinds = {event.kind().encode() for event in stage.consumes}
    names = sorted({topic_name(event.topic) for event in stage.consumes})
    channel = app.topic(*names, value_serializer="raw", key_serializer="raw")

    async def meet(stream: Any) -> AsyncIterator[None]:
        async for batch in _batches(stream, stage):
            ids, strange = _sorted(batch, kinds)
            if ids or strange:
                await _deliver(line, ids, strange)
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


async def _deliver(line: Line, ids: list[UUID], strange: int) -> None:
    """Meets the records. While the database is away, or the line stands because much fails, it
    waits and acknowledges nothing."""
    pause = 0.2
    while True:
        try:
            if await sync_to_async(_deliver_now, thread_sensitive=True)(line, ids, strange):
                return
        except DatabaseAway as error:
            logger.warning("%s: no answer from the database (%s)", line.stage.name, error)
        except Exception:
            logger.exception("%s: delivery stumbled; it is tried again", line.stage.name)
        await asyncio.sleep(pause)
        pause = min(pause * 2, 5.0)


def _deliver_now(line: Line, ids: list[UUID], strange: int) -> bool:
    """False when the line stands still."""
    now = timezone.now()
    if line.stands_until(now):
        return False
    close_old_connections()
    try:
        line.meet(ids, now, park=True)
        tally.count("faust.unreadable", strange)
        return True
    finally:
        close_old_connections()


def _drainer(lines: Sequence[Line], pulse: Pulse, watch: "Watch") -> Any:
    async def drain() -> None:
        watch.turn()
        watch.start()
        try:
            await sync_to_async(_drain_now, thread_sensitive=True)(lines, pulse)
        except Exception:
            logger.exception("draining stumbled; it comes again in a second")
        watch.turn()

    return drain


def _drain_now(lines: Sequence[Line], pulse: Pulse) -> None:
    close_old_connections()
    for line in lines:
        if _first_here(line.stage):
            try:
                _drain(line)
            finally:
                _leave(line.stage)
    pulse.beat()
    tally.flush()
    close_old_connections()


def _drain(line: Line) -> None:
    """Delivers what waited, while it moves and time is left."""
    end = time.monotonic() + DRAIN_FOR
    while time.monotonic() < end and not line.stands_until(now := timezone.now()):
        ids = due(line.stage, now, line.stage.batch, waited=True)
        if not ids:
            return
        outcome = line.meet(ids, now, park=True)
        if not outcome.done + outcome.failed + outcome.taken:
            return


def _first_here(stage: Stage) -> bool:
    """Whether no other worker drains this stage at the moment."""
    return _lock("pg_try_advisory_lock", stage)


def _leave(stage: Stage) -> None:
    _lock("pg_advisory_unlock", stage)


def _lock(function: str, stage: Stage) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, hashtext(%s))", [DRAIN_LOCK, stage.name])
        return bool(cursor.fetchone()[0])


class Watch:
    """Ends a worker that stands still for good: its supervisor starts another.

    Faust can hang in a rebalance, and a thread of ours in a call that never returns; the other
    workers take over what it held as soon as it is gone.
    """

    def __init__(self, app: Any, patience: float = STUCK) -> None:
        self.app, self.patience = app, patience
        self._turned = self._balanced = time.monotonic()
        self._thread: threading.Thread | None = None

    def turn(self) -> None:
        """The event loop is alive; called from it."""
        self._turned = time.monotonic()
        if not self.app.rebalancing:
            self._balanced = self._turned

    def start(self) -> None:
        """Begins to look, once."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._look, name="watch", daemon=True)
            self._thread.start()

    def stuck(self) -> str:
        """Why the worker should give up; empty when it should not."""
        now = time.monotonic()
        if now - self._turned > self.patience:
            return f"the worker made no turn for {self.patience:g} s"
        if now - self._balanced > self.patience:
            return f"the worker has been in a rebalance for {self.patience:g} s"
        return ""

    def _look(self) -> None:
        while not (why := self.stuck()):
            time.sleep(1)
        logger.error("%s: it ends, to be started anew", why)
        faulthandler.dump_traceback(all_threads=True)
        os._exit(3)


def run(group: str) -> None:
    """Runs a worker of the group in this process until SIGTERM or SIGINT."""
    worker = faust.Worker(build(group), override_logging=False, redirect_stdouts=False, quiet=True)
    worker.execute_from_commandline()
