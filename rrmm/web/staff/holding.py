"""Until when a case is held: the choices offered, and what was typed."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _

TYPED = "%Y-%m-%d %H:%M"
"""A day and a time on 24 hours, UTC."""


@dataclass(frozen=True)
class Choice:
    """One end of a hold: the value that the form sends, and how it reads."""

    value: str
    words: str


def choices(now: datetime) -> list[Choice]:
    """Half an hour, two hours, tomorrow at 08:00 (UTC)."""
    soon, later = now + timedelta(minutes=30), now + timedelta(hours=2)
    return [
        Choice("30m", _("%(time)s, in half an hour") % {"time": f"{soon:%H:%M}"}),
        Choice("2h", _("%(time)s, in two hours") % {"time": f"{later:%H:%M}"}),
        Choice("morning", _("Tomorrow, 08:00")),
    ]


def until(choice: str, typed: str, now: datetime) -> datetime | None:
    """The moment that was chosen (UTC); None where a typed one is not a time."""
    if choice == "30m":
        return now + timedelta(minutes=30)
    if choice == "2h":
        return now + timedelta(hours=2)
    if choice == "morning":
        day = now.astimezone(UTC) + timedelta(days=1)
        return day.replace(hour=8, minute=0, second=0, microsecond=0)
    try:
        return datetime.strptime(typed, TYPED).replace(tzinfo=UTC)
    except ValueError:
        return None
