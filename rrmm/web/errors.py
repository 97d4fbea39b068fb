"""Error pages: what happened, what next, and a number to quote. They need no database."""

import logging
import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

log = logging.getLogger("rrmm.web")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request could not be read."""
    return _page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: known, but not allowed."""
    return _page(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: there is no such page."""
    return _page(request, 404)


def broken(request: HttpRequest) -> HttpResponse:
    """500: our fault. The number also stands in the log, beside the traceback."""
    number = secrets.token_hex(4)
    log.error("page %s broke, number %s", request.resolver_match, number)
    return _page(request, 500, number=number)


def no_token(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form's token is missing or old (CSRF)."""
    return _page(request, 403, template="errors/csrf.html")


def _page(
    request: HttpRequest, status: int, *, number: str = "", template: str = ""
) -> HttpResponse:
    context = {"status": status, "at": timezone.now(), "number": number}
    return render(request, template or f"errors/{status}.html", context, status=status)
