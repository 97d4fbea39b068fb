"""The half of settling that needs no transaction: decide whom to ask, render every mail."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from uuid_utils.compat import uuid7

from experts.models import Ask, AskState, Expert, Mobilisation, MobilisationState
from experts.queries.turns import decide
from experts.schedule import Wave
from experts.services import letters
from streams.mail.outgoing import Outgoing

CLOSABLE = (AskState.ASKED, AskState.ACCEPTED, AskState.RESERVE)
"""What a withdrawal closes."""


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
            ask.pk: letters.withdrawn_to(ask, mobilisation, now) for ask in closable(mobilisation)
        }
        return Foreseen(mobilisation_id, now, brief, letters=found)
    asking = may_ask(mobilisation, now)
    wave = decide(mobilisation, now) if asking else None
    return Foreseen(
        mobilisation=mobilisation_id,
        now=now,
        brief=brief,
        asks=_new_asks(mobilisation, wave, now) if wave else (),
        letters=_thanks(mobilisation, now),
        nobody_left=letters.nobody_left_to(mobilisation, now) if wave and wave.exhausted else None,
    )


def may_ask(mobilisation: Mobilisation, now: datetime) -> bool:
    """Whether people may be asked at this moment: the hold is over, the deadline is not."""
    held = mobilisation.state == MobilisationState.PREPARING and mobilisation.hold_until > now
    may = mobilisation.state in (MobilisationState.PREPARING, MobilisationState.ASKING)
    return may and not held and mobilisation.deadline_at > now


def closable(mobilisation: Mobilisation) -> list[Ask]:
    """The asks that a withdrawal closes."""
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
