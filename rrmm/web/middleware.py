"""Headers for every answer, and the door in front of the staff's pages."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.utils.deprecation import MiddlewareMixin

POLICY = ", ".join(
    f"{name}=()"
    for name in (
        "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen",
        "geolocation", "gyroscope", "microphone", "midi", "payment", "publickey-credentials-get",
        "usb", "xr-spatial-tracking",
    )
)  # fmt: skip


class Headers(MiddlewareMixin):
    """Permissions-Policy everywhere; pages of signed-in people stay in no cache."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        response.headers.setdefault("Permissions-Policy", POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        match = request.resolver_match
        if match is not None and {"staff", "accounts", "experts"} & set(match.namespaces):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class OnlyText(MiddlewareMixin):
    """Refuses NUL in addresses and forms: no text holds it, and PostgreSQL takes none. What hubs
    post is no form, and stays unread here."""

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> None:
        match = request.resolver_match
        is_form = match is None or "hooks" not in match.namespaces
        asked = "\0" in request.path_info or _holds_nul(request.GET)
        if asked or (is_form and _holds_nul(request.POST)):
            raise BadRequest("NUL in a text")


def _holds_nul(form: QueryDict) -> bool:
    return any("\0" in text for name, values in form.lists() for text in (name, *values))


class StaffOnly(MiddlewareMixin):
    """Everything in the namespace `staff` needs a member of staff; no view has to remember it."""

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or "staff" not in match.namespaces:
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not request.user.is_staff:
            raise PermissionDenied
        return None
