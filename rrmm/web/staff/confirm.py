"""The confirm page: one form for brief, places, time and people; drawn anew by its own buttons.

Every button of the form is a POST with `do`: confirm, test, preview, search, takeover, or an edit
(see `brief.edited`). Only confirm changes the case; the others draw the form again.
"""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from experts import services as experts
from experts.plan import MobilisationPlan
from rrmm.flashpoints import queries, services
from rrmm.flashpoints.models import Flashpoint
from rrmm.flashpoints.queries import CaseView
from rrmm.flashpoints.services import Conflict
from rrmm.web import words
from rrmm.web.presenters.names import languages
from rrmm.web.presenters.person import local_times
from rrmm.web.presenters.rows import where
from rrmm.web.staff import brief, people
from rrmm.web.staff.asking import staff
from rrmm.web.staff.brief import DEADLINE, Draft, Line, Pick
from rrmm.web.staff.changes import changes, fingerprint
from rrmm.web.staff.checks import problems
from rrmm.web.staff.sources import articles, lines, options, sources


@require_http_methods(["GET", "POST"])
@login_required
def show(request: HttpRequest, case: UUID) -> HttpResponse:
    """The page, or what its button did."""
    try:
        view = queries.case(case, staff(request))
    except Flashpoint.DoesNotExist as missing:
        raise Http404 from missing
    if request.method == "GET":
        if view.case.state not in {"new", "held"}:
            messages.warning(request, _("This case is not waiting for a decision any more."))
            return redirect("staff:case", case)
        people.note_view(staff(request), case)
        return _page(request, view, first_draft(view))
    draft, do = brief.read(request.POST), request.POST.get("do", "confirm")
    if do == "confirm":
        return _confirm(request, view, draft)
    if do in {"test", "preview"}:
        return _look(request, view, draft, do)
    if do == "takeover":
        return _take_over(request, view, draft)
    if do.startswith("invite:"):  # the page will show what this person said of themselves
        people.note_view(staff(request), case)
    return _page(request, view, brief.edited(draft, do))


def first_draft(view: CaseView) -> Draft:
    """The form before staff have touched it: sentences from the articles, the proposed slate."""
    plan = queries.draft_plan(view.case)
    return Draft(
        lines=tuple(Line(s.text, str(s.source_article or "")) for s in plan.sentences),
        ask=plan.ask_text,
        deadline=plan.deadline_at.strftime(DEADLINE),
        slots=str(plan.slots),
        languages=plan.languages,
        picks=tuple(Pick(str(expert)) for expert in people.proposed(view.case.pk)),
        saw=fingerprint(view.case),
    )


def _plan(view: CaseView, draft: Draft) -> MobilisationPlan:
    drafted = queries.draft_plan(view.case)
    reasons = people.reasons(view.case.pk, draft.experts)
    return brief.plan(draft, sources(view), reasons, drafted.place, drafted.topics)


def _confirm(request: HttpRequest, view: CaseView, draft: Draft) -> HttpResponse:
    errors = problems(draft, timezone.now())
    if errors:
        return _page(request, view, draft, errors=errors)
    changed = changes(draft.saw, view.case)
    if changed:
        again = replace(draft, saw=fingerprint(view.case))
        return _page(request, view, again, changes=changed)
    try:
        services.confirm(view.case.pk, staff(request), _plan(view, draft))
    except (Conflict, experts.Conflict) as refused:
        return _page(request, view, draft, conflict=str(refused))
    said = _("Confirmed. The first wave leaves in %(time)s.") % {"time": hold_words()}
    undo = reverse("staff:case-undo", args=[view.case.pk])
    messages.success(request, said, extra_tags=undo)
    return redirect("staff:case", view.case.pk)


def _look(request: HttpRequest, view: CaseView, draft: Draft, do: str) -> HttpResponse:
    """Show the alert, or send it to the one who asks; both need a brief that would do."""
    lacking = problems(draft, timezone.now())
    errors = {field: fault for field, fault in lacking.items() if field != "picks"}
    if errors:
        return _page(request, view, draft, errors=errors)
    plan, number, me = _plan(view, draft), view.case.number, staff(request).pk
    if do == "preview":
        letter = experts.alert_preview(plan, number, me)
        return _page(request, view, draft, preview=letter)
    experts.send_me_alert(me, plan, number)
    messages.success(request, _("The alert is on its way to you, as an expert gets it."))
    return _page(request, view, draft)


def _take_over(request: HttpRequest, view: CaseView, draft: Draft) -> HttpResponse:
    try:
        services.take(view.case.pk, staff(request), force=True)
    except Conflict as refused:
        return _page(request, view, draft, conflict=str(refused))
    return _page(request, queries.case(view.case.pk, staff(request)), draft)


def _page(request: HttpRequest, view: CaseView, draft: Draft, **said: Any) -> HttpResponse:
    """Draw the form with what was typed. Errors and conflicts answer 422 and 409."""
    now = timezone.now()
    chosen = people.chosen(view.case.pk, draft.picks, now)
    context = {
        "case": view.case,
        "where": where(view.case),
        "another": view.leased and not view.mine,
        "draft": draft,
        "saw": draft.saw,
        "lines": lines(draft, articles(view)),
        "articles": options(view),
        "people": chosen,
        "sums": people.sums(chosen),
        "no_slate": _no_slate(view),
        "candidates": people.candidates(view.case.pk, draft.q, draft.experts, now),
        "local": local_times([one.zone for one in chosen], draft.deadline_at),
        "near_languages": _languages(view, draft, near=True),
        "far_languages": _languages(view, draft, near=False),
        "extra": settings.ASK_EXTRA,
        "answer_rule": settings.ASK_ANSWER_MINUTES,
        "hold_words": hold_words(),
        "confirm_words": _("Confirm. First wave leaves in %(time)s") % {"time": hold_words()},
    }
    if "conflict" not in said and view.leased and not view.mine:
        said["conflict"] = _another(view)
    refused = 409 if said.get("conflict") or said.get("changes") else 200
    status = 422 if said.get("errors") else refused if request.method == "POST" else 200
    return render(request, _template(request), context | said, status=status)


def _template(request: HttpRequest) -> str:
    part = request.headers.get("X-Part") == "form"
    return "staff/_confirm_part.html" if part else "staff/confirm.html"


def _another(view: CaseView) -> str:
    said = _("%(name)s has this case until %(time)s UTC. You can write; confirm when it is free.")
    return said % {
        "name": words.person(view.case.holder),
        "time": f"{view.case.held_lease_until:%H:%M}",
    }


def hold_words() -> str:
    """ASK_HOLD in words: "2 minutes", "90 seconds"."""
    hold = settings.ASK_HOLD
    if hold % 60:
        return ngettext("%(n)d second", "%(n)d seconds", hold) % {"n": hold}
    return ngettext("%(n)d minute", "%(n)d minutes", hold // 60) % {"n": hold // 60}


def _languages(view: CaseView, draft: Draft, near: bool) -> list[tuple[str, str]]:
    wanted = {*draft.languages, *view.case.languages, "en"}
    offered = dict(languages()) | {code: words.language(code) for code in draft.languages}
    return [pair for pair in offered.items() if (pair[0] in wanted) is near]


def _no_slate(view: CaseView) -> str:
    if people.has_proposal(view.case.pk):
        return _("Nobody is on the slate. Look for people below.")
    return _("The matcher has not proposed anybody yet. Look for people below, or come back.")
