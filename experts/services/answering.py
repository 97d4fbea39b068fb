"""What an expert does through the link of an ask: each call is one transaction, and safe to
repeat. The state of the ask afterwards says what became of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Literal

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from experts.models import (
    NOTHING,
    Ask,
    AskState,
    Edition,
    Expert,
    Link,
    Mobilisation,
    MobilisationState,
    Purpose,
    Risk,
    SlateEntry,
    Suggestion,
    Why,
)
from experts.queries.links import Behind, find
from experts.schedule import again_at, answer_by
from experts.services.guard import closed, locked, look_again, recorded
from experts.services.linking import revoke
from experts.services.preparing import reopen_slot
from streams.events import ExpertAccepted, ExpertDeclined
from streams.log import append

REASONS = (Why.UNSAID, Why.NO_TIME, Why.NOT_MY_SUBJECT, Why.UNSAFE, Why.OTHER)


class UnknownLink(Exception):
    """We never gave such a link."""


@contextmanager
def _behind(token: str) -> Iterator[Behind]:
    link = find(token)
    if link is None:
        raise UnknownLink
    with locked(link.ask.mobilisation_id) as mobilisation:
        ask = Ask.objects.select_related("expert").get(pk=link.ask_id)
        link.refresh_from_db(fields=["revoked_at", "expires_at"])
        yield Behind(link, ask, mobilisation, timezone.now())


def accept(token: str) -> AskState:
    """A yes. The place is taken by compare-and-set; who comes too late is stood down with
    thanks. Raises UnknownLink."""
    with _behind(token) as at:
        if not at.may_answer():
            return AskState(at.ask.state)
        mine = Mobilisation.objects.filter(pk=at.mobilisation.pk)
        taken = mine.filter(state=MobilisationState.ASKING, filled__lt=F("slots")).update(
            filled=F("filled") + 1, exhausted_at=None
        )
        if not taken:
            return _came_too_late(at)
        mine.filter(filled__gte=F("slots")).update(state=MobilisationState.FILLED)
        _answered(at, AskState.ACCEPTED, Why.UNSAID)
        append(
            ExpertAccepted(
                mobilisation=at.mobilisation.pk, ask=at.ask.pk, demo=at.mobilisation.demo
            )
        )
        return AskState.ACCEPTED


def _came_too_late(at: Behind) -> AskState:
    closed(at.mobilisation, at.ask, AskState.STOOD_DOWN, Why.FILLED)
    Ask.objects.filter(pk=at.ask.pk).update(answered_at=at.now, undo_until=None)
    revoke(at.ask.pk, at.now, Purpose.ANSWER)
    _recorded(at, "ask.came_too_late")
    return AskState.STOOD_DOWN


def decline(token: str, why: str = "") -> AskState:
    """A no, with one of REASONS. "unsafe" also sees to it that no mail of this case goes to the
    person any more. Raises UnknownLink."""
    reason = Why(why) if why in REASONS else Why.OTHER
    with _behind(token) as at:
        if not at.may_answer():
            return AskState(at.ask.state)
        _declined(at, reason)
        if reason == Why.UNSAFE:
            _never_mail(at)
        return AskState.DECLINED


def later(token: str, when: Literal["hour", "morning"]) -> AskState:
    """Not now: counts as a no for this wave; from then on the person comes before the slate.
    Raises UnknownLink."""
    with _behind(token) as at:
        if not at.may_answer():
            return AskState(at.ask.state)
        _declined(at, Why.LATER)
        moment = again_at(at.now, at.ask.expert.timezone, when)
        Ask.objects.filter(pk=at.ask.pk).update(ask_again_at=moment)
        return AskState.DECLINED


def never(token: str) -> AskState:
    """A no, and no ask of ours ever again. Raises UnknownLink."""
    with _behind(token) as at:
        if not at.may_answer():
            return AskState(at.ask.state)
        _declined(at, Why.NEVER)
        _set_refusal_of_everything(at.ask.expert, True)
        _recorded(at, "expert.refused_all")
        return AskState.DECLINED


def suggest(token: str, name: str, reach: str = "") -> AskState:
    """Names somebody else, for staff's eyes only; the ask itself stays open. Raises UnknownLink."""
    with _behind(token) as at:
        if at.may_suggest() and name.strip():
            Suggestion.objects.create(
                ask=at.ask, name=name.strip()[:200], reach=reach.strip()[:300], at=at.now
            )
            _recorded(at, "ask.suggested")
            look_again(at.mobilisation)
        return AskState(at.ask.state)


def wait_in_reserve(token: str) -> AskState:
    """After "the places are filled" or a time that ran out: be asked first if one opens.
    Raises UnknownLink."""
    with _behind(token) as at:
        if not at.may_wait():
            return AskState(at.ask.state)
        Ask.objects.filter(pk=at.ask.pk).update(state=AskState.RESERVE, reserve_at=at.now)
        _recorded(at, "ask.in_reserve")
        look_again(at.mobilisation)
        return AskState.RESERVE


def undo(token: str) -> AskState:
    """Takes the last answer back: a yes frees its place, a no opens the question again, the
    reserve is left. Raises UnknownLink."""
    with _behind(token) as at:
        if not at.may_undo():
            return AskState(at.ask.state)
        if at.ask.state == AskState.RESERVE:
            Ask.objects.filter(pk=at.ask.pk).update(state=AskState.STOOD_DOWN, why=Why.FILLED)
            _recorded(at, "ask.left_reserve")
            look_again(at.mobilisation)
            return AskState.STOOD_DOWN
        return _yes_undone(at) if at.ask.state == AskState.ACCEPTED else _no_undone(at)


def _yes_undone(at: Behind) -> AskState:
    _answered(at, AskState.DECLINED, Why.UNDONE)
    reopen_slot(at.mobilisation, at.ask.pk)
    return AskState.DECLINED


def _no_undone(at: Behind) -> AskState:
    if at.ask.why == Why.NEVER:
        _set_refusal_of_everything(at.ask.expert, False)
    full = at.mobilisation.state == MobilisationState.FILLED
    fresh = answer_by(
        at.now,
        at.mobilisation.deadline_at,
        at.mobilisation.answer_minutes,
        settings.ASK_ANSWER_MINUTES,
    )
    Ask.objects.filter(pk=at.ask.pk).update(
        state=AskState.STOOD_DOWN if full else AskState.ASKED,
        why=Why.FILLED if full else Why.UNSAID,
        due_at=max(at.ask.due_at, fresh),
        answered_at=None,
        undo_until=None,
        ask_again_at=None,
    )
    _recorded(at, "ask.no_undone")
    look_again(at.mobilisation)
    return AskState.STOOD_DOWN if full else AskState.ASKED


def _declined(at: Behind, why: Why) -> None:
    _answered(at, AskState.DECLINED, why)
    append(
        ExpertDeclined(mobilisation=at.mobilisation.pk, ask=at.ask.pk, demo=at.mobilisation.demo)
    )


def _answered(at: Behind, state: AskState, why: Why) -> None:
    Ask.objects.filter(pk=at.ask.pk).update(
        state=state,
        why=why,
        answered_at=at.now,
        undo_until=at.now + timedelta(minutes=settings.ASK_UNDO_MINUTES),
        ask_again_at=None,
        thanked_at=None,
    )
    Link.objects.filter(pk=at.link.pk).update(used_at=at.now)
    _recorded(at, f"ask.{state}", why=str(why))


def _never_mail(at: Behind) -> None:
    SlateEntry.objects.update_or_create(
        mobilisation=at.mobilisation,
        expert=at.ask.expert,
        defaults={"risk": Risk.DO_NOT_MAIL},
        create_defaults={"risk": Risk.DO_NOT_MAIL, "rank": 999, "removed": True},
    )


def _set_refusal_of_everything(expert: Expert, refuse: bool) -> None:
    """Also turns the registry's page, so that workers rebuild their index of who may be asked."""
    Edition.objects.get_or_create(pk=1)
    Edition.objects.filter(pk=1).update(number=F("number") + 1)
    kept = [code for code in expert.do_not_ask if code != NOTHING]
    expert.do_not_ask = [*kept, NOTHING] if refuse else kept
    expert.save(update_fields=["do_not_ask", "changed_at"])


def _recorded(at: Behind, act: str, **detail: object) -> None:
    recorded(at.mobilisation, f"expert:{at.ask.expert_id}", act, ask=str(at.ask.pk), **detail)
