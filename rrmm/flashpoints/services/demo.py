"""Taking the demo out again."""

from django.db import transaction
from django.db.models import F

from rrmm.flashpoints.models import Flag, Flashpoint, Generation, Story


def remove_demo() -> dict[str, int]:
    """Delete every row of the demo; counts by name. The clusterer forgets its articles, too.

    Locks in the order of `regrouping.locked_together`: generation, stories, cases.
    """
    with transaction.atomic():
        Generation.objects.select_for_update().get_or_create(name="stories")
        for rows in (Story.objects.filter(demo=True), Flashpoint.objects.filter(demo=True)):
            list(rows.select_for_update().order_by("pk").values_list("pk"))
        counts = {
            "flashpoints": Flashpoint.objects.filter(demo=True).count(),
            "flags": Flag.objects.filter(demo=True).count(),
            "stories": Story.objects.filter(demo=True).count(),
        }
        Flashpoint.objects.filter(demo=True).delete()
        Flag.objects.filter(demo=True).delete()
        Story.objects.filter(demo=True).delete()
        Generation.objects.filter(name="stories").update(number=F("number") + 1)
    return counts
