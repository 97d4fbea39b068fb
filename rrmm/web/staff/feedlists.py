"""Lists of feeds in and out, as OPML: first what would happen, then the import."""

import base64
import binascii

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from rrmm.web.staff import strip
from rrmm.web.staff.asking import staff
from streams import trail
from streams.collectors import opml

KEEP = 1_000_000
"""Bytes of a file that the page carries from the trial to the import."""


@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: HttpRequest) -> HttpResponse:
    """The page with the form; with `do=try` what would happen, with `do=import` it happens."""
    if request.method != "POST":
        return render(request, "staff/opml.html", {})
    content = _content(request)
    dry = request.POST.get("do") != "import"
    if not content:
        return _refused(request, _("Choose a file first."))
    try:
        report = opml.import_opml(content, dry_run=dry)
    except opml.OpmlError as error:
        return _refused(request, str(error))
    return _tried(request, report, content) if dry else _done(request, report)


def _refused(request: HttpRequest, why: str) -> HttpResponse:
    return render(request, "staff/opml.html", {"error": why}, status=422)


def _tried(request: HttpRequest, report: opml.OpmlReport, content: bytes) -> HttpResponse:
    kept = base64.b64encode(content).decode() if len(content) <= KEEP else ""
    counts = {name: report.count(name) for name in ("created", "known", "twice", "refused")}
    context = {"report": report, "counts": counts, "kept": kept}
    return render(request, "staff/opml.html", context)


def _done(request: HttpRequest, report: opml.OpmlReport) -> HttpResponse:
    made = report.count("created")
    trail.note(trail.staff(staff(request).pk), "sources.imported", "sources", created=made)
    said = ngettext("%(n)s source is new.", "%(n)s sources are new.", made)
    messages.success(request, said % {"n": made})
    strip.forget()
    return redirect("staff:health")


def _content(request: HttpRequest) -> bytes:
    file = request.FILES.get("file")
    if file is not None:
        return bytes(file.read(opml.LARGEST + 1))
    try:
        return base64.b64decode(request.POST.get("kept", ""), validate=True)
    except (binascii.Error, ValueError):
        return b""


@require_GET
def give(request: HttpRequest) -> HttpResponse:
    """Our sources as a file."""
    response = HttpResponse(opml.export_opml(), content_type="text/x-opml; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="rrmm-sources.opml"'
    return response
