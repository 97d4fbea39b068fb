"""Who works on a case, and which cases wait for an hour to come."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone
from django.utils.translation import gettext as _

from rrmm.flashpoints.models import Flashpoint, State
from rrmm.flashpoints.services.guard import (
    Conflict,
    decided,
    holds,
    let_go,
    locked,
    record,
    refuse_unless,
    refuse_while_anothers,
    undecided,
)
from streams.events import FlashpointReopened

LONGEST_HOLD = timedelta(days=14)


def take(case_id: UUID, staff: AbstractBaseUser, force: bool = False) -> Flashpoint:
    """Lease the case for CASE_LEASE_MINUTES, or renew one's own lease.

    force: take it over from whoever has it; the trail names both. Raises Conflict.
    """
    with locked(case_id) as case:
        refuse_unless(case, State.NEW, State.HELD, State.CONFIRMED)
        now = timezone.now()
        another = case.holder_id if holds(case, now) and case.holder_id != staff.pk else None
        if another and not force:
            refuse_while_anothers(case, staff)
        case.holder_id = staff.pk
        case.held_lease_until = now + timedelta(minutes=settings.CASE_LEASE_MINUTES)
        if another:
            record(case, "taken_over", staff, None, from_staff=another)
        else:
            record(case, "taken", staff, None)
        return case


def release(case_id: UUID, staff: AbstractBaseUser) -> Flashpoint:
    """Give one's own lease back. Raises Conflict if somebody else has the case."""
    with locked(case_id) as case:
        refuse_while_anothers(case, staff)
        if case.holder_id is not None:
            let_go(case)
            record(case, "released", staff, None)
        return case


def hold(case_id: UUID, staff: AbstractBaseUser, until: datetime, words: str = "") -> Flashpoint:
    """Set the case aside until an hour (aware), at which it returns by itself; or at once if its
    severity rises.

    words: what we wait for. Raises Conflict.
    """
    now = timezone.now()
    if not now < until <= now + LONGEST_HOLD:
        raise Conflict(_("Choose a time that lies ahead, at most 14 days from now."))
    with locked(case_id) as case:
        refuse_unless(case, State.NEW, State.HELD)
        refuse_while_anothers(case, staff)
        decided(case, State.HELD, staff)
        case.held_until = until
        case.held_for = words.strip()[:200]
        record(case, "held", staff, None, until=until.isoformat(), words=case.held_for)
        return case


def unhold(case_id: UUID, staff: AbstractBaseUser) -> Flashpoint:
    """End the hold now. Raises Conflict."""
    with locked(case_id) as case:
        refuse_unless(case, State.HELD)
        refuse_while_anothers(case, staff)
        undecided(case)
        record(case, "unheld", staff, _reopened(case))
        return case


def wake(case_id: UUID, now: datetime) -> bool:
    """Bring a case back whose hold is over; False if somebody was faster."""
    with locked(case_id) as case:
        if case.state != State.HELD or case.held_until is None or case.held_until > now:
            return False
        undecided(case)
        record(case, "woken", None, _reopened(case))
        return True


def _reopened(case: Flashpoint) -> FlashpointReopened:
    return FlashpointReopened(flashpoint=case.pk, demo=case.demo)
