"""Who belongs to the team, who is on duty, and who may come in."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from rrmm.accounts import mail, queries, services
from rrmm.web import words
from rrmm.web.staff import strip
from rrmm.web.staff.asking import staff
from streams import trail


class InviteForm(forms.Form):
    """Whom we invite."""

    address = forms.EmailField(
        max_length=150,
        error_messages={
            "required": gettext_lazy("We need an address to mail the link to."),
            "invalid": gettext_lazy("This does not look like a mail address: name@place.example"),
        },
    )
    first_name = forms.CharField(
        max_length=100,
        error_messages={"required": gettext_lazy("Colleagues read this name beside decisions.")},
    )
    last_name = forms.CharField(max_length=100, required=False)
    manages = forms.BooleanField(required=False)


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The team."""
    return _page(request, InviteForm())


def _page(request: HttpRequest, form: InviteForm, link: str = "") -> HttpResponse:
    context = {
        "team": list(queries.team()),
        "form": form,
        "manages": staff(request).is_superuser,
        "stays_here": settings.MAIL_BACKEND == "mailbox",
        "link": link,
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "staff/team.html", context, status=status)


@require_POST
def invite(request: HttpRequest) -> HttpResponse:
    """A new colleague gets a mail with a one-time link."""
    by = _manager(request)
    form = InviteForm(request.POST)
    if form.is_valid():
        try:
            user = services.invite(**form.cleaned_data, by=by)
        except services.Conflict as error:
            form.add_error("address", str(error))
        else:
            messages.success(request, _("%(name)s is invited.") % {"name": words.person(user)})
            return redirect("staff:team")
    return _page(request, form)


@require_POST
def act(request: HttpRequest, user: int, what: str) -> HttpResponse:
    """One of the buttons beside a name."""
    if what not in _ACTS:
        raise Http404
    found = get_object_or_404(User, pk=user, is_staff=True)
    by = staff(request) if what in {"on", "off"} else _manager(request)
    try:
        said = _ACTS[what](found, by)
    except services.Conflict as error:
        messages.error(request, str(error))
    else:
        strip.forget()
        messages.success(request, said % {"name": words.person(found)})
    return redirect("staff:team")


def _send(user: User, by: User) -> str:
    services.send_link(user, by)
    return _("A link to set a password is on its way to %(name)s.")


def _disable(user: User, by: User) -> str:
    services.disable(user, by)
    return _("The account of %(name)s is disabled; every session has ended.")


def _enable(user: User, by: User) -> str:
    services.enable(user, by)
    return _("%(name)s can come in again.")


def _on(user: User, by: User) -> str:
    services.set_duty(user, True, by)
    return _("%(name)s is on duty.")


def _off(user: User, by: User) -> str:
    services.set_duty(user, False, by)
    return _("%(name)s is not on duty.")


_ACTS = {"link": _send, "disable": _disable, "enable": _enable, "on": _on, "off": _off}


@require_POST
def show_link(request: HttpRequest, user: int) -> HttpResponse:
    """The one-time link on the page, to hand over in person, while mail stays on this machine."""
    by = _manager(request)
    found = get_object_or_404(User, pk=user, is_staff=True, is_active=True)
    if settings.MAIL_BACKEND != "mailbox":
        raise PermissionDenied
    page = "accounts:reset" if found.has_usable_password() else "accounts:invite"
    trail.note(trail.staff(by.pk), "account.link_shown", f"staff:{found.pk}")
    return _page(request, InviteForm(), link=mail.password_link(str(found.pk), page))


def _manager(request: HttpRequest) -> User:
    user = staff(request)
    if not user.is_superuser:
        raise PermissionDenied
    return user
