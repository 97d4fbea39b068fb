"""Django's handle on the collector's tables."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CollectorsConfig(AppConfig):
    """Feeds in, articles out."""

    name = "streams.collectors"
    label = "collectors"
    verbose_name = _("Collecting")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from importlib import import_module

        import_module("streams.collectors.hydrate")
