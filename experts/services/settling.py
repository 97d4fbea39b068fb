"""Brings a mobilisation to where its state says it should be: asks, stands down, withdraws.

Everything follows from the rows, so any number of events, in any number of repetitions, lead to
the same end. `foresee` decides and renders without a transaction; `settle` locks, checks that
what was foreseen still holds, and writes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Min
from django.utils import timezone
from uuid_utils.compat import uuid7

from experts.models import (
    Ask,
    AskState,
    Expert,
    Mobilisation,
    MobilisationState,
    Purpose,
    Risk,
    SlateEntry,
    Why,
)
from experts.queries.turns import decide, standing
from experts.schedule import Wave, wanted
from experts.services import letters
from experts.services.guard import closed, locked, recorded
from experts.services.linking import make_link, revoke
from streams.events import ExpertAsked
from streams.log import append
from streams.mail.outgoing import Outgoing
from streams.mail.services import queue
from streams.retry import Transient
from streams.trail import MACHINE

CLOSABLE = (AskState.ASKED, AskState.ACCEPTED, AskState.RESERVE)
"""What a withdrawal closes."""
LOOK_AGAIN = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class NewAsk:
    """One person to ask. was: the state of an earlier ask of this case ("" for none)."""

    ask: UUID
    expert: UUID
    due_at: datetime
    mail: Outgoing
    was: str = ""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What is to be done as far as could be seen outside the transaction.

    letters: by ask, the mail that closes it (stand-down or withdrawal) or thanks for a yes.
    brief: the version that the mails were rendered from.
    """

    mobilisation: UUID
    now: datetime
    brief: int = 0
    asks: tuple[NewAsk, ...] = ()
    letters: Mapping[UUID, Outgoing] = field(default_factory=dict)
    nobody_left: Outgoing | None = None


def foresee(mobilisation_id: UUID) -> Foreseen | None:
    """Decides whom to ask and renders every mail that may be needed; None when it is gone."""
    mobilisation = Mobilisation.objects.filter(pk=mobilisation_id).first()
    if mobilisation is None:
        return None
    now = timezone.now()
    brief = mobilisation.briefs.latest("version").version
    if mobilisation.state == MobilisationState.STOPPED:
        found = {
            ask.pk: letters.withdrawn_to(ask, mobilisation, now) for ask in _open(mobilisation)
        }
        return Foreseen(mobilisation_id, now, brief, letters=found)
    asking = _asks_by(mobilisation, now)
    wave = decide(mobilisation, now) if asking else None
    return Foreseen(
        mobilisation=mobilisation_id,
        now=now,
        brief=brief,
        asks=_new_asks(mobilisation, wave, now) if wave else (),
        letters=_thanks(mobilisation, now),
        nobody_left=letters.nobody_left_to(mobilisation, now) if wave and wave.exhausted else None,
    )


def _asks_by(mobilisation: Mobilisation, now: datetime) -> bool:
    """Whether people may be asked at this moment: the hold is over, the deadline is not."""
    held = mobilisation.state == MobilisationState.PREPARING and mobilisation.hold_until > now
    may = mobilisation.state in (MobilisationState.PREPARING, MobilisationState.ASKING)
    return may and not held and mobilisation.deadline_at > now


def _open(mobilisation: Mobilisation) -> list[Ask]:
    return list(mobilisation.asks.filter(state__in=CLOSABLE).select_related("expert"))


def _thanks(mobilisation: Mobilisation, now: datetime) -> dict[UUID, Outgoing]:
    """Receipts for new yeses; when all places are taken, a stand-down for everybody else."""
    asks = mobilisation.asks.select_related("expert")
    said_yes = asks.filter(state=AskState.ACCEPTED, thanked_at=None)
    found = {ask.pk: letters.receipt_to(ask, mobilisation, now) for ask in said_yes}
    if mobilisation.state == MobilisationState.FILLED:
        for ask in asks.filter(state=AskState.ASKED):
            found[ask.pk] = letters.stood_down_to(ask, mobilisation, now)
    return found


def _new_asks(mobilisation: Mobilisation, wave: Wave, now: datetime) -> tuple[NewAsk, ...]:
    before = {ask.expert_id: ask for ask in mobilisation.asks.filter(expert__in=wave.ask)}
    people = Expert.objects.in_bulk(wave.ask)
    return tuple(
        _new_ask(mobilisation, people[key], before.get(key), wave.due_at, now) for key in wave.ask
    )


def _new_ask(
    mobilisation: Mobilisation, expert: Expert, before: Ask | None, due_at: datetime, now: datetime
) -> NewAsk:
    ask_id = before.pk if before else uuid7()
    was = before.state if before else ""
    mail = letters.alert_to(
        expert, ask_id, mobilisation, due_at, now, from_reserve=was == AskState.RESERVE
    )
    return NewAsk(ask_id, expert.pk, due_at, mail, was)


# --- the short transaction ----------------------------------------------------------------------


def settle(seen: Foreseen) -> None:
    """Writes what was foreseen, as far as it still holds. Raises Transient when it does not hold
    any more and must be foreseen anew."""
    with locked(seen.mobilisation) as mobilisation:
        if mobilisation.briefs.latest("version").version != seen.brief:
            raise Transient("the brief was changed meanwhile")
        if mobilisation.state == MobilisationState.STOPPED:
            _withdraw(mobilisation, seen)
        else:
            _go_on(mobilisation, seen)


def _withdraw(mobilisation: Mobilisation, seen: Foreseen) -> None:
    """An ask that was not foreseen here has its own MobilisationStopped still to come."""
    for ask in _open(mobilisation):
        if ask.pk in seen.letters and closed(mobilisation, ask, AskState.WITHDRAWN, Why.STAFF):
            revoke(ask.pk, seen.now)
            _mail(mobilisation, ask, seen.letters[ask.pk])
    Mobilisation.objects.filter(pk=mobilisation.pk).update(filled=0, next_wave_at=None)


def _go_on(mobilisation: Mobilisation, seen: Foreseen) -> None:
    if mobilisation.deadline_at <= seen.now:
        _end(mobilisation, seen)
        return
    _thank(mobilisation, seen)
    _let_expire(mobilisation, seen)
    if mobilisation.state == MobilisationState.FILLED:
        _stand_down(mobilisation, seen)
    elif _asks_by(mobilisation, seen.now):
        _ask(mobilisation, seen)
    _set_the_clock(mobilisation, seen.now)


def _end(mobilisation: Mobilisation, seen: Foreseen) -> None:
    for ask in mobilisation.asks.filter(state=AskState.ASKED):
        closed(mobilisation, ask, AskState.EXPIRED, Why.UNSAID)
    ended = Mobilisation.objects.filter(pk=mobilisation.pk).exclude(state=MobilisationState.ENDED)
    if ended.update(state=MobilisationState.ENDED, next_wave_at=None):
        recorded(mobilisation, MACHINE, "mobilisation.ended", filled=mobilisation.filled)


def _thank(mobilisation: Mobilisation, seen: Foreseen) -> None:
    fresh = mobilisation.asks.filter(state=AskState.ACCEPTED, thanked_at=None)
    for ask in fresh.filter(pk__in=seen.letters):
        make_link(ask, Purpose.UNDO, mobilisation.deadline_at, seen.now)
        _mail(mobilisation, ask, seen.letters[ask.pk])
        Ask.objects.filter(pk=ask.pk).update(thanked_at=seen.now)


def _let_expire(mobilisation: Mobilisation, seen: Foreseen) -> None:
    for ask in mobilisation.asks.filter(state=AskState.ASKED, due_at__lte=seen.now):
        if closed(mobilisation, ask, AskState.EXPIRED, Why.UNSAID):
            recorded(mobilisation, MACHINE, "ask.expired", ask=str(ask.pk))


def _stand_down(mobilisation: Mobilisation, seen: Foreseen) -> None:
    """If the places were filled after we looked, that yes has its own event still to come."""
    for ask in mobilisation.asks.filter(state=AskState.ASKED, pk__in=seen.letters):
        if closed(mobilisation, ask, AskState.STOOD_DOWN, Why.FILLED):
            revoke(ask.pk, seen.now)
            _mail(mobilisation, ask, seen.letters[ask.pk])
            recorded(mobilisation, MACHINE, "ask.stood_down", ask=str(ask.pk))


def _ask(mobilisation: Mobilisation, seen: Foreseen) -> None:
    """The wave, as far as it is still wanted. Whoever may no longer be asked: foresee anew."""
    count = wanted(standing(mobilisation, seen.now))
    asks = seen.asks[:count]
    if not all(_still_free(mobilisation, new, seen.now) for new in asks):
        raise Transient("somebody of the wave may no longer be asked")
    if mobilisation.state == MobilisationState.PREPARING:
        mobilisation.state = MobilisationState.ASKING
        recorded(mobilisation, MACHINE, "mobilisation.began", wanted=count)
    if asks:
        mobilisation.wave += 1
        mobilisation.exhausted_at = None
    elif count:
        _nobody_left(mobilisation, seen)
    mobilisation.save(update_fields=["state", "wave", "exhausted_at"])
    for new in asks:
        _ask_one(mobilisation, new, seen)


def _nobody_left(mobilisation: Mobilisation, seen: Foreseen) -> None:
    if seen.nobody_left and mobilisation.exhausted_at is None:
        mobilisation.exhausted_at = seen.now
        recorded(mobilisation, MACHINE, "mobilisation.exhausted", open=mobilisation.open_slots)
        queue(seen.nobody_left)


def _still_free(mobilisation: Mobilisation, new: NewAsk, now: datetime) -> bool:
    expert = Expert.objects.select_related("contact", "consent").filter(pk=new.expert).first()
    if expert is None or not expert.askable_at(now):
        return False
    entry = mobilisation.slate.filter(expert=expert).first()
    if entry and (entry.removed or entry.risk == Risk.DO_NOT_MAIL):
        return False
    before = mobilisation.asks.filter(expert=expert).first()
    return (before.state if before else "") == new.was


def _ask_one(mobilisation: Mobilisation, new: NewAsk, seen: Foreseen) -> None:
    ask, _made = Ask.objects.update_or_create(
        pk=new.ask,
        defaults={
            "mobilisation": mobilisation,
            "expert_id": new.expert,
            "wave": mobilisation.wave,
            "state": AskState.ASKED,
            "why": Why.UNSAID,
            "language": new.mail.language,
            "brief_version": seen.brief,
            "asked_at": seen.now,
            "due_at": new.due_at,
            "answered_at": None,
            "undo_until": None,
            "ask_again_at": None,
            "reserve_at": None,
            "thanked_at": None,
        },
    )
    make_link(ask, Purpose.ANSWER, mobilisation.deadline_at, seen.now)
    queue(new.mail)
    append(ExpertAsked(mobilisation=mobilisation.pk, ask=ask.pk, demo=mobilisation.demo))
    recorded(
        mobilisation, MACHINE, "ask.sent", ask=str(ask.pk), expert=str(new.expert),
        wave=mobilisation.wave,
    )  # fmt: skip


def _mail(mobilisation: Mobilisation, ask: Ask, message: Outgoing) -> None:
    """Queues a mail of this case unless nothing may be mailed to the person."""
    shielded = SlateEntry.objects.filter(
        mobilisation=mobilisation, expert=ask.expert_id, risk=Risk.DO_NOT_MAIL
    )
    if not shielded.exists():
        queue(message)


def _set_the_clock(mobilisation: Mobilisation, now: datetime) -> None:
    """When to look again: the hold's end, the first answer time, a "later", the deadline; soon,
    while nobody is left (a pause may end, another case may let somebody go)."""
    asks = mobilisation.asks
    due = asks.filter(state=AskState.ASKED).aggregate(at=Min("due_at"))["at"]
    again = asks.filter(state=AskState.DECLINED, why=Why.LATER, ask_again_at__gt=now)
    held = mobilisation.hold_until if mobilisation.state == MobilisationState.PREPARING else None
    times = (
        held,
        due,
        again.aggregate(at=Min("ask_again_at"))["at"],
        now + LOOK_AGAIN if mobilisation.exhausted_at else None,
        mobilisation.deadline_at,
    )
    Mobilisation.objects.filter(pk=mobilisation.pk).update(
        next_wave_at=min(at for at in times if at)
    )
