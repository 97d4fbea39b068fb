"""System checks: the topology holds together, and its handlers and jobs are there."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.core.checks import Error, register
from django.utils.module_loading import import_string

from streams.wiring import jobs, topology


@register()
def flow_holds_together(app_configs: Any, **_: Any) -> list[Error]:
    """Looks for everything that the topology names.

    Stages are found, not imported: they bring models along, and every command would load them for
    nothing (8 s and 100 MB). A test imports them all.
    """
    found = []
    for stage in topology().stages:
        try:
            find(stage.handler)
        except ImportError as error:
            hint = f"Look at stage {stage.name!r} in {settings.TOPOLOGY}."
            found.append(Error(str(error), hint=hint, id="streams.E001"))
    for job in jobs():
        try:
            import_string(job.handler)
        except ImportError as error:
            hint = f"Look at job {job.name!r} in {settings.JOBS}."
            found.append(Error(str(error), hint=hint, id="streams.E002"))
    return found


def find(handler: str) -> None:
    """A module of that name, not imported, or an object in one. Raises ImportError."""
    parent = import_module(handler.rpartition(".")[0])
    if not (hasattr(parent, "__path__") and find_spec(handler)):
        import_string(handler)
