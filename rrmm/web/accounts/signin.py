"""Sign in with address and password, sign out by POST."""

from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django import forms
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST


class SigninForm(AuthenticationForm):
    """Django's form; the user name is the mail address."""

    username = forms.CharField(
        label=_("Mail address"),
        max_length=254,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "inputmode": "email", "autocapitalize": "none"}
        ),
    )

    def clean_username(self) -> str:
        """Addresses are kept in lower case."""
        return str(self.cleaned_data["username"]).strip().lower()


@method_decorator(never_cache, name="dispatch")
class Signin(LoginView):
    """One page, one form; says how many tries are left after a wrong one."""

    template_name = "accounts/signin.html"
    authentication_form = SigninForm
    redirect_authenticated_user = True

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """The same words for an unknown address and a wrong password."""
        if getattr(self.request, "axes_locked_out", False):
            return locked_out(self.request, None)
        left = _tries_left(self.request, form)
        return self.render_to_response(self.get_context_data(form=form, tries_left=left))


signin = Signin.as_view()


def _tries_left(request: HttpRequest, form: AuthenticationForm) -> int:
    name = form.data.get("username", "").strip().lower()
    failures = AxesProxyHandler.get_failures(request, {"username": name})
    return max(0, int(settings.AXES_FAILURE_LIMIT) - int(failures))


def locked_out(request: HttpRequest, _response: Any, *_args: Any) -> HttpResponse:
    """429: too many wrong passwords. Called by django-axes."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    return render(request, "accounts/locked.html", {"minutes": minutes}, status=429)


@require_POST
def signout(request: HttpRequest) -> HttpResponse:
    """Ends this session."""
    logout(request)
    return redirect(reverse("accounts:signin"))
