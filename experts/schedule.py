"""Whom to ask next, how many, until when: the rule of the waves. Pure: the clock is passed in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

QUIET_FROM, QUIET_UNTIL = 22, 7
"""Hours of the person's own day in which nobody of the ranking is woken if others are awake."""
MORNING = 8
SHORTEST = timedelta(minutes=10)
"""Nobody is given less than this to answer, unless the deadline itself is nearer."""
ANYTHING = "*"

Source = Literal["reserve", "later", "slate", "ranking"]
_FIRST: dict[Source, int] = {"reserve": 0, "later": 1, "slate": 2, "ranking": 3}


@dataclass(frozen=True, slots=True)
class Limits:
    """How often one person may be asked, over all cases.

    open_asks: asks that may wait for an answer at once. asks: within `within`.
    """

    open_asks: int = 2
    asks: int = 4
    within: timedelta = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could be asked, and what speaks against it.

    source, order: where the person comes from, and the place there (0 is first).
    unaskable: reason code of the registry ("" none). refuses: codes the person refuses.
    open_asks, asks_lately: over all cases, within the limits' window.
    """

    expert: UUID
    source: Source
    order: int
    timezone: str = "UTC"
    unaskable: str = ""
    do_not_mail: bool = False
    refuses: frozenset[str] = frozenset()
    open_asks: int = 0
    asks_lately: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a mobilisation stands at `now`. open_asks: of this mobilisation, still in time."""

    now: datetime
    slots: int
    filled: int
    open_asks: int
    extra: int
    deadline_at: datetime
    answer_minutes: int | None
    topics: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Wave:
    """The decision: whom to ask, in order, until when; why others were passed over (codes).

    exhausted: places are open, nobody is being asked, and nobody is left to ask.
    """

    ask: tuple[UUID, ...]
    due_at: datetime
    passed_over: Mapping[UUID, str]
    exhausted: bool


def next_wave(
    standing: Standing, candidates: Sequence[Candidate], limits: Limits, longest_minutes: int
) -> Wave:
    """Top up the open asks to `open places + extra` from the best candidates.

    The reserve comes first, then who asked to be asked later, then the slate in staff's order,
    then the ranking (people in their quiet hours after those awake). A slate's order is never
    changed by the hour: staff saw the hour and chose.
    """
    against = {c.expert: why for c in candidates if (why := objection(c, standing, limits))}
    free = [c for c in candidates if c.expert not in against]
    chosen = sorted(free, key=lambda c: _turn(c, standing.now))[: wanted(standing)]
    return Wave(
        ask=tuple(c.expert for c in chosen),
        due_at=answer_by(
            standing.now, standing.deadline_at, standing.answer_minutes, longest_minutes
        ),
        passed_over=against,
        exhausted=wanted(standing) > 0 and not chosen and standing.open_asks == 0,
    )


def wanted(standing: Standing) -> int:
    """How many more to ask now: open places + extra - open asks; none when full or late."""
    open_slots = standing.slots - standing.filled
    if open_slots <= 0 or standing.now >= standing.deadline_at:
        return 0
    return max(0, open_slots + standing.extra - standing.open_asks)


def objection(candidate: Candidate, standing: Standing, limits: Limits) -> str:
    """Why this person is not asked now, as a code; "" for nothing.

    The registry's codes (inactive, no_email, no_consent, paused, do_not_ask), or do_not_mail,
    refused, asked_now (too many open asks), asked_often.
    """
    if candidate.unaskable:
        return candidate.unaskable
    if candidate.do_not_mail:
        return "do_not_mail"
    if candidate.refuses & (standing.topics | {ANYTHING}):
        return "refused"
    if candidate.source == "reserve":
        return ""  # they offered it for this very case; it is the same ask, not one more
    if candidate.open_asks >= limits.open_asks:
        return "asked_now"
    return "asked_often" if candidate.asks_lately >= limits.asks else ""


def _turn(candidate: Candidate, now: datetime) -> tuple[int, bool, int]:
    asleep = candidate.source == "ranking" and is_quiet(now, candidate.timezone)
    return _FIRST[candidate.source], asleep, candidate.order


def answer_by(
    now: datetime, deadline_at: datetime, minutes: int | None, longest_minutes: int
) -> datetime:
    """Until when an answer is awaited: `minutes` if staff fixed them, else `longest_minutes` or a
    quarter of the time left, whichever is less, but at least SHORTEST; never past the deadline."""
    left = deadline_at - now
    if minutes is not None:
        time = timedelta(minutes=minutes)
    else:
        time = max(min(timedelta(minutes=longest_minutes), left / 4), SHORTEST)
    return now + max(min(time, left), timedelta())


def is_quiet(now: datetime, timezone: str) -> bool:
    """Whether it is between 22 and 7 o'clock where the person lives."""
    hour = local(now, timezone).hour
    return hour >= QUIET_FROM or hour < QUIET_UNTIL


def again_at(now: datetime, timezone: str, when: Literal["hour", "morning"]) -> datetime:
    """When "ask me later" means: in an hour, or at the next 8 o'clock where the person lives."""
    if when == "hour":
        return now + timedelta(hours=1)
    here = local(now, timezone)
    morning = here.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    return morning if morning > here else morning + timedelta(days=1)


def local(now: datetime, timezone: str) -> datetime:
    """The moment in an IANA zone; in UTC where the name is not known on this machine."""
    try:
        return now.astimezone(ZoneInfo(timezone))
    except (ZoneInfoNotFoundError, ValueError):
        return now.astimezone(ZoneInfo("UTC"))
