"""What the clock does for mobilising."""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from experts import registry
from experts.models import Mobilisation
from experts.services.guard import locked, look_again

AT_ONCE = 100
IF_NOTHING_CAME_OF_IT = timedelta(minutes=1)
"""The stage sets the next time; should it be stuck, the clock knocks again after this."""


def waves() -> int:
    """Wakes every mobilisation whose time has come; returns how many."""
    due = Mobilisation.objects.filter(next_wave_at__lte=timezone.now()).order_by("next_wave_at")
    return sum(_wake(key) for key in due.values_list("pk", flat=True)[:AT_ONCE])


def forget_lists() -> int:
    """Deletes uploaded lists (addresses are in them) that waited longer than a day."""
    return registry.forget_old_lists()


def _wake(key: UUID) -> int:
    now = timezone.now()
    with locked(key) as mobilisation:
        mine = Mobilisation.objects.filter(pk=mobilisation.pk, next_wave_at__lte=now)
        if not mine.update(next_wave_at=now + IF_NOTHING_CAME_OF_IT):
            return 0
        look_again(mobilisation)
        return 1
