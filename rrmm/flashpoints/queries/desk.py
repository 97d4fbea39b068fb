"""The queue: every case that wants eyes, in groups, worst first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from rrmm.flashpoints.models import Flashpoint, Seen, State

CLOSED_SHOWN_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Filters:
    """What staff want to see of the queue; empty means everything."""

    line: str = ""
    country: str = ""
    language: str = ""
    severity_at_least: int = 1


@dataclass(frozen=True, slots=True)
class DeskRow:
    """One line of the queue. `leased` is false once the holder's 15 minutes have passed;
    `minutes` runs from the first to the last article."""

    case: Flashpoint
    unread: bool
    leased: bool
    mine: bool
    minutes: int


@dataclass(frozen=True, slots=True)
class DeskGroup:
    """code: new, deciding, confirmed, held or closed."""

    code: str
    title: str
    rows: tuple[DeskRow, ...]


def desk(staff: AbstractBaseUser, filters: Filters | None = None) -> tuple[DeskGroup, ...]:
    """All groups in their order on the page, also the empty ones."""
    now = timezone.now()
    found = [case for case in _cases(now) if _wanted(case, filters or Filters())]
    rows = _rows(found, staff, now)
    titles = {
        "new": _("New"),
        "deciding": _("Being decided"),
        "confirmed": _("Confirmed"),
        "held": _("Held"),
        "closed": _("Closed in the last 24 hours"),
    }
    return tuple(
        DeskGroup(code, title, tuple(row for row in rows if _group_of(row) == code))
        for code, title in titles.items()
    )


def cases(state: str = "", limit: int = 200) -> QuerySet[Flashpoint]:
    """Cases of any age, newest first, with who holds and who decided; for the page of all cases."""
    found = Flashpoint.objects.select_related("holder", "decided_by").order_by("-opened_at")
    return (found.filter(state=state) if state else found)[:limit]


def counts() -> dict[str, int]:
    """Cases by state."""
    found = Flashpoint.objects.values_list("state").annotate(n=Count("id"))
    return dict.fromkeys(State.values, 0) | dict(found)


def _cases(now: datetime) -> list[Flashpoint]:
    rows = Flashpoint.objects.select_related("holder", "decided_by")
    standing = rows.filter(state__in=(State.NEW, State.HELD, State.CONFIRMED))
    over = rows.filter(
        state__in=(State.DISMISSED, State.CLOSED), decided_at__gte=now - CLOSED_SHOWN_FOR
    )
    order = ("-severity", "-newsworthiness", "-last_article_at")
    return [*standing.order_by(*order), *over.order_by("-decided_at")]


def _wanted(case: Flashpoint, filters: Filters) -> bool:
    return (
        case.severity >= filters.severity_at_least
        and filters.line in ("", *case.lines)
        and filters.country in ("", case.country, *case.countries)
        and filters.language in ("", *case.languages)
    )


def _rows(found: Sequence[Flashpoint], staff: AbstractBaseUser, now: datetime) -> list[DeskRow]:
    seen = set(
        Seen.objects.filter(staff_id=staff.pk, flashpoint__in=found).values_list(
            "flashpoint_id", flat=True
        )
    )
    return [_row(case, case.pk not in seen, staff, now) for case in found]


def _row(case: Flashpoint, unread: bool, staff: AbstractBaseUser, now: datetime) -> DeskRow:
    until = case.held_lease_until
    leased = case.holder_id is not None and until is not None and until > now
    span = case.last_article_at - case.first_seen_at
    minutes = max(0, int(span.total_seconds() // 60))
    return DeskRow(case, unread, leased, leased and case.holder_id == staff.pk, minutes)


def _group_of(row: DeskRow) -> str:
    if row.case.state == State.NEW:
        return "deciding" if row.leased else "new"
    return "closed" if row.case.state == State.DISMISSED else str(row.case.state)
