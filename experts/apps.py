"""The experts app: who can speak, who is asked, what they answer."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExpertsConfig(AppConfig):
    """Registers the address book of experts and what mobilising adds, once the apps are loaded."""

    name = "experts"
    label = "experts"
    verbose_name = _("Experts")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from experts import wiring
        from experts.queries.addresses import address_of
        from streams.mail.registry import register_address_book

        register_address_book("expert", address_of)
        wiring.register()
