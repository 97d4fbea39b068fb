"""The clock: named jobs, each under a database lease."""

import logging
import os
import socket
import time
from collections.abc import Callable, Sequence

from django.db import DatabaseError, InterfaceError, OperationalError, connections
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string

from streams import tally
from streams.heartbeat import Pulse
from streams.jobs import Job
from streams.models import Lease
from streams.plain import storable

logger = logging.getLogger(__name__)

TICK = 0.25
ASK_AGAIN = 5.0
"""Seconds after which a job is looked at again at the latest: its holder may have died."""


def run(jobs: Sequence[Job], stop: Callable[[], bool]) -> None:
    """Runs due jobs until `stop()`; a job that fails is logged and comes again in its turn."""
    holder, pulse = f"{socket.gethostname()}:{os.getpid()}", Pulse("beat")
    ask_at = dict.fromkeys((job.name for job in jobs), 0.0)
    """When to ask the database about each job again: not before it can be due."""
    while not stop():
        try:
            for job in jobs:
                if time.monotonic() >= ask_at[job.name]:
                    if take(job, holder):
                        pulse.did(job.name, perform(job, holder))
                    ask_at[job.name] = time.monotonic() + 0.9 * min(
                        job.every.total_seconds(), ASK_AGAIN
                    )
            pulse.beat()
            tally.flush()
        except DatabaseError as error:
            logger.warning("the database does not answer (%s)", error)
            connections.close_all()
            time.sleep(1.0)
        time.sleep(TICK)
    tally.flush()


def take(job: Job, holder: str) -> bool:
    """Takes the job's lease when it is due and nobody holds it (compare-and-set)."""
    now = timezone.now()
    due = Q(next_at=None) | Q(next_at__lte=now)
    free = Q(until=None) | Q(until__lte=now)
    if not Lease.objects.filter(due, free, name=job.name).exists():
        if Lease.objects.filter(name=job.name).exists():
            return False
        Lease.objects.get_or_create(name=job.name)
    taken = Lease.objects.filter(due, free, name=job.name)
    return bool(taken.update(holder=holder, until=now + job.lease, next_at=now + job.every))


def perform(job: Job, holder: str) -> int:
    """Calls the job, books what it did or why it failed, and gives the lease back.

    Also when the database was locked or away: a job of every second must not wait for the end of
    its lease. Raises DatabaseError when it is away still.
    """
    did, error = 0, ""
    try:
        did = int(import_string(job.handler)())
    except (OperationalError, InterfaceError) as problem:
        logger.warning("job %s: no answer from the database (%s)", job.name, problem)
        connections.close_all()
        error = storable(f"{type(problem).__name__}: {problem}", 500)
    except Exception as problem:
        logger.exception("job %s failed", job.name)
        error = storable(f"{type(problem).__name__}: {problem}", 500)
    Lease.objects.filter(name=job.name, holder=holder).update(
        until=None, ran_at=timezone.now(), did=did, error=error
    )
    return did
