"""The event stream of a browser: says what changed, for about a minute, then begins anew."""

import asyncio
import json
from collections.abc import AsyncIterator

from asgiref.sync import sync_to_async
from django.db import connections
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, StreamingHttpResponse

from rrmm.web.live import Message, Stream, notifier

LASTS = 55.0
"""Seconds; the browser then reconnects. It bounds what a stop of the server waits for."""
QUIET = 15.0
"""Seconds after which a comment keeps proxies from closing the line."""
RETRY = 1000
"""Milliseconds that the browser waits before it reconnects."""


async def stream(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Server-sent events: `hello` at once (fetch everything), then `change` with {name, id}."""
    if request.method != "GET":
        return HttpResponseNotAllowed(["GET"])
    await sync_to_async(connections.close_all)()  # others need it, while this stream lasts
    response = StreamingHttpResponse(lines(), content_type="text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response


async def lines(lasts: float = LASTS) -> AsyncIterator[str]:
    """The stream's text. The line is left when the time is over or the reader goes."""
    here = notifier.join()
    try:
        yield f"retry: {RETRY}\nevent: hello\ndata: {{}}\n\n"
        loop = asyncio.get_running_loop()
        end = loop.time() + lasts
        while (left := end - loop.time()) > 0:
            yield await _next(here, min(left, QUIET))
    finally:
        notifier.leave(here)


async def _next(here: Stream, patience: float) -> str:
    try:
        message = await asyncio.wait_for(here.queue.get(), patience)
    except TimeoutError:
        return ": still here\n\n"
    return text(message)


def text(message: Message | None) -> str:
    """One event as it stands on the line; None asks the page to fetch everything."""
    if message is None:
        return "event: hello\ndata: {}\n\n"
    data = json.dumps({"name": message.name, "id": message.id}, separators=(",", ":"))
    return f"event: change\ndata: {data}\n\n"
