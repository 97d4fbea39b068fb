"""The desk: the queue on one side, the open case on the other; whole, or each as a fragment."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from experts.models import Mobilisation
from rrmm.flashpoints import queries, services
from rrmm.flashpoints.models import Flashpoint
from rrmm.flashpoints.queries import DeskGroup, DeskRow
from rrmm.web import blind
from rrmm.web.presenters.rows import Row, row
from rrmm.web.staff import filters, strip
from rrmm.web.staff.asking import staff
from rrmm.web.staff.filters import Wish
from rrmm.web.staff.pane import pane


@dataclass(frozen=True)
class Group:
    """A heading of the queue and its lines."""

    code: str
    name: str
    rows: tuple[Row, ...]


@require_GET
@login_required
def show(request: HttpRequest) -> HttpResponse:
    """The whole desk; `?case=` opens one beside the queue."""
    wish = filters.read(request.GET)
    opened = _opened(request, wish)
    if opened.get("away"):
        lives_on = replace(wish, case=str(opened["case"].pk))
        return redirect(f"{reverse('staff:desk')}{lives_on.query}&from={opened['away'].number}")
    return render(request, "staff/desk.html", _queue(staff(request), wish) | opened)


@require_GET
@login_required
def queue(request: HttpRequest) -> HttpResponse:
    """The queue alone, for a desk that already stands."""
    return render(request, "staff/_queue.html", _queue(staff(request), filters.read(request.GET)))


@require_GET
@login_required
def case(request: HttpRequest, case: UUID) -> HttpResponse:
    """The open case alone; opening it takes the bold from its line."""
    wish = replace(filters.read(request.GET), case=str(case))
    return render(request, "staff/_pane.html", _opened(request, wish))


def _opened(request: HttpRequest, wish: Wish) -> dict[str, Any]:
    if not wish.case:
        return {"wish": wish, "desk_url": reverse("staff:desk") + wish.query}
    try:
        found = pane(UUID(wish.case), staff(request))
    except (ValueError, Flashpoint.DoesNotExist) as missing:
        raise Http404 from missing
    services.mark_seen(found["case"].pk, staff(request))
    here = reverse("staff:desk") + wish.query
    return found | {"wish": wish, "desk_url": here, "list_url": _without_case(wish)}


def _without_case(wish: Wish) -> str:
    return reverse("staff:desk") + replace(wish, case="").query


def _queue(reader: User, wish: Wish) -> dict[str, Any]:
    now = timezone.now()
    found = queries.desk(reader)
    wanted = filters.shown(found, wish, reader.pk)
    asked = _mobilisations(wanted)
    groups = [_group(group, asked, reader, wish, now) for group in wanted]
    fresh = sum(len(group.rows) for group in found if group.code == "new")
    waiting = any(not row.closed for group in groups for row in group.rows)
    return {
        "wish": wish,
        "filters": filters.bar(found, wish, reader.pk),
        "groups": groups,
        "title": _title(fresh),
        "queue_url": reverse("staff:desk-queue") + wish.query,
        "nothing": None if waiting or wish.show == "closed" else nothing(wish, now),
    }


def _title(fresh: int) -> str:
    if not fresh:
        return _("Desk")
    sentence = ngettext("Desk: %(n)d new flashpoint", "Desk: %(n)d new flashpoints", fresh)
    return sentence % {"n": fresh}


def _mobilisations(groups: list[DeskGroup]) -> dict[UUID, Mobilisation]:
    ids = [row.case.mobilisation for group in groups for row in group.rows]
    return Mobilisation.objects.in_bulk([pk for pk in ids if pk])


def _group(
    group: DeskGroup, asked: dict[UUID, Mobilisation], reader: User, wish: Wish, now: datetime
) -> Group:
    name = _("Mobilising") if group.code == "confirmed" else group.title
    rows = tuple(_row(line, asked, reader, wish, now) for line in group.rows)
    return Group(group.code, name, rows)


def _row(
    line: DeskRow, asked: dict[UUID, Mobilisation], reader: User, wish: Wish, now: datetime
) -> Row:
    chosen = replace(wish, case=str(line.case.pk))
    return row(
        line.case,
        unread=line.unread,
        mobilisation=asked.get(line.case.mobilisation) if line.case.mobilisation else None,
        reader=reader.pk,
        now=now,
        url=reverse("staff:desk") + chosen.query,
        pane_url=reverse("staff:desk-case", args=[line.case.pk]) + chosen.query,
        current=wish.case == str(line.case.pk),
    )


def nothing(wish: Wish, now: datetime) -> dict[str, Any]:
    """What an empty queue says: since when, and how far we see."""
    last = Flashpoint.objects.order_by("-opened_at").values_list("opened_at", flat=True).first()
    return {
        "filtered": wish.show != "open" or bool(wish.line),
        "since": last,
        "long": last is None or now - last > timedelta(days=7),
        "watch": strip.read(),
        "blind": blind.in_a_line(blind.read()),
    }
