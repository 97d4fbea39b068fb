"""All cases in a list, and one case whole: its clock, who is asked, the brief, who did what."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from experts.models import Mobilisation
from rrmm.flashpoints import queries, services
from rrmm.flashpoints.models import FaultLine, Flashpoint, State
from rrmm.web import words
from rrmm.web.presenters.acts import folded
from rrmm.web.presenters.clock import told
from rrmm.web.presenters.rows import where
from rrmm.web.presenters.standing import Standing, standing
from rrmm.web.staff.asked import asked
from rrmm.web.staff.asking import staff
from rrmm.web.staff.pane import pane

PER_PAGE = 50


@dataclass(frozen=True)
class Line:
    """One case of the list."""

    case: Flashpoint
    where: str
    standing: Standing | None


@require_GET
@login_required
def show_all(request: HttpRequest) -> HttpResponse:
    """Cases of any age, newest first, in pages; narrowed by state, fault line and year's words."""
    wish = {name: request.GET.get(name, "") for name in ("state", "line", "q")}
    page = Paginator(_wanted(wish), PER_PAGE).get_page(request.GET.get("page"))
    asked_for = Mobilisation.objects.in_bulk([c.mobilisation for c in page if c.mobilisation])
    now, reader = timezone.now(), staff(request).pk
    lines = [
        Line(
            case,
            where(case),
            standing(case, asked_for.get(case.mobilisation or UUID(int=0)), reader, now),
        )
        for case in page
    ]
    shown = {name: value for name, value in wish.items() if value}
    return render(
        request,
        "staff/cases.html",
        {
            "page": page,
            "lines": lines,
            "wish": wish,
            "states": _states(wish),
            "fault_lines": FaultLine.choices,
            "query": urlencode(shown),
            "narrowed": bool(shown),
        },
    )


def _wanted(wish: dict[str, str]) -> "QuerySet[Flashpoint]":
    rows = Flashpoint.objects.select_related("holder", "decided_by").order_by("-opened_at", "-pk")
    if wish["state"] in State.values:
        rows = rows.filter(state=wish["state"])
    if wish["line"] in FaultLine.values:
        # As text: SQLite has no containment for JSON, and no code is part of another.
        rows = rows.filter(lines__icontains=wish["line"])
    for word in wish["q"].split()[:8]:
        rows = rows.filter(
            Q(headline__icontains=word) | Q(place__icontains=word) | Q(number__icontains=word)
        )
    return rows


def _states(wish: dict[str, str]) -> list[dict[str, Any]]:
    counts = queries.counts()
    kept = {name: wish[name] for name in ("line", "q") if wish[name]}
    found = [("", _("All"), sum(counts.values()))]
    found += [(state.value, str(state.label), counts[state.value]) for state in State]
    return [
        {
            "name": name,
            "count": count,
            "on": wish["state"] == code,
            "url": reverse("staff:cases") + "?" + urlencode(kept | _state(code)),
        }
        for code, name, count in found
    ]


def _state(code: str) -> dict[str, str]:
    return {"state": code} if code else {}


@require_GET
@login_required
def show(request: HttpRequest, case: UUID) -> HttpResponse:
    """The case's page; as a fragment (its `main`) where only that is asked for."""
    try:
        found = pane(case, staff(request))
    except Flashpoint.DoesNotExist as missing:
        raise Http404 from missing
    whole = request.headers.get("X-Part") != "main" and "HX-Request" not in request.headers
    row: Flashpoint = found["case"]
    if whole and row.pk != case:
        old = urlencode({"from": found["away"].number})
        return redirect(reverse("staff:case", args=[row.pk]) + f"?{old}")
    services.mark_seen(row.pk, staff(request))
    timeline = queries.case_timeline(row)
    page = found | asked(row, found["mobilisation"], request.GET.get("q", "").strip())
    page |= {
        "clock": told(timeline, row, found["mobilisation"], found["now"]),
        "trail": folded(timeline.trail),
        "severities": [(n, words.severity(n)) for n in range(1, 5)],
        "desk_url": reverse("staff:case", args=[row.pk]),
        "desk_here": reverse("staff:desk") + "?" + urlencode({"case": str(row.pk)}),
    }
    return render(request, "staff/case.html" if whole else "staff/_case_main.html", page)
