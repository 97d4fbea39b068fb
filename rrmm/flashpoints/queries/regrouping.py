"""What staff merged and split lately, and whether it can still be undone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from rrmm.flashpoints.models import Flashpoint, Regrouping, State
from rrmm.flashpoints.queries.look import newest_case
from rrmm.flashpoints.queries.people import display_name

UNDO_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Regrouped:
    """One act on the case in question. `why_not`: why it cannot be undone, "" where it can;
    `other`: the second case, None for articles that became no case yet."""

    row: Regrouping
    other: Flashpoint | None
    received: bool
    who: str
    why_not: str


def lately(case: Flashpoint) -> Sequence[Regrouped]:
    """What was merged or split on this case in the last day and not undone, newest first."""
    now = timezone.now()
    rows = Regrouping.objects.filter(
        Q(case=case) | Q(other=case, kind=Regrouping.Kind.SPLIT),
        undone_at=None,
        at__gte=now - UNDO_FOR,
    ).select_related("case", "other", "by", "story")
    return [_line(row, case, now) for row in rows.order_by("-at")]


def why_not(row: Regrouping, now: datetime) -> str:
    """Why it cannot be undone, in words for staff; "" where it can."""
    if row.undone_at is not None:
        return _("It was undone already, at %(time)s UTC.") % {"time": f"{row.undone_at:%H:%M}"}
    if now - row.at > UNDO_FOR:
        return _("It is more than a day ago. Split or merge again instead.")
    for case in touched(row):
        away = row.kind == Regrouping.Kind.MERGED and case.pk == row.other_id
        if said := "" if away else _moved_on(case, row.at):
            return said
    return _again(row)


def touched(row: Regrouping) -> list[Flashpoint]:
    """The cases that undoing it would change."""
    found = [row.case]
    if row.other is not None:
        found.append(row.other)
    elif row.story_id and (opened := newest_case(row.story_id)):
        found.append(opened)
    return found


def _moved_on(case: Flashpoint, since: datetime) -> str:
    words = {"number": case.number}
    if case.state == State.MERGED and case.merged_into is not None:
        words["into"] = case.merged_into.number
        return _("Case %(number)s was merged into %(into)s since. Undo that first.") % words
    if case.decided_at is not None and case.decided_at > since:
        words |= {"state": str(State(case.state).label), "when": f"{case.decided_at:%H:%M}"}
        return _("Case %(number)s was decided since: “%(state)s”, %(when)s UTC.") % words
    return ""


def _again(row: Regrouping) -> str:
    cases = [case.pk for case in touched(row)]
    later = Regrouping.objects.filter(
        Q(case__in=cases) | Q(other__in=cases), undone_at=None, at__gt=row.at
    )
    if later.exists():
        return _("Something else was merged or split since. Undo that first.")
    return ""


def _line(row: Regrouping, case: Flashpoint, now: datetime) -> Regrouped:
    received = row.case_id != case.pk
    other = row.case if received else next(iter(touched(row)[1:]), None)
    return Regrouped(row, other, received, display_name(row.by), why_not(row, now))
