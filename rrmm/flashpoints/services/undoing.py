"""Taking back what was merged or split, as long as nobody has built on it."""

from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from rrmm.flashpoints.models import Flag, Flashpoint, Regrouping, Story
from rrmm.flashpoints.queries.regrouping import touched, why_not
from rrmm.flashpoints.services.guard import Conflict, refuse_while_anothers
from rrmm.flashpoints.services.learning import came_back
from rrmm.flashpoints.services.merging import lives_on_in
from rrmm.flashpoints.services.regrouping import (
    announce,
    attach,
    detach,
    locked_together,
    put_back,
    regrouped,
)
from streams.events import FlashpointReopened
from streams.log import append


def undo_regrouping(regrouping_id: UUID, staff: AbstractBaseUser) -> Regrouping:
    """Take back a merge or a split; what joined a part since goes with its part.

    Raises Conflict that says why it cannot be undone, Regrouping.DoesNotExist.
    """
    rows = Regrouping.objects.select_related("case", "other", "story")
    row = rows.get(pk=regrouping_id)
    found = [case.pk for case in touched(row)]
    with locked_together(*found, story=row.story_id) as cases:
        row = rows.get(pk=regrouping_id)
        if said := why_not(row, timezone.now()):
            raise Conflict(said)
        if [case.pk for case in touched(row)] != found:
            raise Conflict(_("The cases changed at this very moment. Look again, then undo."))
        for case in cases.values():
            refuse_while_anothers(case, staff)
        if row.kind == Regrouping.Kind.MERGED:
            _unmerge(row, cases, staff)
        else:
            _put_together(row, cases, staff)
        row.undone_at = timezone.now()
        row.save(update_fields=["undone_at"])
        return row


def _unmerge(row: Regrouping, cases: dict[UUID, Flashpoint], staff: AbstractBaseUser) -> None:
    assert row.other_id is not None
    survivor, other = cases[row.case_id], cases[row.other_id]
    detach(row.before["stories"])
    root = survivor.story_id
    if row.before["made"]:
        _without_story(survivor, row.before["survivor"])
    put_back(other, row.before["other"])
    other.merged_into = None
    regrouped(survivor, "merge_undone", staff, number=other.number)
    regrouped(other, "merge_undone", staff, number=survivor.number)
    append(FlashpointReopened(flashpoint=other.pk, demo=other.demo))
    for story in filter(None, (survivor.story_id, other.story_id)):
        announce(story, demo=other.demo)
    if row.before["made"] and root is not None:
        Story.objects.filter(pk=root).delete()


def _put_together(row: Regrouping, cases: dict[UUID, Flashpoint], staff: AbstractBaseUser) -> None:
    """Moved articles go back to where they were; what came to them since comes along."""
    case = cases[row.case_id]
    other = next((found for found in cases.values() if found is not case), None)
    opened = other is not None and not row.before["target"]
    _flags_back(row)
    moved = Flag.objects.filter(pk__in=row.before["flags"])
    came_back(list(moved.values_list("article_id", flat=True)))
    assert case.story_id is not None
    if row.story is not None:
        if opened or row.story.flags.exists():
            attach(row.story.pk, case.story_id)
        else:
            row.story.delete()
            row.story = None
    if other is not None and opened:
        lives_on_in(other, case, staff)
    elif other is not None:
        _taken_back(row, other, case, staff)
    number = other.number if other else ""
    regrouped(case, "split_undone", staff, articles=row.articles, number=number)
    announce(case.story_id, demo=case.demo)


def _flags_back(row: Regrouping) -> None:
    if row.story_id is None:
        return
    for former in set(row.before["flags"].values()):
        mine = [flag for flag, story in row.before["flags"].items() if story == former]
        Flag.objects.filter(pk__in=mine, story_id=row.story_id).update(story_id=former)
    if "was_copy" in row.before:
        Flag.objects.filter(pk=row.before["was_copy"]).update(is_copy=True)
    counted = {*row.before["flags"].values(), str(row.story_id)}
    for story in Story.objects.filter(pk__in=counted).annotate(n=Count("flags")):
        Story.objects.filter(pk=story.pk).update(articles=story.n)


def _taken_back(
    row: Regrouping, other: Flashpoint, case: Flashpoint, staff: AbstractBaseUser
) -> None:
    root = other.story_id
    if row.before["made"]:
        _without_story(other, row.before["target"])
    regrouped(other, "split_undone", staff, articles=row.articles, number=case.number)
    if other.story_id is not None:
        announce(other.story_id, demo=other.demo)
    elif root is not None:
        Story.objects.filter(pk=root).delete()


def _without_story(case: Flashpoint, drawn: dict[str, object]) -> None:
    """A case opened by hand is as it was before it got articles."""
    case.story = None
    put_back(case, drawn)
