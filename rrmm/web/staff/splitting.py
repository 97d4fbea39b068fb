"""Splitting: tick the articles that tell of another event, say what becomes of them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from rrmm.flashpoints import services
from rrmm.flashpoints.models import Flashpoint, Regrouping
from rrmm.flashpoints.queries.candidates import candidates
from rrmm.flashpoints.queries.parted import Parted, PlaceGroup, parted
from rrmm.flashpoints.queries.stories import survivor_of
from rrmm.flashpoints.services import Conflict
from rrmm.web import words
from rrmm.web.presenters.rows import where
from rrmm.web.staff.asking import staff
from rrmm.web.staff.merging import home

OWN, RULE = "own", "rule"


@require_http_methods(["GET", "POST"])
@login_required
def show(request: HttpRequest, case: UUID) -> HttpResponse:
    """The articles with their ticks; `do` ticks or unticks a place, or splits."""
    try:
        found = Flashpoint.objects.get(pk=survivor_of(case))
    except Flashpoint.DoesNotExist as missing:
        raise Http404 from missing
    if found.pk != case:
        return HttpResponseRedirect(reverse("staff:case-split", args=[found.pk]))
    listed = parted(found)
    given = request.POST if request.method == "POST" else request.GET
    ticked = set(given.getlist("article"))
    do = request.POST.get("do", "")
    if do.startswith(("all:", "none:")):
        return _page(request, found, listed, _with_group(listed, ticked, do))
    if request.method == "POST":
        return _split(request, found, listed, ticked)
    return _page(request, found, listed, ticked)


def _with_group(listed: Parted, ticked: set[str], do: str) -> set[str]:
    way, _colon, key = do.partition(":")
    group = {str(one.line.id) for g in listed.groups if g.key == key for one in g.articles}
    return ticked | group if way == "all" else ticked - group


def _split(
    request: HttpRequest, case: Flashpoint, listed: Parted, ticked: set[str]
) -> HttpResponse:
    goal = request.POST.get("to", "")
    try:
        articles = [UUID(one) for one in ticked]
        into = None if goal in {OWN, RULE} else UUID(goal)
    except ValueError:
        error = _("Say what becomes of the articles.")
        return _page(request, case, listed, ticked, error=error, status=422)
    try:
        done = services.split(
            case.pk, articles, staff(request), into=into, open_now=goal == OWN
        )  # fmt: skip
    except Conflict as refused:
        fresh = Flashpoint.objects.get(pk=case.pk)
        return _page(request, fresh, parted(fresh), ticked, error=str(refused), status=409)
    except Flashpoint.DoesNotExist as missing:
        raise Http404 from missing
    url = reverse("staff:case-regroup-undo", args=[case.pk, done.pk])
    messages.success(request, _said(done), extra_tags=url)
    return HttpResponseRedirect(home(request, case.pk))


def _said(done: Regrouping) -> str:
    articles = ngettext("%(n)d article", "%(n)d articles", done.articles) % {"n": done.articles}
    if done.other is None:
        return _("%(articles)s taken out, into a story of their own.") % {"articles": articles}
    names = {"articles": articles, "number": done.other.number}
    return _("%(articles)s taken out: case %(number)s has them.") % names


def _page(
    request: HttpRequest,
    case: Flashpoint,
    listed: Parted,
    ticked: set[str],
    *,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    context: dict[str, Any] = {
        "case": case,
        "where": where(case),
        "groups": [_group(group, ticked) for group in listed.groups],
        "listed": listed,
        "ticked": len(ticked),
        "live": case.state in {"new", "held", "confirmed"},
        "goal": request.POST.get("to", OWN),
        "others": [
            (str(one.case.pk), one.case.number, where(one.case), one.case.headline)
            for one in candidates(case, now, dismissed=False)
        ],
        "error": error,
        "back_url": home(request, case.pk),
        "desk": "desk" in request.GET or "desk" in request.POST,
    }
    return render(request, "staff/case_split.html", context, status=status)


def _group(group: PlaceGroup, ticked: set[str]) -> dict[str, Any]:
    lines = [(one, str(one.line.id) in ticked) for one in group.articles]
    parts = [group.place, words.country(group.country)]
    return {
        "key": group.key,
        "name": ", ".join(dict.fromkeys(part for part in parts if part)),
        "lines": lines,
        "whole": all(on for _one, on in lines),
    }
