"""What every decision shares: the locked row, the lease, the trail and the event."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from rrmm.flashpoints.models import Flashpoint, State
from rrmm.flashpoints.queries.people import display_name
from streams.event import Event
from streams.events import FlashpointTouched
from streams.log import append
from streams.trail import note


class Conflict(Exception):
    """The state of the case does not allow this; the message says why, in words for staff."""


@contextmanager
def locked(case_id: UUID) -> Iterator[Flashpoint]:
    """One transaction around the case's row, which nobody else can change meanwhile.

    Raises Flashpoint.DoesNotExist.
    """
    with transaction.atomic():
        yield Flashpoint.objects.select_for_update().get(pk=case_id)


def holds(case: Flashpoint, now: datetime) -> bool:
    """Whether anybody's lease on the case is still running."""
    until = case.held_lease_until
    return case.holder_id is not None and until is not None and until > now


def refuse_while_anothers(case: Flashpoint, staff: AbstractBaseUser) -> None:
    """Raises Conflict while another person works on the case."""
    if holds(case, timezone.now()) and case.holder_id != staff.pk:
        until = f"{case.held_lease_until:%H:%M}"
        raise Conflict(
            _("%(name)s has this case until %(until)s UTC. Take it over first if it cannot wait.")
            % {"name": display_name(case.holder), "until": until}
        )


def refuse_unless(case: Flashpoint, *states: State) -> None:
    """Raises Conflict if the case stands anywhere else, and says where and since when."""
    if case.state in states:
        return
    words = {"state": State(case.state).label, "number": case.number}
    if case.merged_into is not None:
        words["into"] = case.merged_into.number
        raise Conflict(
            _("Case %(number)s was merged into case %(into)s. Nothing was changed.") % words
        )
    if case.decided_by and case.decided_at:
        words |= {"who": display_name(case.decided_by), "when": f"{case.decided_at:%H:%M}"}
        raise Conflict(
            _("Case %(number)s is “%(state)s” since %(when)s UTC, by %(who)s. Nothing was changed.")
            % words
        )
    raise Conflict(_("Case %(number)s is “%(state)s”. Nothing was changed.") % words)


def record(
    case: Flashpoint, act: str, staff: AbstractBaseUser | None, event: Event | None, **detail: Any
) -> None:
    """Save the case as a new version, append the event (default: touched), note the trail.

    act: past tense without prefix ("held"); detail: codes, ids and staff's reasons.
    """
    case.version += 1
    case.save()
    append(event or FlashpointTouched(flashpoint=case.pk, act=act, demo=case.demo))
    actor = f"staff:{staff.pk}" if staff else "machine"
    note(actor, f"flashpoint.{act}", case.pk, demo=case.demo, **detail)


def let_go(case: Flashpoint) -> None:
    """End the lease; the caller saves."""
    case.holder_id = None
    case.held_lease_until = None


def decided(case: Flashpoint, state: State, staff: AbstractBaseUser) -> None:
    """Move the case and remember who decided on which facts; the caller saves."""
    case.state = state
    case.decided_by_id = staff.pk
    case.decided_at = timezone.now()
    case.decided_facts = {
        "severity": case.severity,
        "voices": case.voices,
        "languages": case.languages,
        "countries": case.countries,
    }
    case.held_until = None
    case.held_for = ""
    case.back_because = []
    let_go(case)


def undecided(case: Flashpoint) -> None:
    """Back to the queue, as if nothing had been decided; the caller saves."""
    case.state = State.NEW
    case.decided_by_id = case.decided_at = case.held_until = None
    case.held_for = case.dismissal = case.dismissed_words = ""
    case.decided_facts = {}
