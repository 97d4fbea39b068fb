"""Correcting what the model said of one article of a case."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rrmm.flashpoints import queries
from rrmm.flashpoints.models import FaultLine, Flag, Flashpoint, VerdictKind
from rrmm.flashpoints.queries.learning import marks_of
from rrmm.flashpoints.services import Conflict, learning
from rrmm.web.presenters.corrected import corrected
from rrmm.web.presenters.names import countries
from rrmm.web.staff.asking import back, staff


@require_http_methods(["GET", "POST"])
@login_required
def correct(request: HttpRequest, case: UUID, article: UUID) -> HttpResponse:
    """The question as a page, or the answer: one kind, what belongs to it, a few words."""
    if request.method == "GET":
        return _ask(request, case, article, "")
    form = request.POST
    try:
        verdict = learning.mark(
            case,
            article,
            staff(request),
            form.get("kind", ""),
            words=form.get("words", ""),
            country=form.get("country", "") if form.get("kind") == "wrong_place" else "",
            lines=form.getlist("lines") if form.get("kind") == "wrong_line" else (),
        )
    except Flashpoint.DoesNotExist as missing:
        raise Http404 from missing
    except Conflict as refused:
        return _ask(request, case, article, str(refused))
    undo = reverse("staff:article-uncorrect", args=[case, article, verdict.kind])
    if verdict.demo:
        said = _("Noted. It is the demo’s, so nothing is learnt from it.")
    else:
        said = _("Noted. The next model learns from it.")
    messages.success(request, said, extra_tags=undo)
    return back(request, case)


@require_POST
@login_required
def uncorrect(request: HttpRequest, case: UUID, article: UUID, kind: str) -> HttpResponse:
    """Takes one correction back."""
    try:
        learning.unmark(case, article, staff(request), kind)
    except Flashpoint.DoesNotExist as missing:
        raise Http404 from missing
    except Conflict as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The correction is taken back."))
    return back(request, case)


def _ask(request: HttpRequest, case: UUID, article: UUID, error: str) -> HttpResponse:
    try:
        found, line = queries.article(case, article)
    except Flag.DoesNotExist as missing:
        raise Http404 from missing
    here = reverse("staff:case", args=[case])
    page: dict[str, Any] = {
        "case": found,
        "article": line,
        "marks": [corrected(mark) for mark in marks_of([article]).get(article, ())],
        "kinds": [(kind.value, kind.label) for kind in learning.MARKS],
        "picked": request.POST.get("kind", "") or VerdictKind.NOT_FLASHPOINT.value,
        "country": request.POST.get("country", ""),
        "countries": countries(),
        "fault_lines": FaultLine.choices,
        "lines": request.POST.getlist("lines") or list(line.lines),
        "words": request.POST.get("words", ""),
        "next": request.POST.get("next") or here,
        "error": error,
    }
    return render(request, "staff/article_correct.html", page, status=422 if error else 200)
