"""Counts by name and day: cheap to call, written a second later, exact after `flush()`."""

import atexit
import contextlib
import threading
import time
from collections import Counter
from collections.abc import Sequence
from datetime import date

from django.db import Error, connection, transaction
from django.db.models import Sum
from django.utils import timezone

from streams.models import Tally

EVERY = 1.0
"""Seconds between two writes of a process."""
LONG_AGO = date(1970, 1, 1)
"""The day under which all days are kept that are too old to be told apart."""

_lock = threading.Lock()
_waiting: Counter[tuple[str, date]] = Counter()
_last_flush = 0.0


def count(name: str, n: int = 1) -> None:
    """Adds `n` to today's count of `name`, once the caller's transaction has committed."""
    if n:
        transaction.on_commit(lambda: _add(name, n))


def _add(name: str, n: int) -> None:
    with _lock:
        _waiting[name, timezone.now().date()] += n
    if time.monotonic() - _last_flush > EVERY:
        flush()


def flush() -> None:
    """Writes what waits, in a fixed order so that two processes cannot lock each other out.

    All or none: a database that does not answer keeps the counts waiting, none written twice.
    """
    global _last_flush  # noqa: PLW0603  one clock for the process
    _last_flush = time.monotonic()
    with _lock:
        waiting = dict(_waiting)
        _waiting.clear()
    if not waiting:
        return
    try:
        with transaction.atomic():
            _add_up([(name, day, n) for (name, day), n in sorted(waiting.items())])
    except Error:
        with _lock:
            _waiting.update(waiting)
        if connection.in_atomic_block:
            raise


def of_day(day: date | None = None) -> dict[str, int]:
    """Every count of one day (today when none is given) by name."""
    flush()
    return dict(Tally.objects.filter(day=day or timezone.now().date()).values_list("name", "n"))


def total(prefix: str = "") -> dict[str, int]:
    """Every count over all days by name, of the names that begin with `prefix`."""
    flush()
    rows = Tally.objects.filter(name__startswith=prefix).values_list("name").annotate(Sum("n"))
    return dict(rows.order_by("name"))


def fold(before: date) -> int:
    """Adds the days before `before` up into one row per name, so that totals never fall; returns
    how many rows went."""
    with transaction.atomic():
        days = Tally.objects.filter(day__lt=before, day__gt=LONG_AGO)
        old = list(days.select_for_update().values_list("pk", "name", "n"))
        sums: Counter[str] = Counter()
        for _, name, n in old:
            sums[name] += n
        _add_up([(name, LONG_AGO, n) for name, n in sorted(sums.items())])
        Tally.objects.filter(pk__in=[pk for pk, _, _ in old]).delete()
    return len(old)


def _add_up(counts: Sequence[tuple[str, date, int]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO streams_tally (name, day, n) VALUES (%s, %s, %s) "
            "ON CONFLICT (name, day) DO UPDATE SET n = streams_tally.n + excluded.n",
            counts,
        )


@atexit.register
def _flush_at_exit() -> None:
    if _waiting:
        with contextlib.suppress(Exception):
            flush()
