"""The slate while people are asked: look for somebody, add, remove, shield, free a place."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from experts import services
from experts.models import Ask, Expert, Risk
from rrmm.flashpoints.models import Flashpoint
from rrmm.flashpoints.services import Conflict
from rrmm.web.staff import people
from rrmm.web.staff.asking import act, staff
from rrmm.web.staff.brief import Draft


@require_GET
@login_required
def candidates(request: HttpRequest, case: UUID) -> HttpResponse:
    """People who fit the words, without those whose ids came as `expert`."""
    q = request.GET.get("q", "").strip()
    found = people.candidates(case, q, request.GET.getlist("expert"), timezone.now())
    return render(request, "staff/_candidates.html", {"candidates": found, "draft": Draft(q=q)})


@act()
def add(request: HttpRequest, case: UUID) -> str:
    """Put a person at the end of the slate."""
    expert = _expert(request)
    told = people.reasons(case, [str(expert.pk)])[str(expert.pk)]
    services.add_to_slate(_mobilisation(case), expert.pk, staff(request).pk, reasons=told)
    return _("%(name)s is on the slate, after the others.") % {"name": expert.name}


@act()
def remove(request: HttpRequest, case: UUID) -> str:
    """Take a person off who was not asked yet."""
    expert = _expert(request)
    services.remove_from_slate(_mobilisation(case), expert.pk, staff(request).pk)
    return _("%(name)s will not be asked for this case.") % {"name": expert.name}


@act()
def risk(request: HttpRequest, case: UUID) -> str:
    """ "ordinary", or "do not mail": then no mail of this case goes to the person any more."""
    expert, wanted = _expert(request), request.POST.get("risk", "")
    if wanted not in Risk.values:
        raise Conflict(_("Choose “ordinary” or “do not mail”."))
    services.set_risk(_mobilisation(case), expert.pk, wanted, staff(request).pk)
    if wanted == Risk.DO_NOT_MAIL:
        return _("No mail of this case goes to %(name)s any more.") % {"name": expert.name}
    return _("%(name)s may be mailed again.") % {"name": expert.name}


@act()
def free(request: HttpRequest, case: UUID) -> str:
    """Free a place that somebody holds; the next best is asked."""
    ask = Ask.objects.select_related("expert").get(
        pk=_id(request.POST.get("ask", "")), mobilisation_id=_mobilisation(case)
    )
    services.release_slot(ask.pk, staff(request).pk)
    return _("The place of %(name)s is free again; the next is asked.") % {"name": ask.expert.name}


def _mobilisation(case: UUID) -> UUID:
    found = Flashpoint.objects.values_list("mobilisation", flat=True).get(pk=case)
    if found is None:
        raise Conflict(_("Nobody is asked for this case at present. Confirm it first."))
    return found


def _expert(request: HttpRequest) -> Expert:
    found = Expert.objects.filter(pk=_id(request.POST.get("expert", ""))).first()
    if found is None:
        raise Conflict(_("This person is not in the registry any more."))
    return found


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as wrong:
        raise Conflict(_("This person is not in the registry any more.")) from wrong
