"""Merging: choose the other case, see what would become one, do it; and undo it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rrmm.flashpoints import services
from rrmm.flashpoints.models import Flashpoint, Regrouping
from rrmm.flashpoints.queries.candidates import Candidate, both, candidates
from rrmm.flashpoints.queries.stories import survivor_of
from rrmm.flashpoints.services import Conflict
from rrmm.flashpoints.services.merging import refuse_merging
from rrmm.web import words
from rrmm.web.presenters.regrouped import why
from rrmm.web.presenters.rows import where
from rrmm.web.presenters.standing import standing
from rrmm.web.staff.asking import back, staff

PER_PAGE = 20


@require_http_methods(["GET", "POST"])
@login_required
def show(request: HttpRequest, case: UUID) -> HttpResponse:
    """The cases that may be the same; with one chosen (`with`), both and what would become one."""
    mine = _case(case)
    if mine.pk != case:
        return HttpResponseRedirect(reverse("staff:case-merge", args=[mine.pk]))
    chosen = request.POST.get("with") or request.GET.get("with")
    if not chosen:
        return _choose(request, mine)
    other = _case(_uuid(chosen))
    if request.method == "POST":
        return _merge(request, mine, other)
    return _preview(request, mine, other)


@require_POST
@login_required
def undo(request: HttpRequest, case: UUID, done: UUID) -> HttpResponse:
    """Take a merge or a split back."""
    try:
        services.undo_regrouping(done, staff(request))
    except Conflict as refused:
        messages.error(request, str(refused))
    except (Regrouping.DoesNotExist, Flashpoint.DoesNotExist) as missing:
        raise Http404 from missing
    else:
        messages.success(request, _("Undone. Everything is as it was."))
    return back(request, survivor_of(case))


def home(request: HttpRequest, case: UUID) -> str:
    """Where the reader came from, with this case open: the desk, or the case's page."""
    if "desk" in request.POST or "desk" in request.GET:
        return reverse("staff:desk") + "?" + urlencode({"case": str(case)})
    return reverse("staff:case", args=[case])


def _case(case: UUID) -> Flashpoint:
    """The case, or that in which it lives on."""
    try:
        rows = Flashpoint.objects.select_related("holder", "decided_by")
        return rows.get(pk=survivor_of(case))
    except Flashpoint.DoesNotExist as missing:
        raise Http404 from missing


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as wrong:
        raise Http404 from wrong


def _choose(request: HttpRequest, mine: Flashpoint) -> HttpResponse:
    q = request.GET.get("q", "").strip()
    now = timezone.now()
    page = Paginator(candidates(mine, now, q), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "case": mine,
        "where": where(mine),
        "q": q,
        "page": page,
        "lines": [_line(request, mine, one) for one in page],
        "back_url": home(request, mine.pk),
        "desk": "desk" in request.GET,
        "query": urlencode(_kept(request) | ({"q": q} if q else {})),
    }
    return render(request, "staff/case_merge.html", context)


def _kept(request: HttpRequest) -> dict[str, str]:
    return {"desk": "1"} if "desk" in request.GET else {}


def _line(request: HttpRequest, mine: Flashpoint, one: Candidate) -> dict[str, Any]:
    query = urlencode({"with": str(one.case.pk)} | _kept(request))
    return {
        "case": one.case,
        "where": where(one.case),
        "why": why(one.why),
        "standing": standing(one.case, None, staff(request).pk, timezone.now()),
        "url": reverse("staff:case-merge", args=[mine.pk]) + "?" + query,
    }


def _preview(
    request: HttpRequest, mine: Flashpoint, other: Flashpoint, conflict: str = ""
) -> HttpResponse:
    now = timezone.now()
    keep, away = _sides(mine, other, request.POST.get("keep", ""))
    again = reverse("staff:case-merge", args=[mine.pk])
    context = {
        "case": mine,
        "where": where(mine),
        "other": other,
        "keep": keep,
        "sides": [_side(request, one) for one in (mine, other)],
        "facts": _facts(mine, other, both(keep, away, now)),
        "refused": _refusal(keep, away),
        "conflict": conflict,
        "locked": other.state == "confirmed" or mine.state == "confirmed",
        "back_url": again + ("?desk=1" if "desk" in request.GET or "desk" in request.POST else ""),
        "desk": "desk" in request.GET or "desk" in request.POST,
    }
    return render(request, "staff/case_merge_both.html", context, status=409 if conflict else 200)


def _sides(mine: Flashpoint, other: Flashpoint, wish: str) -> tuple[Flashpoint, Flashpoint]:
    """Which goes on, and which lives on in it: as wished; else the one whose experts are asked,
    one that is open before one that is not, the older."""
    if wish == str(other.pk):
        return other, mine
    if wish == str(mine.pk):
        return mine, other
    first, second = sorted((mine, other), key=_rank)
    return first, second


def _rank(case: Flashpoint) -> tuple[bool, bool, Any]:
    return case.state != "confirmed", case.state == "dismissed", case.opened_at


def _side(request: HttpRequest, case: Flashpoint) -> dict[str, Any]:
    now = standing(case, None, staff(request).pk, timezone.now())
    return {"case": case, "where": where(case), "standing": now}


def _refusal(keep: Flashpoint, away: Flashpoint) -> str:
    try:
        refuse_merging(keep, away)
    except Conflict as refused:
        return str(refused)
    return ""


def _facts(one: Flashpoint, other: Flashpoint, would: Any) -> list[tuple[str, list[str]]]:
    """Rows of the comparison: a name; of one, of the other, of both together."""
    shown = [_numbers(vars(one)), _numbers(vars(other)), _numbers(would or {})]
    names = [_("Articles"), _("Voices"), _("Languages"), _("Countries"), _("Severity"),
             _("Newsworthiness"), _("Corroboration"), _("First article"),
             _("Newest article")]  # fmt: skip
    return [(name, [column[n] for column in shown]) for n, name in enumerate(names)]


def _numbers(fields: dict[str, Any]) -> list[str]:
    if not fields:
        return ["—"] * 9
    now = timezone.now()
    return [
        str(fields["article_count"]),
        str(fields["voices"]),
        ", ".join(fields["languages"]) or "—",
        ", ".join(words.country(code) for code in fields["countries"]) or "—",
        str(fields["severity"]),
        str(fields["newsworthiness"]),
        str(fields["corroboration"]),
        words.clock(fields["first_seen_at"], now),
        words.clock(fields["last_article_at"], now),
    ]


def _merge(request: HttpRequest, mine: Flashpoint, other: Flashpoint) -> HttpResponse:
    keep, away = _sides(mine, other, request.POST.get("keep", ""))
    try:
        done = services.merge(keep.pk, away.pk, staff(request))
    except Conflict as refused:
        return _preview(request, _case(mine.pk), _case(other.pk), conflict=str(refused))
    said = _("Case %(away)s is merged into %(keep)s.") % {
        "away": away.number,
        "keep": keep.number,
    }
    url = reverse("staff:case-regroup-undo", args=[keep.pk, done.pk])
    messages.success(request, said, extra_tags=url)
    return HttpResponseRedirect(home(request, keep.pk))
