"""What every door of mobilising shares: the lock, the words of a refusal, the trail."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import transaction

from experts.models import Ask, AskState, Mobilisation, MobilisationState
from streams.events import ExpertStoodDown, WaveDue
from streams.log import append
from streams.trail import note

LIVE = (MobilisationState.PREPARING, MobilisationState.ASKING, MobilisationState.FILLED)


class Conflict(Exception):
    """The state does not allow it; the message says so in plain words, for people."""


@contextmanager
def locked(mobilisation_id: UUID) -> Iterator[Mobilisation]:
    """One transaction around the locked row. Raises Mobilisation.DoesNotExist."""
    with transaction.atomic():
        yield Mobilisation.objects.select_for_update().get(pk=mobilisation_id)


def recorded(mobilisation: Mobilisation, actor: str, act: str, **detail: object) -> None:
    """Notes an act in the trail of the case. detail: ids and codes only."""
    note(
        actor,
        act,
        mobilisation.case,
        demo=mobilisation.demo,
        mobilisation=str(mobilisation.pk),
        **detail,
    )


def look_again(mobilisation: Mobilisation) -> None:
    """Asks the stage to look at the mobilisation now. Call it inside the transaction."""
    append(WaveDue(mobilisation=mobilisation.pk, wave=mobilisation.wave, demo=mobilisation.demo))


def closed(mobilisation: Mobilisation, ask: Ask, state: AskState, why: str) -> bool:
    """Closes an ask that still is as the caller read it, and says so; False if it moved on."""
    moved = Ask.objects.filter(pk=ask.pk, state=ask.state).update(state=state, why=why)
    if moved:
        append(ExpertStoodDown(mobilisation=mobilisation.pk, ask=ask.pk, demo=mobilisation.demo))
    return bool(moved)
