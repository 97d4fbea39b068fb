"""What staff do with a mobilisation: prepare, stop, change slate and brief, ask one more."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from experts.models import (
    Ask,
    AskState,
    Brief,
    Expert,
    Link,
    Mobilisation,
    MobilisationState,
    Risk,
    SlateEntry,
    Why,
)
from experts.plan import BriefSentence, MobilisationPlan
from experts.services.guard import LIVE, Conflict, locked, look_again, recorded
from experts.services.linking import revoke
from streams.events import MobilisationPrepared, MobilisationStopped, SlotReopened
from streams.log import append


def prepare_mobilisation(
    *, case_id: UUID, number: str, plan: MobilisationPlan, staff_id: int, demo: bool = False
) -> UUID:
    """Store brief, slots and slate; the first wave leaves when `settings.ASK_HOLD` s have passed.

    Joins the caller's transaction (confirming a case is one). Raises Conflict when the plan
    cannot work: no places, no brief, a deadline that is over.
    """
    now = timezone.now()
    _refuse_a_plan_that_cannot_work(plan, now)
    hold_until = now + timedelta(seconds=settings.ASK_HOLD)
    with transaction.atomic():
        mobilisation = Mobilisation.objects.create(
            case=case_id,
            case_number=number,
            place=plan.place,
            topics=list(plan.topics),
            kind=plan.kind,
            slots=plan.slots,
            extra=settings.ASK_EXTRA,
            answer_minutes=plan.answer_minutes,
            languages=list(plan.languages),
            deadline_at=plan.deadline_at,
            hold_until=hold_until,
            next_wave_at=hold_until,
            prepared_by=staff_id,
            prepared_at=now,
            demo=demo,
        )
        _add_brief(mobilisation, plan.sentences, plan.ask_text, staff_id)
        SlateEntry.objects.bulk_create(
            SlateEntry(
                mobilisation=mobilisation,
                expert_id=pick.expert,
                rank=rank,
                reasons=list(pick.reasons),
                risk=pick.risk,
            )
            for rank, pick in enumerate(plan.slate, 1)
        )
        recorded(mobilisation, f"staff:{staff_id}", "mobilisation.prepared", slots=plan.slots)
        append(MobilisationPrepared(mobilisation=mobilisation.pk, case=case_id, demo=demo))
    return mobilisation.pk


def _refuse_a_plan_that_cannot_work(plan: MobilisationPlan, now: datetime) -> None:
    if plan.slots < 1:
        raise Conflict(_("Give at least one place."))
    if plan.deadline_at <= now:
        raise Conflict(_("The deadline is over. Set one that lies ahead."))
    if not any(sentence.text.strip() for sentence in plan.sentences):
        raise Conflict(_("The brief is empty. Write at least one sentence on what happened."))
    if not plan.ask_text.strip():
        raise Conflict(_("Say what we ask people to write."))
    people = {pick.expert for pick in plan.slate}
    if len(people) < len(plan.slate):
        raise Conflict(_("Somebody is on the slate twice."))
    if Expert.objects.filter(pk__in=people).count() < len(people):
        raise Conflict(_("Somebody on the slate is not in the registry any more."))


def _add_brief(
    mobilisation: Mobilisation, sentences: Sequence[BriefSentence], ask_text: str, staff_id: int
) -> Brief:
    newest = mobilisation.briefs.aggregate(newest=Max("version"))["newest"] or 0
    return Brief.objects.create(
        mobilisation=mobilisation,
        version=newest + 1,
        sentences=[stored(sentence) for sentence in sentences if sentence.text.strip()],
        ask_text=ask_text.strip(),
        deadline_at=mobilisation.deadline_at,
        made_by=staff_id,
        made_at=timezone.now(),
    )


def stored(sentence: BriefSentence) -> dict[str, object]:
    """A sentence as `Brief.sentences` holds it."""
    sourced = sentence.source_article or sentence.source_url or sentence.source_outlet
    source = {
        "article": str(sentence.source_article or ""),
        "title": sentence.source_title,
        "url": sentence.source_url,
        "outlet": sentence.source_outlet,
        "language": sentence.source_language,
        "at": sentence.source_at.isoformat() if sentence.source_at else "",
    }
    return {"text": sentence.text.strip(), "source": source if sourced else None}


def stop_mobilisation(mobilisation_id: UUID, staff_id: int) -> None:
    """Staff undid the confirmation. In the hold nothing was sent and nothing will be; later the
    stage closes what is open and a withdrawal goes to each. Stopping twice changes nothing."""
    with locked(mobilisation_id) as mobilisation:
        if mobilisation.state not in LIVE:
            return
        was = mobilisation.state
        mobilisation.state = MobilisationState.STOPPED
        mobilisation.stopped_at = timezone.now()
        mobilisation.next_wave_at = None
        mobilisation.save(update_fields=["state", "stopped_at", "next_wave_at"])
        recorded(mobilisation, f"staff:{staff_id}", "mobilisation.stopped", was=was)
        append(
            MobilisationStopped(
                mobilisation=mobilisation.pk, case=mobilisation.case, demo=mobilisation.demo
            )
        )


def new_brief_version(
    mobilisation_id: UUID,
    staff_id: int,
    sentences: Sequence[BriefSentence],
    ask_text: str,
    deadline_at: datetime,
) -> int:
    """A changed brief; people's pages show the newest. Returns its version. Raises Conflict."""
    if deadline_at <= timezone.now():
        raise Conflict(_("The deadline is over. Set one that lies ahead."))
    if not ask_text.strip() or not any(sentence.text.strip() for sentence in sentences):
        raise Conflict(_("The brief needs what happened and what we ask."))
    with locked(mobilisation_id) as mobilisation:
        _refuse_unless_live(mobilisation)
        mobilisation.deadline_at = deadline_at
        mobilisation.save(update_fields=["deadline_at"])
        brief = _add_brief(mobilisation, sentences, ask_text, staff_id)
        Link.objects.filter(ask__mobilisation=mobilisation).update(expires_at=deadline_at)
        recorded(mobilisation, f"staff:{staff_id}", "brief.changed", version=brief.version)
        look_again(mobilisation)
        return brief.version


def ask_one_more(mobilisation_id: UUID, staff_id: int) -> None:
    """One more open ask than until now, from the next best. Raises Conflict."""
    with locked(mobilisation_id) as mobilisation:
        if mobilisation.state == MobilisationState.FILLED:
            raise Conflict(_("All places are filled. Nobody more is needed."))
        if mobilisation.state == MobilisationState.PREPARING:
            raise Conflict(_("The first wave has not left yet. Change the slate instead."))
        _refuse_unless_live(mobilisation)
        mobilisation.extra = F("extra") + 1
        mobilisation.save(update_fields=["extra"])
        mobilisation.refresh_from_db()
        recorded(mobilisation, f"staff:{staff_id}", "mobilisation.one_more")
        look_again(mobilisation)


def add_to_slate(
    mobilisation_id: UUID,
    expert_id: UUID,
    staff_id: int,
    risk: str = Risk.ORDINARY,
    reasons: Sequence[str] = (),
) -> None:
    """Put a person at the end of the slate (or back onto it). Raises Conflict."""
    with locked(mobilisation_id) as mobilisation:
        _refuse_unless_live(mobilisation)
        SlateEntry.objects.update_or_create(
            mobilisation=mobilisation,
            expert_id=expert_id,
            defaults={
                "rank": _last_rank(mobilisation) + 1,
                "risk": Risk(risk),
                "reasons": list(reasons),
                "removed": False,
            },
        )
        recorded(mobilisation, f"staff:{staff_id}", "slate.added", expert=str(expert_id))
        look_again(mobilisation)


def remove_from_slate(mobilisation_id: UUID, expert_id: UUID, staff_id: int) -> None:
    """Take a person off: they will not be asked for this case, from no list. Raises Conflict for
    one who was asked already."""
    with locked(mobilisation_id) as mobilisation:
        _refuse_unless_live(mobilisation)
        if mobilisation.asks.filter(expert_id=expert_id).exists():
            raise Conflict(_("This person was asked already and stays on the list."))
        SlateEntry.objects.update_or_create(
            mobilisation=mobilisation,
            expert_id=expert_id,
            defaults={"removed": True},
            create_defaults={"removed": True, "rank": _last_rank(mobilisation) + 1},
        )
        recorded(mobilisation, f"staff:{staff_id}", "slate.removed", expert=str(expert_id))
        look_again(mobilisation)


def set_risk(mobilisation_id: UUID, expert_id: UUID, risk: str, staff_id: int) -> None:
    """ "ordinary", or "do_not_mail": from now on no mail of this case goes to the person, also
    none that waits in the outbox. Raises Conflict for somebody who has no part in the case."""
    with locked(mobilisation_id) as mobilisation:
        changed = mobilisation.slate.filter(expert_id=expert_id).update(risk=Risk(risk))
        if not changed and not mobilisation.asks.filter(expert_id=expert_id).exists():
            raise Conflict(_("This person is neither on the slate nor asked."))
        if not changed:
            SlateEntry.objects.create(
                mobilisation=mobilisation,
                expert_id=expert_id,
                rank=_last_rank(mobilisation) + 1,
                risk=Risk(risk),
                removed=True,
            )
        recorded(mobilisation, f"staff:{staff_id}", "slate.risk", expert=str(expert_id), risk=risk)
        if mobilisation.state in LIVE:
            look_again(mobilisation)


def _last_rank(mobilisation: Mobilisation) -> int:
    return mobilisation.slate.aggregate(last=Max("rank"))["last"] or 0


def release_slot(ask_id: UUID, staff_id: int) -> None:
    """Staff free a place that somebody holds (a yes that fell through by telephone or mail).
    Raises Conflict when the person holds none."""
    ask = Ask.objects.get(pk=ask_id)
    with locked(ask.mobilisation_id) as mobilisation:
        if mobilisation.state not in (MobilisationState.ASKING, MobilisationState.FILLED):
            raise Conflict(_("Nobody is being asked for this case any more."))
        freed = Ask.objects.filter(pk=ask_id, state=AskState.ACCEPTED).update(
            state=AskState.DECLINED, why=Why.STAFF, undo_until=None
        )
        if not freed:
            raise Conflict(_("This person holds no place."))
        revoke(ask_id, timezone.now())
        reopen_slot(mobilisation, ask_id)
        recorded(mobilisation, f"staff:{staff_id}", "slot.released", ask=str(ask_id))


def reopen_slot(mobilisation: Mobilisation, ask_id: UUID) -> None:
    """Give a place back, and let the stage ask the reserve first. The row must be locked."""
    Mobilisation.objects.filter(pk=mobilisation.pk, filled__gt=0).update(
        filled=F("filled") - 1, state=MobilisationState.ASKING, exhausted_at=None
    )
    append(SlotReopened(mobilisation=mobilisation.pk, ask=ask_id, demo=mobilisation.demo))


def _refuse_unless_live(mobilisation: Mobilisation) -> None:
    if mobilisation.state not in LIVE:
        raise Conflict(_("Nobody is being asked for this case any more."))
