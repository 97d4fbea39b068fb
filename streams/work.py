"""Runtime 1: one loop over the topology's stages and their due rows."""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import connections
from django.utils import timezone

from streams import tally
from streams.delivery import DatabaseAway, due, next_due
from streams.heartbeat import Pulse
from streams.line import Line
from streams.topology import Stage
from streams.wake import Waker
from streams.wiring import warm

logger = logging.getLogger(__name__)

IDLE = 0.5
"""Seconds without news after which the loop looks for due retries all the same."""


@dataclass
class Worker:
    """Runs stages until `stop` says so; one per process."""

    stages: Iterable[Stage]
    name: str = "work"
    waker: Waker = field(default_factory=Waker)

    def __post_init__(self) -> None:
        self.pulse = Pulse(self.name)
        self.lines = [Line(stage, self.pulse) for stage in self.stages]

    def run(self, stop: Callable[[], bool]) -> None:
        """Works until `stop()`; a database that is away is waited for."""
        for line in self.lines:
            warm(line.stage)
        pause = 0.1
        while not stop():
            try:
                if not self.once(stop):
                    self.pulse.beat()
                    tally.flush()
                    self._rest()
                pause = 0.1
            except DatabaseAway as error:
                logger.warning("no answer from the database (%s); next try in %.1f s", error, pause)
                time.sleep(pause)
                pause = min(pause * 2, 5.0)
            except Exception:
                logger.exception("the worker's loop stumbled; it goes on in %.1f s", pause)
                connections.close_all()
                time.sleep(pause)
                pause = min(pause * 2, 5.0)
        tally.flush()
        self.waker.close()

    def once(self, stop: Callable[[], bool] = lambda: False) -> int:
        """One round over all stages; returns how many deliveries were settled."""
        return sum(self._round(line) for line in self.lines if not stop())

    def _round(self, line: Line) -> int:
        now = timezone.now()
        if line.stands_until(now):
            return 0
        ids = due(line.stage, now, line.stage.batch)
        if not ids:
            return 0
        outcome = line.meet(ids, now)
        self.pulse.beat()
        return outcome.done + outcome.failed

    def _rest(self) -> None:
        soon = next_due(timezone.now())
        seconds = min(IDLE, max((soon or timedelta(seconds=IDLE)).total_seconds(), 0.01))
        self.waker.wait(seconds)
