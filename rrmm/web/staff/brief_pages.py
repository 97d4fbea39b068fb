"""The brief of a case that is being asked for: a new version, and the ones before."""

from datetime import UTC
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from experts import services
from experts.models import Brief, Mobilisation
from experts.plan import BriefSentence
from rrmm.flashpoints import queries
from rrmm.flashpoints.models import Flashpoint
from rrmm.flashpoints.queries import CaseView
from rrmm.web.staff import brief
from rrmm.web.staff.asked import brief_view
from rrmm.web.staff.asking import staff
from rrmm.web.staff.brief import DEADLINE, Draft, Line
from rrmm.web.staff.checks import brief_problems
from rrmm.web.staff.sources import articles, lines, options, sources


@require_http_methods(["GET", "POST"])
@login_required
def edit(request: HttpRequest, case: UUID) -> HttpResponse:
    """The newest brief as a form; saving makes a new version, which people's pages show at once."""
    view, mobilisation = _asked_for(request, case)
    newest = mobilisation.briefs.last()
    if newest is None:
        raise Http404
    if request.method == "GET":
        return _page(request, view, newest, _draft(newest))
    draft, do = brief.read(request.POST), request.POST.get("do", "save")
    if do != "save":
        return _page(request, view, newest, brief.edited(draft, do))
    errors = brief_problems(draft, timezone.now())
    if errors:
        return _page(request, view, newest, draft, errors=errors)
    if draft.saw != str(newest.version):
        again = _page(request, view, newest, draft, changed=newest.version)
        again.status_code = 409
        return again
    return _saved(request, view, newest, draft)


def _saved(request: HttpRequest, view: CaseView, newest: Brief, draft: Draft) -> HttpResponse:
    known = sources(view) | _stored(newest)
    sentences = brief.sentences(draft, known)
    assert draft.deadline_at is not None
    try:
        version = services.new_brief_version(
            newest.mobilisation_id, staff(request).pk, sentences, draft.ask, draft.deadline_at
        )
    except services.Conflict as refused:
        return _page(request, view, newest, draft, conflict=str(refused))
    said = _("Version %(n)d of the brief is what people read now.")
    messages.success(request, said % {"n": version})
    return redirect("staff:case", view.case.pk)


@require_GET
@login_required
def version(request: HttpRequest, case: UUID, version: int) -> HttpResponse:
    """One version of the brief, as it was."""
    _view, mobilisation = _asked_for(request, case)
    found = mobilisation.briefs.filter(version=version).first()
    if found is None:
        raise Http404
    newest = mobilisation.briefs.last()
    page = {"case": _view.case, "brief": brief_view(found), "newest": newest}
    return render(request, "staff/case_brief_version.html", page)


def _asked_for(request: HttpRequest, case: UUID) -> tuple[CaseView, Mobilisation]:
    try:
        view = queries.case(case, staff(request))
        return view, Mobilisation.objects.get(pk=view.case.mobilisation or UUID(int=0))
    except (Flashpoint.DoesNotExist, Mobilisation.DoesNotExist) as missing:
        raise Http404 from missing


def _draft(newest: Brief) -> Draft:
    return Draft(
        lines=tuple(
            Line(s["text"], (s["source"] or {}).get("article", "")) for s in newest.sentences
        ),
        ask=newest.ask_text,
        deadline=newest.deadline_at.astimezone(UTC).strftime(DEADLINE),
        saw=str(newest.version),
    )


def _stored(newest: Brief) -> dict[str, BriefSentence]:
    """Sources of the version before, also of articles that are no longer among the case's."""
    found: dict[str, BriefSentence] = {}
    for sentence in newest.sentences:
        source = sentence["source"]
        if source and source.get("article"):
            found[source["article"]] = BriefSentence(
                text="",
                source_article=UUID(source["article"]),
                source_title=source["title"],
                source_url=source["url"],
                source_outlet=source["outlet"],
                source_language=source["language"],
            )
    return found


def _page(
    request: HttpRequest, view: CaseView, newest: Brief, draft: Draft, **said: Any
) -> HttpResponse:
    if said.get("changed"):
        draft = Draft(draft.lines, draft.ask, draft.deadline, saw=str(newest.version))
    context = {
        "case": view.case,
        "draft": draft,
        "saw": draft.saw,
        "lines": lines(draft, articles(view)),
        "articles": options(view),
        "newest": brief_view(newest),
    }
    status = 422 if said.get("errors") else 409 if said.get("conflict") else 200
    return render(request, "staff/case_brief.html", context | said, status=status)
