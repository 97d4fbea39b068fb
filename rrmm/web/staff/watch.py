"""The watch strip as a fragment."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from rrmm.web.staff import strip


@require_GET
@login_required
def show(request: HttpRequest) -> HttpResponse:
    """The strip alone, for the page that already stands."""
    return render(request, "parts/watch.html", {"watch": strip.read()})
