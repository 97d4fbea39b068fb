"""Finds the topology, its handlers and the jobs by the dotted paths of the settings."""

from functools import cache
from importlib import import_module
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from streams.jobs import Job
from streams.topology import Handler, Stage, Topology


@cache
def topology() -> Topology:
    """The topology that settings.TOPOLOGY names."""
    found: Topology = import_string(settings.TOPOLOGY)
    return found


@cache
def jobs() -> tuple[Job, ...]:
    """The jobs that settings.JOBS names."""
    found: tuple[Job, ...] = import_string(settings.JOBS)
    return found


@cache
def handler(stage: Stage) -> Handler[Any]:
    """The module (or object) behind a stage; TypeError says which half is missing."""
    try:
        found: Any = import_module(stage.handler)
    except ModuleNotFoundError as error:
        if error.name != stage.handler and not stage.handler.startswith(f"{error.name}."):
            raise
        found = import_string(stage.handler)
    for half in ("prepare", "apply"):
        if not callable(getattr(found, half, None)):
            raise TypeError(f"{stage.handler} has no {half}()")
    handler: Handler[Any] = found
    return handler


def warm(stage: Stage) -> None:
    """Imports a stage's code, and lets it load what it needs before its first batch."""
    found = handler(stage)
    load = getattr(found, "warm", None)
    if load is not None:
        load()


def forget() -> None:
    """Drops what was found (tests that change the settings call it)."""
    topology.cache_clear()
    jobs.cache_clear()
    handler.cache_clear()
