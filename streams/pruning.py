"""Nothing grows for ever by accident: old receipts and records go, in small batches."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from streams import tally
from streams.ids import earliest
from streams.models import OPEN, Delivery, Heartbeat, Record, State

BATCH = 2000
PATIENCE = 1.0
"""Seconds for which one kind of row is deleted at a stretch: the clock has other jobs to do, and
the rest goes at the next call."""
KEEP_TALLY_DAYS = 400
"""Counts of older days are kept as one sum."""


def in_batches(delete_some: Callable[[], int]) -> int:
    """Calls `delete_some` until it finds nothing more or the time is over; how many rows went."""
    end = time.monotonic() + PATIENCE
    gone = 0
    while n := delete_some():
        gone += n
        if time.monotonic() > end:
            break
    return gone


def prune() -> int:
    """Deletes done deliveries and records past their days; returns how many rows went.

    Dead letters stay until somebody replays or discards them. Ids begin with their time, so the
    young ones, nearly all, are not even looked at.
    """
    now = timezone.now()
    settled = now - timedelta(days=settings.KEEP_DELIVERIES_DAYS)
    written = now - timedelta(days=settings.KEEP_RECORDS_DAYS)
    done = Delivery.objects.filter(
        record_id__lt=earliest(settled), state=State.DONE, done_at__lt=settled
    ).order_by("record_id")
    waiting = Delivery.objects.filter(state__in=OPEN).values("record_id")
    buried = Delivery.objects.filter(state=State.BURIED).values("record_id")
    old = Record.objects.filter(pk__lt=earliest(written), at__lt=written)
    old = old.exclude(pk__in=waiting).exclude(pk__in=buried).order_by("id")
    gone = in_batches(lambda: _delete(Delivery, list(done.values_list("pk", flat=True)[:BATCH])))
    gone += in_batches(lambda: _delete(Record, list(old.values_list("pk", flat=True)[:BATCH])))
    Heartbeat.objects.filter(at__lt=now - timedelta(hours=1)).delete()
    tally.fold(now.date() - timedelta(days=KEEP_TALLY_DAYS))
    tally.count("prune.log", gone)
    return gone


def _delete(model: type[Delivery] | type[Record], ids: list[Any]) -> int:
    if not ids:
        return 0
    if model is Record:
        Delivery.objects.filter(record_id__in=ids)._raw_delete(using="default")
    return int(model._default_manager.filter(pk__in=ids)._raw_delete(using="default"))
