"""What every staff view needs of a request: who asks, where to go back, how refusals are said."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from experts.models import Ask, Mobilisation
from experts.services import Conflict as NotNow
from rrmm.flashpoints.models import Flashpoint
from rrmm.flashpoints.services import Conflict

MISSING = (Flashpoint.DoesNotExist, Mobilisation.DoesNotExist, Ask.DoesNotExist)
View = Callable[..., HttpResponse]
Act = Callable[[HttpRequest, UUID], str]


def staff(request: HttpRequest) -> User:
    """The member of staff behind a request that `login_required` let through."""
    assert isinstance(request.user, User)
    return request.user


def back(request: HttpRequest, case: UUID | None = None) -> HttpResponseRedirect:
    """To where the form said (`next`), else to the page it stood on, else to the case or desk."""
    home = reverse("staff:case", args=[case]) if case else reverse("staff:desk")
    for wish in (request.POST.get("next", ""), request.headers.get("referer", "")):
        if wish and url_has_allowed_host_and_scheme(wish, {request.get_host()}):
            return HttpResponseRedirect(wish)
    return HttpResponseRedirect(home)


def act(undo: str = "") -> Callable[[Act], View]:
    """Make a view of a function that does one thing to a case and says what it did.

    POST only, once more a redirect. A refusal (Conflict) is shown on the page as it stands now.
    undo: URL name of what takes it back; the toast offers it.
    """

    def made(do: Act) -> View:
        @require_POST
        @login_required
        @wraps(do)
        def view(request: HttpRequest, case: UUID, **more: Any) -> HttpResponse:
            try:
                said = do(request, case, **more)
            except (Conflict, NotNow) as refused:
                messages.error(request, str(refused))
            except MISSING as missing:
                raise Http404 from missing
            else:
                _say(request, said, reverse(undo, args=[case]) if undo else "")
            return back(request, case)

        return view

    return made


def _say(request: HttpRequest, said: str, undo: str) -> None:
    if said:
        messages.success(request, said, extra_tags=undo)
