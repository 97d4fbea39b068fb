"""Replays and model files do not pile up: what is old goes, in small batches."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from rrmm.flashpoints.models import (
    ModelBytes,
    ModelFile,
    ModelInUse,
    ModelState,
    ReplayDifference,
)
from streams.pruning import in_batches
from streams.tally import count

BATCH = 500
DIFFERENCES_KEPT = timedelta(days=30)
"""After that the articles of a replay may go; its figures stay."""
FILES_KEPT = 8
"""Challengers, and models that worked before, whose files are kept: the newest of each."""
WORKERS_KEPT = timedelta(days=1)


def prune_learning() -> int:
    """How many rows went. The champion's file always stays."""
    now = timezone.now()
    old = ReplayDifference.objects.filter(replay__started_at__lt=now - DIFFERENCES_KEPT)
    differences = in_batches(lambda: _delete(old))
    files = 0
    for state, newest in (
        (ModelState.CHALLENGER, "-made_at"),
        (ModelState.RETIRED, "-promoted_at"),
    ):
        rows = ModelFile.objects.filter(state=state).order_by(newest)
        kept = list(rows.values_list("pk", flat=True)[:FILES_KEPT])
        over = ModelBytes.objects.filter(model__state=state).exclude(model__in=kept)
        files += over.delete()[0]
    workers, _by_table = ModelInUse.objects.filter(at__lt=now - WORKERS_KEPT).delete()
    count("prune.differences", differences)
    count("prune.model_files", files)
    return differences + files + workers


def _delete(rows: QuerySet[Any]) -> int:
    keys = list(rows.values_list("pk", flat=True)[:BATCH])
    gone, _by_table = ReplayDifference.objects.filter(pk__in=keys).delete()
    return gone
