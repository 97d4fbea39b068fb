"""The clock of a case (which hop was reached when) and its trail (who did what)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import Min
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from experts.models import Ask
from rrmm.flashpoints.models import Flashpoint
from rrmm.flashpoints.queries.people import display_name
from rrmm.flashpoints.queries.stories import flags_of, merged_into
from streams.models import Trail


@dataclass(frozen=True, slots=True)
class Hop:
    """code: article, flagged, confirmed, asked, yes. `at` is None while it has not happened;
    `minutes` is the time since the hop before, where both have happened."""

    code: str
    label: str
    at: datetime | None
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class TrailLine:
    """`who` is a display name of staff, or "The machine", or "An expert"; `of` the number of the
    case on which it was done, where that was merged into this one."""

    at: datetime
    who: str
    act: str
    words: str
    detail: dict[str, Any]
    of: str = ""


@dataclass(frozen=True, slots=True)
class Timeline:
    """Hops in their order; trail newest first."""

    hops: tuple[Hop, ...]
    trail: tuple[TrailLine, ...]


def case_timeline(case: Flashpoint, limit: int = 100) -> Timeline:
    """Every hop that this version of the mechanism knows, and the last `limit` acts."""
    return Timeline(_with_minutes(_hops(case)), _trail(case, limit))


def _hops(case: Flashpoint) -> list[Hop]:
    flagged = flags_of(case.story_id)
    asked, said_yes = _answers(case.mobilisation)
    first_article = None if case.opened_by_hand else case.first_seen_at
    return [
        Hop("article", _("First article"), first_article),
        Hop("flagged", _("Flagged"), flagged.aggregate(at=Min("at"))["at"] or case.opened_at),
        Hop("confirmed", _("Confirmed"), _confirmed_at(case)),
        Hop("asked", _("Experts asked"), asked),
        Hop("yes", _("First yes"), said_yes),
    ]


def _answers(mobilisation: UUID | None) -> tuple[datetime | None, datetime | None]:
    if mobilisation is None:
        return None, None
    asks = Ask.objects.filter(mobilisation_id=mobilisation)
    asked: datetime | None = asks.aggregate(at=Min("asked_at"))["at"]
    yes: datetime | None = asks.filter(state="accepted").aggregate(at=Min("answered_at"))["at"]
    return asked, yes


def _confirmed_at(case: Flashpoint) -> datetime | None:
    if case.mobilisation is None:
        return None
    acts = Trail.objects.filter(subject=str(case.pk), act="flashpoint.confirmed")
    return acts.order_by("-at").values_list("at", flat=True).first()


def _with_minutes(hops: list[Hop]) -> tuple[Hop, ...]:
    made: list[Hop] = []
    before: datetime | None = None
    for hop in hops:
        since = int((hop.at - before).total_seconds() // 60) if hop.at and before else None
        made.append(Hop(hop.code, hop.label, hop.at, None if since is None else max(0, since)))
        before = hop.at or before
    return tuple(made)


def _trail(case: Flashpoint, limit: int) -> tuple[TrailLine, ...]:
    merged = {str(away.pk): away.number for away in merged_into([case.pk])}
    subjects = [str(case.pk), *merged] + ([str(case.mobilisation)] if case.mobilisation else [])
    rows = list(Trail.objects.filter(subject__in=subjects).order_by("-at", "-id")[:limit])
    rows = [row for row in rows if not _told_by_merged(row, case)]
    names = _names(rows)
    words = _acts()
    return tuple(
        TrailLine(
            at=row.at,
            who=names[row.actor],
            act=row.act,
            words=_said(row, words),
            detail=row.detail,
            of=merged.get(row.subject, ""),
        )
        for row in rows
    )


def _told_by_merged(row: Trail, case: Flashpoint) -> bool:
    """The other half of a merge, which this case's own line tells already."""
    return row.act == "flashpoint.merged_away" and row.detail.get("number") == case.number


def _said(row: Trail, words: dict[str, str]) -> str:
    """The act in words, with what its detail says: which case, how many articles."""
    code, n = row.act, row.detail.get("articles", 0)
    if not row.detail.get("number"):
        code = f"{code}.alone" if f"{code}.alone" in words else code
    said = words.get(code, row.act)
    if "%(" not in said:
        return said
    articles = ngettext("%(n)d article", "%(n)d articles", n) % {"n": n}
    return said % {"n": articles, "number": row.detail.get("number", "")}


def _names(rows: Sequence[Trail]) -> dict[str, str]:
    actors = {row.actor for row in rows}
    staff = {actor: actor.partition(":")[2] for actor in actors if actor.startswith("staff:")}
    people = get_user_model().objects.in_bulk([int(pk) for pk in staff.values()])
    names = {actor: _("An expert") for actor in actors if actor.startswith("expert:")}
    for actor, pk in staff.items():
        person = people.get(int(pk))
        names[actor] = display_name(person) or _("Former staff")
    return {actor: names.get(actor, _("The machine")) for actor in actors}


def _acts() -> dict[str, str]:
    return {
        "flashpoint.opened": _("brought it onto the desk"),
        "flashpoint.opened_by_hand": _("opened it by hand"),
        "flashpoint.came_back": _("brought it back: something new"),
        "flashpoint.taken": _("took it"),
        "flashpoint.taken_over": _("took it over"),
        "flashpoint.released": _("gave it back"),
        "flashpoint.held": _("held it"),
        "flashpoint.unheld": _("ended the hold"),
        "flashpoint.woken": _("ended the hold: its time came"),
        "flashpoint.severity_rose": _("ended the hold: its severity rose"),
        "flashpoint.dismissed": _("dismissed it"),
        "flashpoint.reopened": _("reopened it"),
        "flashpoint.confirmed": _("confirmed it"),
        "flashpoint.confirmation_undone": _("undid the confirmation"),
        "flashpoint.closed": _("closed it"),
        "flashpoint.severity_set": _("set the severity"),
        "flashpoint.article_marked": _("corrected an article"),
        "flashpoint.article_unmarked": _("took a correction back"),
        "flashpoint.merged": _("merged case %(number)s into it"),
        "flashpoint.merged_away": _("merged it into case %(number)s"),
        "flashpoint.merge_undone": _("undid the merge with case %(number)s"),
        "flashpoint.split": _("took %(n)s out, into case %(number)s"),
        "flashpoint.split.alone": _("took %(n)s out, into a story of their own"),
        "flashpoint.split_off": _("opened it with %(n)s of case %(number)s"),
        "flashpoint.received": _("put %(n)s of case %(number)s into it"),
        "flashpoint.split_undone": _("took the split of %(n)s back, with case %(number)s"),
        "flashpoint.split_undone.alone": _("took the split of %(n)s back"),
        "mobilisation.prepared": _("prepared the asks"),
        "mobilisation.stopped": _("stopped the asks"),
    }
