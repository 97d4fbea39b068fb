"""What a member of staff decides about themselves."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import SetPasswordForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from rrmm.accounts import queries, services
from rrmm.web.staff import strip

HOURS = (8, 12, 0)


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The profile page."""
    return _page(request)


def _page(request: HttpRequest, form: SetPasswordForm | None = None) -> HttpResponse:
    context = {
        "profile": queries.profile_of(request.user),
        "form": form or SetPasswordForm(request.user),
        "hours": HOURS,
    }
    return render(request, "staff/profile.html", context, status=422 if form else 200)


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Name and keys."""
    services.set_profile(
        request.user,
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
    on = request.POST.get("on") == "1"
    hours = request.POST.get("hours", "0")
    services.set_duty(
        request.user, on, request.user, hours=int(hours) if hours in {"8", "12"} else 0
    )
    strip.forget()
    messages.success(request, _("You are on duty.") if on else _("You are not on duty."))
    return redirect("staff:profile")


@sensitive_post_parameters()
@require_POST
def password(request: HttpRequest) -> HttpResponse:
    """A new password; this session stays, the others end."""
    form = SetPasswordForm(request.user, request.POST)
    if not form.is_valid():
        return _page(request, form)
    services.set_password(
        request.user, form.cleaned_data["new_password1"], request.session.session_key
    )
    update_session_auth_hash(request, request.user)
    messages.success(request, _("Your password is saved. Other sessions of yours have ended."))
    return redirect("staff:profile")


@require_POST
def everywhere(request: HttpRequest) -> HttpResponse:
    """Ends all other sessions."""
    ended = services.end_sessions(request.user, keep=request.session.session_key)
    messages.success(request, _("Signed out elsewhere: %(n)s.") % {"n": ended})
    return redirect("staff:profile")
