"""What a member of staff decides about themselves."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from rrmm.accounts import queries, services
from rrmm.web.staff import strip
from rrmm.web.staff.asking import staff

HOURS = (8, 12, 0)


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The profile page."""
    return _page(request)


def _page(request: HttpRequest, form: "SetPasswordForm[User] | None" = None) -> HttpResponse:
    member = staff(request)
    context = {
        "profile": queries.profile_of(member),
        "form": form or _password_form(member),
        "hours": HOURS,
    }
    return render(request, "staff/profile.html", context, status=422 if form else 200)


def _password_form(member: User, given: QueryDict | None = None) -> "SetPasswordForm[User]":
    """Who has a password types it once more; who came by a one-time link has none yet."""
    kind = PasswordChangeForm if member.has_usable_password() else SetPasswordForm
    return kind(member, given)


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Name and keys."""
    member = staff(request)
    services.set_profile(
        member,
        request.POST.get("first_name", "")[:100],
        request.POST.get("last_name", "")[:100],
        shortcuts="shortcuts" in request.POST,
    )
    strip.forget()
    messages.success(request, _("Your profile is saved."))
    return redirect("staff:profile")


@require_POST
def duty(request: HttpRequest) -> HttpResponse:
    """On duty for some hours, or off."""
    member = staff(request)
    on = request.POST.get("on") == "1"
    hours = request.POST.get("hours", "0")
    services.set_duty(member, on, member, hours=int(hours) if hours in {"8", "12"} else 0)
    strip.forget()
    messages.success(request, _("You are on duty.") if on else _("You are not on duty."))
    return redirect("staff:profile")


@sensitive_post_parameters()
@require_POST
def password(request: HttpRequest) -> HttpResponse:
    """A new password; this session stays, the others end."""
    member = staff(request)
    form = _password_form(member, request.POST)
    if not form.is_valid():
        return _page(request, form)
    services.set_password(member, form.cleaned_data["new_password1"], request.session.session_key)
    update_session_auth_hash(request, member)
    messages.success(request, _("Your password is saved. Other sessions of yours have ended."))
    return redirect("staff:profile")


@require_POST
def everywhere(request: HttpRequest) -> HttpResponse:
    """Ends all other sessions."""
    member = staff(request)
    ended = services.end_sessions(member, keep=request.session.session_key)
    messages.success(request, _("Signed out elsewhere: %(n)s.") % {"n": ended})
    return redirect("staff:profile")
