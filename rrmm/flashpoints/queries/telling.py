"""Whether a mail about a case is still true when it is about to leave."""

from uuid import UUID

from rrmm.flashpoints.models import Flashpoint, State


def still_worth_telling(case_id: str) -> bool:
    """The case is still there and nobody has dismissed or closed it, or merged it away."""
    over = (State.DISMISSED, State.CLOSED, State.MERGED)
    return Flashpoint.objects.filter(pk=UUID(case_id)).exclude(state__in=over).exists()


def answers_still_worth_telling(case_id: str) -> bool:
    """The case is still confirmed: its asks stand."""
    return Flashpoint.objects.filter(pk=UUID(case_id), state=State.CONFIRMED).exists()
