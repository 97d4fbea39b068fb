"""The one-time link of the person at the machine: GET shows a button, POST signs in."""

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from rrmm.accounts import links


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Only from this machine, only once, only for ten minutes; a look at it changes nothing."""
    if not links.is_loopback(request.META.get("REMOTE_ADDR", "")):
        return render(request, "accounts/link_gone.html", {"elsewhere": True}, status=403)
    if request.method == "POST":
        user = links.use_link(token)
        if user is not None:
            login(request, user, backend="django.contrib.auth.backends.ModelBackend")
            return redirect("staff:desk")
    elif links.find_link(token) is not None:
        return render(request, "accounts/link.html")
    return render(request, "accounts/link_gone.html", status=410)
