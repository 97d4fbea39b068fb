"""Stage mobilise: whatever moved a mobilisation, bring it to where its state says it should be."""

from collections.abc import Sequence

from experts.services.foreseeing import Foreseen, foresee
from experts.services.settling import settle
from streams.events import MobilisationEvent


def prepare(events: Sequence[MobilisationEvent]) -> list[Foreseen]:
    """Decides and renders, each mobilisation once, with no transaction open."""
    wanted = dict.fromkeys(event.mobilisation for event in events)
    return [seen for key in wanted if (seen := foresee(key)) is not None]


def apply(prepared: list[Foreseen]) -> None:
    """Locks, checks again, writes."""
    for seen in prepared:
        settle(seen)
