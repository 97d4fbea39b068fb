"""What staff do to a case: one button, one service, one sentence back, one undo."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from experts import services as experts
from rrmm.flashpoints import services
from rrmm.flashpoints.models import Dismissal, Flashpoint
from rrmm.flashpoints.services import Conflict
from rrmm.web import words
from rrmm.web.staff import holding
from rrmm.web.staff.asking import act, back, staff
from rrmm.web.staff.pane import pane


def named(case: Flashpoint) -> str:
    """How a sentence calls a case: its place, else its number."""
    return case.place or words.country(case.country) or case.number


@act(undo="staff:case-release")
def take(request: HttpRequest, case: UUID) -> str:
    """Lease the case; `force` takes it over, `quiet` is for pages that say so themselves."""
    found = services.take(case, staff(request), force="force" in request.POST)
    if "quiet" in request.POST or found.held_lease_until is None:
        return ""
    until = words.clock(found.held_lease_until, timezone.now())
    return _("%(case)s is yours until %(time)s UTC.") % {"case": named(found), "time": until}


@act()
def release(request: HttpRequest, case: UUID) -> str:
    """Give the lease back."""
    return _("%(case)s is given back.") % {"case": named(services.release(case, staff(request)))}


@act()
def unhold(request: HttpRequest, case: UUID) -> str:
    """End the hold now."""
    found = services.unhold(case, staff(request))
    return _("%(case)s is back in the queue.") % {"case": named(found)}


@act()
def reopen(request: HttpRequest, case: UUID) -> str:
    """Undo a dismissal or the closing."""
    found = services.reopen(case, staff(request))
    if found.state == "confirmed":
        return _("%(case)s is open again.") % {"case": named(found)}
    return _("%(case)s is back in the queue.") % {"case": named(found)}


@act()
def undo(request: HttpRequest, case: UUID) -> str:
    """Undo the confirmation: before the first wave nothing was sent, after it we withdraw."""
    mobilisation = Flashpoint.objects.values_list("mobilisation", flat=True).get(pk=case)
    sent = bool(mobilisation and experts_asked(mobilisation))
    found = services.undo_confirm(case, staff(request))
    if sent:
        said = _("%(case)s is back in the queue. A withdrawal goes to everybody who was asked.")
    else:
        said = _("%(case)s is back in the queue. Nothing was sent.")
    return said % {"case": named(found)}


def experts_asked(mobilisation: UUID) -> bool:
    """Whether anybody was asked yet."""
    from experts.models import Ask

    return Ask.objects.filter(mobilisation_id=mobilisation).exists()


@act()
def ask_one_more(request: HttpRequest, case: UUID) -> str:
    """Ask the next best beside those who were asked."""
    found = Flashpoint.objects.get(pk=case)
    if found.mobilisation is None:
        raise Conflict(_("Nobody is asked for this case at present. Confirm it first."))
    experts.ask_one_more(found.mobilisation, staff(request).pk)
    return _("One more will be asked at once: the next best who has not been.")


@act(undo="staff:case-reopen")
def close(request: HttpRequest, case: UUID) -> str:
    """The work on the case is done."""
    return _("%(case)s is closed.") % {"case": named(services.close(case, staff(request)))}


@act()
def severity(request: HttpRequest, case: UUID) -> str:
    """A person's judgement, which the machine no longer changes."""
    level = request.POST.get("severity", "")
    found = services.set_severity(case, staff(request), int(level) if level.isdigit() else 0)
    said = {"case": named(found), "n": found.severity}
    return _("Severity of %(case)s: %(n)d, set by you.") % said


@require_http_methods(["GET", "POST"])
@login_required
def hold(request: HttpRequest, case: UUID) -> HttpResponse:
    """Ask until when (the dialog's question as a page), or hold."""
    if request.method == "POST":
        choice, typed = request.POST.get("until", ""), _typed(request)
        until = holding.until(choice, typed, timezone.now())
        if until is None:
            return _again(request, case, "hold", {"until": _("Say the day and the time, in UTC.")})
        try:
            found = services.hold(case, staff(request), until, request.POST.get("words", ""))
        except Conflict as refused:
            return _again(request, case, "hold", {"until": str(refused)})
        time = words.clock(until, timezone.now())
        said = _("%(case)s is held until %(time)s UTC.") % {"case": named(found), "time": time}
        messages.success(request, said, extra_tags=reverse("staff:case-unhold", args=[case]))
        return back(request, case)
    return _again(request, case, "hold", {})


@require_http_methods(["GET", "POST"])
@login_required
def dismiss(request: HttpRequest, case: UUID) -> HttpResponse:
    """Ask for the reason (the dialog's question as a page), or dismiss."""
    if request.method == "POST":
        reason, said = request.POST.get("reason", ""), request.POST.get("words", "").strip()
        if reason == Dismissal.OTHER and not said:
            errors = {"words": _("Say the reason in a few words: the next on duty reads it.")}
            return _again(request, case, "dismiss", errors)
        try:
            found = services.dismiss(case, staff(request), reason, said)
        except Conflict as refused:
            return _again(request, case, "dismiss", {"words": str(refused)})
        told = _("%(case)s dismissed: %(reason)s.") % {
            "case": named(found),
            "reason": said or Dismissal(reason).label,
        }
        messages.success(request, told, extra_tags=reverse("staff:case-reopen", args=[case]))
        return back(request, case)
    return _again(request, case, "dismiss", {})


def _typed(request: HttpRequest) -> str:
    return f"{request.POST.get('day', '').strip()} {request.POST.get('time', '').strip()}"


def _again(request: HttpRequest, case: UUID, what: str, errors: dict[str, str]) -> HttpResponse:
    """The question as a page of its own, with what was typed and what is wrong with it."""
    try:
        found = pane(case, staff(request))
    except Flashpoint.DoesNotExist as missing:
        raise Http404 from missing
    typed = {
        "errors": errors,
        "picked_until": request.POST.get("until", ""),
        "typed_day": request.POST.get("day", ""),
        "typed_time": request.POST.get("time", ""),
        "picked_reason": request.POST.get("reason", ""),
        "typed_words": request.POST.get("words", ""),
        "next": request.POST.get("next") or reverse("staff:case", args=[case]),
        "what": what,
    }
    return render(request, f"staff/case_{what}.html", found | typed, status=422 if errors else 200)
