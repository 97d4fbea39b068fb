"""Outgoing mail as staff see it: the list, one message, and its HTML in a locked frame."""

from uuid import UUID

from csp.constants import HEADER
from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from rrmm.web.staff import letters
from streams.mail.models import Message, MessageState

PAGE = 50
STATES = {
    "waiting": (MessageState.QUEUED, MessageState.SENDING),
    "sent": (MessageState.SENT,),
    "withdrawn": (MessageState.WITHDRAWN,),
    "failed": (MessageState.REFUSED, MessageState.FAILED),
}


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The list, newest first; `?state=` narrows it. An htmx request gets the list alone."""
    wanted = request.GET.get("state", "")
    found = Message.objects.defer("text", "html").order_by("-queued_at")
    if wanted in STATES:
        found = found.filter(state__in=STATES[wanted])
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    names = letters.names(page.object_list)
    context = {
        "page": page,
        "rows": [(message, names[message.to_ref]) for message in page.object_list],
        "wanted": wanted if wanted in STATES else "",
        "states": tuple(STATES),
        "stays_here": settings.MAIL_BACKEND == "mailbox",
        "query": f"?state={wanted}" if wanted in STATES else "",
    }
    part = request.headers.get("HX-Request") == "true"
    return render(request, "staff/_mails.html" if part else "staff/mailbox.html", context)


@require_GET
def message(request: HttpRequest, message: UUID) -> HttpResponse:
    """One message with its text."""
    found = get_object_or_404(Message, pk=message)
    context = {
        "message": found,
        "to": letters.names([found])[found.to_ref],
        "pieces": list(letters.text(found)),
        "opens": letters.opens(found),
        "stays_here": settings.MAIL_BACKEND == "mailbox",
    }
    return render(request, "staff/message.html", context)


LOCKED = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
"""The policy for a mail's HTML: no script, no request, an origin of its own."""


@require_GET
@xframe_options_sameorigin
def body(request: HttpRequest, message: UUID) -> HttpResponse:
    """The HTML body, to be shown in a frame."""
    found = get_object_or_404(Message, pk=message)
    response = HttpResponse('<base target="_blank">' + letters.html(found))
    response.headers[HEADER] = LOCKED
    return response
