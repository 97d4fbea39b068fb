"""Where WebSub hubs verify our subscriptions and push what is new."""

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.views.decorators.csrf import csrf_exempt

from streams.collectors import subscriptions
from streams.collectors.fetch import MOST_BYTES


@csrf_exempt
def callback(request: HttpRequest, feed: uuid.UUID, secret: str) -> HttpResponse:
    """GET: the hub asks whether we meant it. POST: a document; the collector takes it from here."""
    if request.method == "GET":
        challenge = subscriptions.verify(feed, secret, request.GET.dict())
        if challenge is None:
            return HttpResponse(status=404)
        return HttpResponse(challenge, content_type="text/plain; charset=utf-8")
    if request.method == "POST":
        return HttpResponse(status=_taken(request, feed, secret))
    return HttpResponseNotAllowed(["GET", "POST"])


def _taken(request: HttpRequest, feed: uuid.UUID, secret: str) -> int:
    size = request.headers.get("Content-Length", "0")
    if size.isdigit() and int(size) > MOST_BYTES:
        return 413
    pushed = subscriptions.Pushed(
        body=request.body,
        content_type=request.headers.get("Content-Type", ""),
        signature=request.headers.get("X-Hub-Signature", ""),
    )
    return subscriptions.receive(feed, secret, pushed)
