"""Which articles make a story: its own, and those of the stories that staff made part of it."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from rrmm.flashpoints.models import Flag, Flashpoint, State, Story


def root_of(story_id: UUID) -> UUID:
    """The story that this one is part of; itself where it is part of none."""
    root = Story.objects.filter(pk=story_id).values_list("part_of_id", flat=True).first()
    return root or story_id


def stories_of(root: UUID) -> list[UUID]:
    """The story and its parts."""
    return [root, *Story.objects.filter(part_of_id=root).values_list("pk", flat=True)]


def flags_of(story_id: UUID | None) -> QuerySet[Flag]:
    """The flags of a story and its parts, in no order; none for None."""
    if story_id is None:
        return Flag.objects.none()
    return Flag.objects.filter(story_id__in=stories_of(story_id))


def survivor_of(case_id: UUID) -> UUID:
    """The case in which this one lives on; itself where it was not merged, or is not there."""
    seen = {case_id}
    while True:
        row = Flashpoint.objects.filter(pk=case_id, state=State.MERGED)
        into = row.values_list("merged_into_id", flat=True).first()
        if into is None or into in seen:
            return case_id
        seen.add(into)
        case_id = into


def merged_into(case_ids: Iterable[UUID]) -> list[Flashpoint]:
    """The cases that live on in these, at any remove, oldest first."""
    found: dict[UUID, Flashpoint] = {}
    wanted = set(case_ids)
    while wanted:
        rows = Flashpoint.objects.filter(Q(merged_into_id__in=wanted), state=State.MERGED)
        fresh = [row for row in rows if row.pk not in found]
        found |= {row.pk: row for row in fresh}
        wanted = {row.pk for row in fresh}
    return sorted(found.values(), key=lambda case: (case.opened_at, case.pk))
