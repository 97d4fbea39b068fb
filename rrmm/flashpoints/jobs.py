"""What the clock does with cases."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from rrmm.flashpoints import letters, services
from rrmm.flashpoints.models import Flag, Flashpoint, Level, State, Story, Told
from streams.pruning import in_batches
from streams.tally import count

AT_ONCE = 100
LEVELS_KEPT = timedelta(days=15)
STORIES_KEPT = timedelta(days=30)


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


def prune() -> int:
    """What became no case, nor part of another story, in a month is forgotten (its articles go by
    the collector's own rule), and so are hours that the usual level no longer looks at; how many
    rows went."""
    now = timezone.now()
    over = Story.objects.filter(
        last_article_at__lt=now - STORIES_KEPT, flashpoints__isnull=True, part_of__isnull=True
    )
    gone = dict.fromkeys(("stories", "flags"), 0)
    in_batches(lambda: _forget(list(over.values_list("pk", flat=True)[:AT_ONCE]), gone))
    levels, _by_table = Level.objects.filter(hour__lt=now - LEVELS_KEPT).delete()
    for name, n in gone.items():
        count(f"prune.{name}", n)
    return sum(gone.values()) + levels


def _forget(stories: list[UUID], gone: dict[str, int]) -> int:
    """Deletes these stories with their flags, and books both; how many rows went."""
    with transaction.atomic():
        flags, _by_table = Flag.objects.filter(story_id__in=stories).delete()
        n, _by_table = Story.objects.filter(pk__in=stories).delete()
    gone["stories"] += n
    gone["flags"] += flags
    return n + flags
