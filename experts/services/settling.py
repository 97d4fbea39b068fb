"""Brings a mobilisation to where its state says it should be: asks, stands down, withdraws.

Everything follows from the rows, so any number of events, in any number of repetitions, lead to
the same end. `foreseeing.foresee` has decided and rendered without a transaction; `settle` locks,
checks that what was foreseen still holds, and writes.
"""

from datetime import datetime, timedelta

from django.db.models import Min

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
from experts.queries.turns import standing
from experts.schedule import wanted
from experts.services.foreseeing import Foreseen, NewAsk, closable, may_ask
from experts.services.guard import closed, locked, look_again, recorded
from experts.services.linking import make_link, revoke
from streams.events import ExpertAsked
from streams.log import append
from streams.mail.outgoing import Outgoing
from streams.mail.services import queue
from streams.retry import Transient
from streams.trail import MACHINE

LOOK_AGAIN = timedelta(minutes=5)


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
    for ask in closable(mobilisation):
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
    elif may_ask(mobilisation, seen.now):
        _ask(mobilisation, seen)
    _set_the_clock(mobilisation, seen.now)


def _end(mobilisation: Mobilisation, seen: Foreseen) -> None:
    for ask in mobilisation.asks.filter(state=AskState.ASKED):
        closed(mobilisation, ask, AskState.EXPIRED, Why.UNSAID)
    ended = Mobilisation.objects.filter(pk=mobilisation.pk).exclude(state=MobilisationState.ENDED)
    if ended.update(state=MobilisationState.ENDED, next_wave_at=None):
        recorded(mobilisation, MACHINE, "mobilisation.ended", filled=mobilisation.filled)
        look_again(mobilisation)  # a page that is open learns of it by the event


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
    here = standing(mobilisation, seen.now)
    count = wanted(here)
    asks = seen.asks[:count]
    if not all(_still_free(mobilisation, new, seen.now) for new in asks):
        raise Transient("somebody of the wave may no longer be asked")
    if mobilisation.state == MobilisationState.PREPARING:
        mobilisation.state = MobilisationState.ASKING
        recorded(mobilisation, MACHINE, "mobilisation.began", wanted=count)
    if asks:
        mobilisation.wave += 1
    if asks or here.open_asks:
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
        look_again(mobilisation)  # a page that is open learns of it by the event


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
