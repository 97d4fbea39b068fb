"""Why one article of a case was flagged: as a fragment under its headline, or as a page."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from rrmm.flashpoints import queries
from rrmm.flashpoints.models import Flag
from rrmm.flashpoints.queries.seeing import sight_of
from rrmm.web import words
from rrmm.web.presenters.explained import explained
from streams.collectors.queries import page_of


@require_GET
@login_required
def show(request: HttpRequest, case: UUID, article: UUID) -> HttpResponse:
    """The article's flag in words; a fragment where htmx asks, a page of its own without script."""
    try:
        found, line = queries.article(case, article)
    except Flag.DoesNotExist as missing:
        raise Http404 from missing
    part = request.headers.get("HX-Request") == "true"
    read = page_of(line.id)
    page = {
        "case": found,
        "why": explained(line, sight_of(line.model)),
        "read": read,
        "read_code": words.page(read.code) if read else "",
    }
    return render(request, "staff/_explained.html" if part else "staff/case_article.html", page)
