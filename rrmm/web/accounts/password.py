"""Setting a password through a one-time link, and asking for one."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rrmm.accounts import services


@require_http_methods(["GET", "HEAD", "POST"])
def forgot(request: HttpRequest) -> HttpResponse:
    """Mails a link when the address is ours; the page says the same when it is not."""
    if request.method == "POST":
        services.forgot(request.POST.get("address", ""))
        return render(request, "accounts/forgot_sent.html")
    return render(request, "accounts/forgot.html")


class Reset(PasswordResetConfirmView):
    """A new password. Django keeps the token out of the address once it was read."""

    template_name = "accounts/set_password.html"
    success_url = reverse_lazy("accounts:signin")
    extra_context: dict[str, Any] = {"first": False}

    def get_user(self, uidb64: str) -> Any:
        """Nobody for a disabled account: its links stop working."""
        found = super().get_user(uidb64)
        return found if found is not None and found.is_active else None

    def form_valid(self, form: Any) -> HttpResponse:
        """Other sessions end with the old password."""
        assert self.user is not None
        services.set_password(self.user, form.cleaned_data["new_password1"])
        self.request.session.pop("_password_reset_token", None)
        messages.info(self.request, _("Your password is saved. Sign in with it."))
        return redirect(self.success_url)


class Welcome(Reset):
    """The first password of a new colleague."""

    extra_context = {"first": True}
