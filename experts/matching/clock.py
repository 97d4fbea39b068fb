"""Who is awake. Pure: the moment is passed in."""

from datetime import datetime, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

WAKES = 7
SLEEPS = 22


def local(zone: str, at: datetime) -> datetime | None:
    """The local time in an IANA zone; None where the zone is not known."""
    found = _zone(zone)
    return at.astimezone(found) if found else None


def awake(zone: str, at: datetime) -> bool | None:
    """Whether it is between 07:00 and 22:00 in a zone; None where the zone is not known."""
    there = local(zone, at)
    return None if there is None else WAKES <= there.hour < SLEEPS


@cache
def _zone(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None
