"""The demonstration's gate: while it is being removed, nobody works on its events or stores more.

Whoever had begun ends first; whoever comes later finds it gone.
"""

from django.db import connection

LOCK = 7_246_313
"""PostgreSQL advisory lock, held to the end of the transaction: shared by those who work, for one
alone by who removes. SQLite has one writer at a time and needs none."""


def enter() -> None:
    """For a transaction that works on what is marked as demo, before it locks anything else."""
    _take("pg_advisory_xact_lock_shared")


def shut() -> None:
    """For the transaction that removes the demonstration, before it locks anything else."""
    _take("pg_advisory_xact_lock")


def _take(function: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s)", [LOCK])
