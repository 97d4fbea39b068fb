"""Ids begin with the time at which they were made (uuid7, RFC 9562): old rows by primary key."""

from datetime import datetime
from uuid import UUID


def earliest(at: datetime) -> UUID:
    """The smallest id that can have been made at `at` (aware; to the millisecond)."""
    return UUID(int=int(at.timestamp() * 1000) << 80)
