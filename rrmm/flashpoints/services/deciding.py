"""The decisions of staff: real or not, ours or not, done."""

from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
from django.utils.translation import gettext as _

from experts import services as experts
from experts.models import Mobilisation, MobilisationState
from experts.plan import MobilisationPlan as ConfirmPlan
from rrmm.flashpoints.models import Dismissal, Flashpoint, State
from rrmm.flashpoints.services.guard import (
    Conflict,
    decided,
    locked,
    record,
    refuse_unless,
    refuse_while_anothers,
    undecided,
)
from rrmm.flashpoints.services.learning import learn_from
from streams.events import FlashpointConfirmed, FlashpointDismissed, FlashpointReopened

ASKING = (MobilisationState.PREPARING, MobilisationState.ASKING)


def dismiss(
    case_id: UUID, staff: AbstractBaseUser, reason_code: str, words: str = ""
) -> Flashpoint:
    """Take the case off the queue with a reason (a code of `Dismissal`). Raises Conflict."""
    if reason_code not in Dismissal.values:
        raise Conflict(_("Choose a reason for dismissing."))
    with locked(case_id) as case:
        refuse_unless(case, State.NEW, State.HELD)
        refuse_while_anothers(case, staff)
        decided(case, State.DISMISSED, staff)
        case.dismissal = reason_code
        case.dismissed_words = words.strip()
        event = FlashpointDismissed.model_validate(
            {"flashpoint": case.pk, "reason": reason_code, "demo": case.demo}
        )
        record(case, "dismissed", staff, event, reason=reason_code, words=case.dismissed_words)
        learn_from(case)
        return case


def reopen(case_id: UUID, staff: AbstractBaseUser) -> Flashpoint:
    """Undo a dismissal, a hold, or the closing of a case. Raises Conflict.

    A closed case whose experts were asked goes back to confirmed, not to the queue.
    """
    with locked(case_id) as case:
        refuse_unless(case, State.DISMISSED, State.HELD, State.CLOSED)
        refuse_while_anothers(case, staff)
        was = case.state
        if case.mobilisation:
            decided(case, State.CONFIRMED, staff)
        else:
            undecided(case)
        event = FlashpointReopened(flashpoint=case.pk, demo=case.demo)
        record(case, "reopened", staff, event, was=was)
        learn_from(case)
        return case


def confirm(case_id: UUID, staff: AbstractBaseUser, plan: ConfirmPlan) -> UUID:
    """It is real and we prepare: brief and slate are handed on, the hold before the first wave
    begins. Nothing goes to journalists or editors. Returns the mobilisation's id.

    plan: what staff fixed on the confirm page. Raises Conflict.
    """
    with locked(case_id) as case:
        refuse_unless(case, State.NEW, State.HELD)
        refuse_while_anothers(case, staff)
        decided(case, State.CONFIRMED, staff)
        case.mobilisation = mobilisation = _prepare(case, staff, plan)
        event = FlashpointConfirmed(flashpoint=case.pk, mobilisation=mobilisation, demo=case.demo)
        record(case, "confirmed", staff, event, mobilisation=str(mobilisation))
        learn_from(case)
        return mobilisation


def undo_confirm(case_id: UUID, staff: AbstractBaseUser) -> Flashpoint:
    """Back to the queue. Before the first wave nothing was sent; after it, open asks are closed
    and a withdrawal goes to each. Raises Conflict."""
    with locked(case_id) as case:
        refuse_unless(case, State.CONFIRMED)
        refuse_while_anothers(case, staff)
        mobilisation, case.mobilisation = case.mobilisation, None
        if mobilisation:
            experts.stop_mobilisation(mobilisation, staff.pk)
        undecided(case)
        event = FlashpointReopened(flashpoint=case.pk, demo=case.demo)
        record(case, "confirmation_undone", staff, event, mobilisation=str(mobilisation or ""))
        learn_from(case)
        return case


def close(case_id: UUID, staff: AbstractBaseUser) -> Flashpoint:
    """The work on a confirmed case is done. Raises Conflict, also while experts are being asked:
    a yes to a case that nobody looks at any more would be lost."""
    with locked(case_id) as case:
        refuse_unless(case, State.CONFIRMED)
        refuse_while_anothers(case, staff)
        if Mobilisation.objects.filter(
            pk=case.mobilisation or UUID(int=0), state__in=ASKING
        ).exists():
            raise Conflict(
                _("Experts are still being asked. Wait for answers, or undo the confirmation.")
            )
        decided(case, State.CLOSED, staff)
        record(case, "closed", staff, None)
        return case


def set_severity(case_id: UUID, staff: AbstractBaseUser, severity: int) -> Flashpoint:
    """A person's judgement, 1 to 4, which the machine no longer changes. Raises Conflict."""
    if severity not in (1, 2, 3, 4):
        raise Conflict(_("Severity goes from 1 to 4."))
    with locked(case_id) as case:
        refuse_unless(case, State.NEW, State.HELD, State.CONFIRMED)
        refuse_while_anothers(case, staff)
        was, case.severity = case.severity, severity
        case.severity_by_hand = True
        record(case, "severity_set", staff, None, was=was, severity=severity)
        learn_from(case)
        return case


def _prepare(case: Flashpoint, staff: AbstractBaseUser, plan: ConfirmPlan) -> UUID:
    try:
        return experts.prepare_mobilisation(
            case_id=case.pk, number=case.number, plan=plan, staff_id=staff.pk, demo=case.demo
        )
    except experts.Conflict as error:
        raise Conflict(str(error)) from error
