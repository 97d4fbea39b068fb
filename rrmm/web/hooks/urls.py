"""Addresses that other servers call."""

from django.urls import path

from rrmm.web.hooks import websub

app_name = "hooks"
urlpatterns = [path("websub/<uuid:feed>/<str:secret>/", websub.callback, name="websub")]
