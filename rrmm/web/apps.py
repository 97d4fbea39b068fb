"""The pages as a Django app (no models)."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "rrmm.web"
    label = "web"
