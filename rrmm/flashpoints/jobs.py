"""What the clock does with cases."""

from django.utils import timezone

from rrmm.flashpoints import services
from rrmm.flashpoints.models import Flashpoint, State

AT_ONCE = 100


def wake_held() -> int:
    """Cases whose hold is over come back to the queue; how many did."""
    now = timezone.now()
    due = Flashpoint.objects.filter(state=State.HELD, held_until__lte=now)
    found = list(due.values_list("pk", flat=True)[:AT_ONCE])
    return sum(services.wake(case_id, now) for case_id in found)
