"""What should have come from a group of sources in the last 24 hours, against what came. Pure.

Expected is the median of the same 24 hours one to four weeks ago, so that a quiet Sunday is
compared with Sundays, and one strange week changes nothing.
"""

import math
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from statistics import median

WEEKS = 4
"""Weeks that say what is usual."""
FULL_DAYS = 2
"""Whole days that must have been counted before a week is over, to say anything."""
QUIET_SHARE = 0.5
"""Share of the expected articles below which a group is quieter than usual."""
RARE = 0.01
"""Chance (Poisson) of so few articles in a usual day: nothing likelier is called quiet or silent.
So silence means something from 4.6 expected articles a day on."""

STATES = ("none", "silent", "quiet", "learning", "few", "seen")
"""The most missing first: no source; nothing came; quieter than usual; not counted long enough;
too few a day for silence to mean anything; as usual."""


def expected(days: Mapping[date, int], since: date, now: datetime) -> float | None:
    """Articles that the 24 hours before `now` (UTC) usually bring.

    days: articles by UTC day, days without any may be left out; since: the first day that was
    counted from its beginning. None: not counted long enough.
    """
    today = now.date()
    part = (now - datetime.combine(today, datetime.min.time(), now.tzinfo)) / timedelta(days=1)

    def brought(last: date) -> float:
        return part * days.get(last, 0) + (1 - part) * days.get(last - timedelta(days=1), 0)

    ends = [today - timedelta(weeks=week) for week in range(1, WEEKS + 1)]
    weeks = [brought(end) for end in ends if end - timedelta(days=1) >= since]
    if weeks:
        return median(weeks)
    full = [since + timedelta(days=n) for n in range((today - since).days)]
    return sum(days.get(day, 0) for day in full) / len(full) if len(full) >= FULL_DAYS else None


def state(sources: int, usual: float | None, seen: int) -> str:
    """One of STATES. sources: how many are watched; usual: what was `expected`."""
    if not sources:
        return "none"
    if usual is None:
        return "learning"
    if math.exp(-usual) >= RARE:
        return "few"
    if seen < QUIET_SHARE * usual and chance(seen, usual) < RARE:
        return "quiet" if seen else "silent"
    return "seen"


def chance(seen: int, usual: float) -> float:
    """Of at most `seen` articles where `usual` are expected (Poisson)."""
    if usual <= 0:
        return 1.0
    logs = [n * math.log(usual) - usual - math.lgamma(n + 1) for n in range(seen + 1)]
    return min(1.0, math.fsum(math.exp(one) for one in logs))
