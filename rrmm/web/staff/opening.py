"""Opening a case by hand: from a call, a mail or a talk (C8)."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rrmm.flashpoints import services
from rrmm.flashpoints.models import FaultLine, Origin
from rrmm.flashpoints.services import Conflict
from rrmm.web import words
from rrmm.web.presenters.names import countries, languages
from rrmm.web.staff.asking import staff


@dataclass(frozen=True)
class Typed:
    """The form as typed."""

    headline: str = ""
    country: str = ""
    place: str = ""
    lines: tuple[str, ...] = ()
    severity: str = ""
    note: str = ""
    origin: str = ""
    languages: tuple[str, ...] = ()


def read(form: QueryDict) -> Typed:
    """The form as it was sent."""
    return Typed(
        headline=form.get("headline", "").strip(),
        country=form.get("country", "").strip().upper(),
        place=form.get("place", "").strip(),
        lines=tuple(line for line in form.getlist("line") if line in FaultLine.values),
        severity=form.get("severity", ""),
        note=form.get("note", "").strip(),
        origin=form.get("origin", ""),
        languages=tuple(dict.fromkeys(form.getlist("language"))),
    )


def problems(typed: Typed) -> dict[str, str]:
    """What is missing, by field, in words."""
    known = {code for code, _name in countries()}
    faults = {
        "headline": _("Say in one line what happened.") if not typed.headline else "",
        "country": _("Choose the country.") if typed.country not in known else "",
        "lines": _("Choose at least one fault line.") if not typed.lines else "",
        "severity": _("Choose how bad it is.") if typed.severity not in set("1234") else "",
        "origin": _("Say who told us.") if typed.origin not in _origins() else "",
    }
    return {field: fault for field, fault in faults.items() if fault}


@require_http_methods(["GET", "POST"])
@login_required
def new(request: HttpRequest) -> HttpResponse:
    """The form, or the case that it opened."""
    typed = read(request.POST) if request.method == "POST" else Typed(origin="staff")
    errors = problems(typed) if request.method == "POST" else {}
    refused = ""
    if request.method == "POST" and not errors:
        try:
            return _opened(request, typed)
        except Conflict as conflict:
            refused = str(conflict)
    page = {
        "typed": typed,
        "errors": errors,
        "refused": refused,
        "countries": countries(),
        "languages": languages(),
        "lines": FaultLine.choices,
        "severities": [(str(n), words.severity(n)) for n in range(1, 5)],
        "origins": [choice for choice in Origin.choices if choice[0] in _origins()],
    }
    return render(request, "staff/case_new.html", page, status=422 if errors or refused else 200)


def _opened(request: HttpRequest, typed: Typed) -> HttpResponse:
    case = services.open_by_hand(
        staff(request),
        headline=typed.headline,
        country=typed.country,
        place=typed.place,
        lines=typed.lines,
        severity=int(typed.severity),
        note=typed.note,
        origin=typed.origin,
        languages=typed.languages,
    )
    messages.success(request, _("The case is on the desk."))
    return redirect("staff:case", case)


def _origins() -> set[str]:
    return set(Origin.values) - {Origin.MACHINE}
