"""Addresses that other servers call."""

from importlib.util import find_spec

from django.urls import URLPattern, path

app_name = "hooks"
urlpatterns: list[URLPattern] = []
if find_spec("rrmm.web.hooks.websub"):
    from rrmm.web.hooks import websub

    urlpatterns = [path("websub/<uuid:feed>/<str:secret>/", websub.callback, name="websub")]
