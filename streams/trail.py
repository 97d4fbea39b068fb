"""The audit trail: who decided what, when. Rows are only ever added."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from streams.models import Trail

MACHINE = "machine"
Actor = str


def staff(user_id: int) -> Actor:
    """A staff member as an actor."""
    return f"staff:{user_id}"


def note(
    actor: Actor, act: str, subject: UUID | str, *, demo: bool = False, **detail: Any
) -> Trail:
    """Adds one row in the caller's transaction.

    act: a dotted verb in the past tense, "flashpoint.confirmed". detail: codes, ids, numbers and
    the reasons that staff gave; no names and no addresses.
    """
    row = Trail(
        at=timezone.now(), actor=actor, act=act, subject=str(subject), detail=detail, demo=demo
    )
    row.save(force_insert=True)
    return row


def about(subject: UUID | str) -> QuerySet[Trail]:
    """What was decided about one thing, oldest first."""
    return Trail.objects.filter(subject=str(subject)).order_by("at", "id")
