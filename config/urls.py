"""Routes requests to views; `config/topology.py` routes events to stages."""

from django.urls import include, path

from rrmm.web import metrics
from rrmm.web.health import alive

urlpatterns = [
    path("healthz", alive, name="healthz"),
    path("metrics", metrics.show, name="metrics"),
    path("hooks/", include("rrmm.web.hooks.urls")),
    path("a/", include("rrmm.web.experts.urls")),
    path("", include("rrmm.web.accounts.urls")),
    path("", include("rrmm.web.staff.urls")),
]

handler400 = "rrmm.web.errors.bad_request"
handler403 = "rrmm.web.errors.forbidden"
handler404 = "rrmm.web.errors.not_found"
handler500 = "rrmm.web.errors.broken"
