"""Nothing grows for ever by accident: old receipts and records go, in small batches."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from streams import tally
from streams.models import OPEN, Delivery, Heartbeat, Record, State, Tally

BATCH = 2000
ROUNDS = 20


def prune() -> int:
    """Deletes done deliveries and records past their days; returns how many rows went.

    Dead letters stay until somebody replays or discards them.
    """
    now = timezone.now()
    settled = now - timedelta(days=settings.KEEP_DELIVERIES_DAYS)
    written = now - timedelta(days=settings.KEEP_RECORDS_DAYS)
    gone = 0
    for _ in range(ROUNDS):
        old = Delivery.objects.filter(state=State.DONE, done_at__lt=settled)
        n = _delete(Delivery, list(old.values_list("pk", flat=True)[:BATCH]))
        gone += n
        if n < BATCH:
            break
    for _ in range(ROUNDS):
        kept = Delivery.objects.filter(state__in=(*OPEN, State.BURIED)).values("record_id")
        old_records = Record.objects.filter(at__lt=written).exclude(pk__in=kept)
        n = _delete(Record, list(old_records.order_by("id").values_list("pk", flat=True)[:BATCH]))
        gone += n
        if n < BATCH:
            break
    Heartbeat.objects.filter(at__lt=now - timedelta(hours=1)).delete()
    Tally.objects.filter(day__lt=now.date() - timedelta(days=400)).delete()
    tally.count("prune.log", gone)
    return gone


def _delete(model: type[Delivery] | type[Record], ids: list[Any]) -> int:
    if not ids:
        return 0
    if model is Record:
        Delivery.objects.filter(record_id__in=ids)._raw_delete(using="default")
    return int(model._default_manager.filter(pk__in=ids)._raw_delete(using="default"))
