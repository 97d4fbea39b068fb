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
from experts.services.letters import Writer
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
    now, brief = timezone.now(), mobilisation.briefs.latest("version")
    writer = Writer.of(mobilisation, brief, now)
    if mobilisation.state == MobilisationState.STOPPED:
        told = {ask.pk: writer.withdrawn(ask) for ask in closable(mobilisation)}
        return Foreseen(mobilisation_id, now, brief.version, letters=told)
    wave = decide(mobilisation, now) if may_ask(mobilisation, now) else None
    return Foreseen(
        mobilisation=mobilisation_id,
        now=now,
        brief=brief.version,
        asks=_new_asks(writer, wave) if wave else (),
        letters=_thanks(writer),
        nobody_left=writer.nobody_left() if wave and wave.exhausted else None,
    )


def may_ask(mobilisation: Mobilisation, now: datetime) -> bool:
    """Whether people may be asked at this moment: the hold is over, the deadline is not."""
    held = mobilisation.state == MobilisationState.PREPARING and mobilisation.hold_until > now
    may = mobilisation.state in (MobilisationState.PREPARING, MobilisationState.ASKING)
    return may and not held and mobilisation.deadline_at > now


def closable(mobilisation: Mobilisation) -> list[Ask]:
    """The asks that a withdrawal closes."""
    return list(mobilisation.asks.filter(state__in=CLOSABLE).select_related("expert"))


def _thanks(writer: Writer) -> dict[UUID, Outgoing]:
    """Receipts for new yeses; when all places are taken, a stand-down for everybody else."""
    asks = writer.mobilisation.asks.select_related("expert")
    said_yes = asks.filter(state=AskState.ACCEPTED, thanked_at=None)
    found = {ask.pk: writer.receipt(ask) for ask in said_yes}
    if writer.mobilisation.state == MobilisationState.FILLED:
        for ask in asks.filter(state=AskState.ASKED):
            found[ask.pk] = writer.stood_down(ask)
    return found


def _new_asks(writer: Writer, wave: Wave) -> tuple[NewAsk, ...]:
    before = {ask.expert_id: ask for ask in writer.mobilisation.asks.filter(expert__in=wave.ask)}
    people = Expert.objects.in_bulk(wave.ask)
    return tuple(_new_ask(writer, people[key], before.get(key), wave.due_at) for key in wave.ask)


def _new_ask(writer: Writer, expert: Expert, before: Ask | None, due_at: datetime) -> NewAsk:
    ask_id = before.pk if before else uuid7()
    was = before.state if before else ""
    mail = writer.alert(expert, ask_id, due_at, from_reserve=was == AskState.RESERVE)
    return NewAsk(ask_id, expert.pk, due_at, mail, was)
