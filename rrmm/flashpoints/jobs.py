"""What the clock does with cases."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from rrmm.flashpoints import letters, services
from rrmm.flashpoints.models import Flashpoint, Level, State, Told

AT_ONCE = 100
LEVELS_KEPT = timedelta(days=15)


def wake_held() -> int:
    """Cases whose hold is over come back to the queue; how many did."""
    now = timezone.now()
    due = Flashpoint.objects.filter(state=State.HELD, held_until__lte=now)
    found = list(due.values_list("pk", flat=True)[:AT_ONCE])
    return sum(services.wake(case_id, now) for case_id in found)


def tell_waiting() -> int:
    """Letters that waited to be bundled leave; how many did."""
    due = Told.objects.filter(waiting=True, at__lte=timezone.now() - services.BUNDLE)
    told = 0
    for row in due.select_related("flashpoint")[:AT_ONCE]:
        letter = letters.write(row.flashpoint, row.kind)
        with transaction.atomic():
            told += services.tell_bundled(letter)
    return told


def prune_levels() -> int:
    """Hours that the usual level no longer looks at are deleted; how many were."""
    rows = Level.objects.filter(hour__lt=timezone.now() - LEVELS_KEPT)
    deleted, _by_table = rows.delete()
    return deleted
