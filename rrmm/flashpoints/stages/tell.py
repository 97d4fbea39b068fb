"""Staff on duty hear by mail of new and returned flashpoints and of answers; never of names."""

from collections.abc import Sequence
from dataclasses import dataclass

from rrmm.flashpoints import letters, services
from rrmm.flashpoints.letters import Letter
from rrmm.flashpoints.models import Flashpoint
from streams.event import Event
from streams.events import FlashpointOpened, FlashpointReturned, MobilisationEvent, SlotReopened
from streams.tally import count


@dataclass(frozen=True, slots=True)
class ToTell:
    """Letters to queue, and how many events had no case to tell of (its confirming was undone)."""

    letters: tuple[Letter, ...]
    without_case: int


def prepare(events: Sequence[Event]) -> ToTell:
    """Writes one letter per case and kind. A place that became free again waits for no bundle."""
    wanted: dict[tuple[Flashpoint, str], bool] = {}
    for event in events:
        if (found := _of(event)) is not None:
            wanted[found] = wanted.get(found, False) or isinstance(event, SlotReopened)
    written = [letters.write(case, kind, urgent) for (case, kind), urgent in wanted.items()]
    return ToTell(tuple(written), sum(_of(event) is None for event in events))


def apply(prepared: ToTell) -> None:
    """Queues them, or leaves them for the next bundle."""
    for letter in prepared.letters:
        services.tell(letter)
    count("tell.no_case", prepared.without_case)


def _of(event: Event) -> tuple[Flashpoint, str] | None:
    if isinstance(event, FlashpointOpened | FlashpointReturned):
        case = Flashpoint.objects.filter(pk=event.flashpoint).first()
        kind = letters.OPENED if isinstance(event, FlashpointOpened) else letters.RETURNED
        return (case, kind) if case else None
    if isinstance(event, MobilisationEvent):
        case = Flashpoint.objects.filter(mobilisation=event.mobilisation).first()
        return (case, letters.ANSWERS) if case else None
    return None
