"""A list of experts comes in: upload, dry run, import; what is refused stays to be corrected."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from experts import registry
from experts.importing.export import refused_csv
from experts.importing.problems import of_file
from experts.importing.rows import Change, Plan, Planned, Refused
from experts.importing.sheet import COLUMNS, LIMIT, REQUIRED, Unreadable
from experts.models import Contact
from rrmm.web.staff.asking import staff
from rrmm.web.staff.experts import attachment

SHOWN = 200
"""Lines of each kind that a dry run shows; the counts are always of all."""
_HIDDEN = gettext_lazy("shielded; changed")
_DELIMITERS = {
    ",": gettext_lazy("commas"),
    ";": gettext_lazy("semicolons"),
    "\t": gettext_lazy("tabs"),
}


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a line, in words."""

    line: int
    column: str
    value: str
    wrong: str
    remedy: str


@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """The page to upload a list; a list that can be read goes on to its dry run."""
    if request.method == "GET":
        return _upload_page(request)
    sent = request.FILES.get("list")
    if not isinstance(sent, UploadedFile):
        return _upload_page(request, _("Choose a file first."))
    if (sent.size or 0) > LIMIT:
        fill = (str((sent.size or 0) // 2**20), str(LIMIT // 2**20))
        return _upload_page(request, of_file("too_big", fill, _))
    try:
        kept = registry.keep_file(sent.name or "", sent.read(), staff(request).pk)
    except Unreadable as error:
        return _upload_page(request, of_file(error.args[0], error.args[1:], _))
    return redirect("staff:experts-dry-run", kept)


@require_http_methods(["GET", "POST"])
def dry_run(request: HttpRequest, upload: UUID) -> HttpResponse:
    """GET: what the import would do, nothing done. POST: do it."""
    try:
        if request.method == "POST":
            return _imported(request, upload, registry.import_kept(upload, staff(request).pk))
        waiting = registry.kept_file(upload)
        plan = registry.dry_run(bytes(waiting.body), timezone.now())
    except registry.Conflict as gone:
        messages.error(request, str(gone))
        return redirect("staff:experts-import")
    return render(request, "staff/experts_dry_run.html", _context(waiting, plan))


@require_GET
def refused(request: HttpRequest, upload: UUID) -> HttpResponse:
    """The refused lines as CSV, with the reasons, to be corrected and uploaded again."""
    try:
        waiting = registry.kept_file(upload)
    except registry.Conflict as gone:
        messages.error(request, str(gone))
        return redirect("staff:experts-import")
    plan = registry.dry_run(bytes(waiting.body), timezone.now())
    return attachment(refused_csv(plan, _), "experts-to-correct.csv")


@require_POST
def drop(request: HttpRequest, upload: UUID) -> HttpResponse:
    """Forget an uploaded list."""
    registry.drop_file(upload)
    messages.success(request, _("The list is forgotten; nothing was changed by that."))
    return redirect("staff:experts")


def _upload_page(request: HttpRequest, error: str = "") -> HttpResponse:
    context = {"error": error, "columns": [(name, name in REQUIRED) for name in COLUMNS]}
    return render(request, "staff/experts_import.html", context, status=422 if error else 200)


def _imported(request: HttpRequest, upload: UUID, plan: Plan) -> HttpResponse:
    counts = {"new": len(plan.new), "changed": len(plan.changed)}
    messages.success(request, _("%(new)d people added, %(changed)d changed.") % counts)
    if not plan.refused:
        return redirect("staff:experts")
    left = len(plan.refused)
    told = ngettext(
        "%(n)d line stayed out. It is below, with what to do.",
        "%(n)d lines stayed out. They are below, with what to do.",
        left,
    )
    messages.warning(request, told % {"n": left})
    return redirect("staff:experts-dry-run", upload)


def _context(waiting: Any, plan: Plan) -> dict[str, Any]:
    faults = [fault for bad in plan.refused[:SHOWN] for fault in _faults(bad)]
    good = [*plan.new, *plan.changed]
    return {
        "upload": waiting,
        "plan": plan,
        "good": len(good),
        "guessed": plan.sheet.encoding == "cp1252",
        "delimiter": _DELIMITERS[plan.sheet.delimiter],
        "unknown": [c for c in plan.sheet.unknown if c not in {"", "line", "what_is_wrong"}],
        "faults": faults,
        "new": [(p, _remarks(p)) for p in plan.new[:SHOWN]],
        "changed": [
            (p, [_change(c) for c in p.changes], _remarks(p)) for p in plan.changed[:SHOWN]
        ],
        "more": {name: max(0, len(getattr(plan, name)) - SHOWN) for name in _KINDS},
        "not_askable": sum(1 for p in good if _remarks(p)),
    }


_KINDS = ("new", "changed", "refused")


def _faults(bad: Refused) -> list[Fault]:
    return [
        Fault(bad.line.number, p.column, p.value, p.wrong(_), p.remedy(_)) for p in bad.problems
    ]


def _remarks(planned: Planned) -> list[str]:
    return [remark.words(_) for remark in planned.remarks]


def _change(change: Change) -> dict[str, Any]:
    """A change as a dry run shows it: no address in full, no community at all."""
    if change.column == "communities":
        return {"column": change.column, "before": "", "after": str(_HIDDEN)}
    before, after = _said(change.column, change.before), _said(change.column, change.after)
    return {"column": change.column, "before": before, "after": after}


def _said(column: str, value: Any) -> str:
    if column == "email":
        return Contact(email=value).masked if value else ""
    if isinstance(value, tuple):
        return "; ".join(value)
    return f"{value:%Y-%m-%d}" if hasattr(value, "strftime") else str(value or "")
