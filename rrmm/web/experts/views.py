"""The page behind a link in a mail. GET shows, and changes nothing; two POSTs answer."""

import logging
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language_bidi, override
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from experts import services
from experts.queries.page import Page, page_of
from experts.services.linking import may_post
from rrmm.web.experts import steps
from rrmm.web.experts.steps import Verdict

log = logging.getLogger("rrmm.web")

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


@dataclass(slots=True)
class Said:
    """What a form brought."""

    answer: str
    step: str
    sure: str
    fields: dict[str, str] = field(default_factory=dict)


# The link in the address is the secret that a forger would need, and every form carries a signed
# token of its own (steps): a cookie against forgery would add nothing, and these pages set none.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, token: str) -> HttpResponse:
    """One ask, as it stands for the holder of this link."""
    page = page_of(token)
    if page is None:
        return _drawn("unknown", "en", status=HTTPStatus.NOT_FOUND)
    with override(page.language):
        if request.method != "POST":
            return _page(page)
        if not may_post(token):
            return _page(page, HTTPStatus.TOO_MANY_REQUESTS, notice="too_often")
        return _answered(request, token, page)


@require_safe
def sample(request: HttpRequest) -> HttpResponse:
    """Where the links of a sample alert lead."""
    return _drawn("sample", "en")


def _answered(request: HttpRequest, token: str, page: Page) -> HttpResponse:
    said = _said(request)
    if said.answer not in page.may:
        return _back(request)
    return (
        _second_step(request, token, page, said) if said.sure else _first_step(request, page, said)
    )


def _said(request: HttpRequest) -> Said:
    sent = {key: str(value).strip() for key, value in request.POST.items()}
    fields = {key: sent.get(key, "") for key in ("why", "when", "name", "reach")}
    return Said(sent.get("answer", ""), sent.get("step", ""), sent.get("sure", ""), fields)


def _first_step(request: HttpRequest, page: Page, said: Said) -> HttpResponse:
    """Nothing happens but the second question: as a page, or its token alone for the script."""
    if not steps.is_first(said.step, page):
        return _page(page, HTTPStatus.BAD_REQUEST, notice="not_ours")
    if request.headers.get("Accept") == "application/json":
        sure = steps.second(page, said.answer, timezone.now())
        return _headed(JsonResponse({"sure": sure}), page.language)
    return _sure(page, said)


def _second_step(request: HttpRequest, token: str, page: Page, said: Said) -> HttpResponse:
    match steps.judge(said.sure, page, said.answer, timezone.now()):
        case Verdict.NOT_OURS:
            return _page(page, HTTPStatus.BAD_REQUEST, notice="not_ours")
        case Verdict.TOO_FAST:
            problem = _("That came faster than a hand can press. Please confirm once more.")
            return _sure(page, said, problem, HTTPStatus.CONFLICT)
        case Verdict.GOOD:
            if problem := _missing(page, said):
                return _sure(page, said, problem, HTTPStatus.UNPROCESSABLE_ENTITY)
            _carry_out(token, said)
    return _back(request)


def _missing(page: Page, said: Said) -> str:
    if said.answer == "suggest" and not said.fields["name"]:
        return _("Write the name of the person whom you suggest.")
    if said.answer == "later" and said.fields["when"] not in page.later:
        return _("Choose when we may ask you again.")
    return ""


def _carry_out(token: str, said: Said) -> None:
    match said.answer:
        case "yes":
            services.accept(token)
        case "no":
            services.decline(token, said.fields["why"])
        case "later":
            services.later(token, "hour" if said.fields["when"] == "hour" else "morning")
        case "never":
            services.never(token)
        case "suggest":
            services.suggest(token, said.fields["name"], said.fields["reach"])
        case "reserve":
            services.wait_in_reserve(token)
        case "undo":
            services.undo(token)


def _page(page: Page, status: int = HTTPStatus.OK, **more: Any) -> HttpResponse:
    context = {"page": page, "step": steps.first(page), **more}
    return _drawn(page.kind, page.language, context, status)


def _sure(page: Page, said: Said, problem: str = "", status: int = HTTPStatus.OK) -> HttpResponse:
    """The second question, drawn by the server."""
    context = {
        "page": page,
        "answer": said.answer,
        "sure": steps.second(page, said.answer, timezone.now()),
        "fields": said.fields,
        "problem": problem,
    }
    return _drawn("sure", page.language, context, status)


def _back(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(status=HTTPStatus.SEE_OTHER, headers={"Location": request.path})
    return _headed(response, "en")


def _drawn(
    name: str, language: str, context: dict[str, Any] | None = None, status: int = HTTPStatus.OK
) -> HttpResponse:
    """Draws without the request: no cookie, no session, nothing of a signed-in reader."""
    with override(language):
        shown = {"language": language, "dir": "rtl" if get_language_bidi() else "ltr"}
        body = render_to_string(f"experts/{name}.html", {**shown, **(context or {})})
    return _headed(HttpResponse(body, status=status), language)


def _headed(response: HttpResponse, language: str) -> HttpResponse:
    for name, value in {**HEADERS, "Content-Language": language}.items():
        response.headers[name] = value
    if response.status_code >= HTTPStatus.BAD_REQUEST:
        # Django would log the path, and the path holds the link.
        log.info("expert page answered %d", response.status_code)
        response._has_been_logged = True  # type: ignore[attr-defined]
    return response
