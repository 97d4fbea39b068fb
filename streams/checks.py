"""System checks: the topology holds together, and its handlers and jobs can be imported."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, register
from django.utils.module_loading import import_string

from streams.wiring import handler, jobs, topology


@register()
def flow_holds_together(app_configs: Any, **_: Any) -> list[Error]:
    """Imports everything that the topology names."""
    found = []
    for stage in topology().stages:
        try:
            handler(stage)
        except (ImportError, TypeError) as error:
            hint = f"Look at stage {stage.name!r} in {settings.TOPOLOGY}."
            found.append(Error(str(error), hint=hint, id="streams.E001"))
    for job in jobs():
        try:
            import_string(job.handler)
        except ImportError as error:
            hint = f"Look at job {job.name!r} in {settings.JOBS}."
            found.append(Error(str(error), hint=hint, id="streams.E002"))
    return found
