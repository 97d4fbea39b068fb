"""The app of outgoing (later also incoming) mail."""

from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "streams.mail"
    label = "mail"

    def ready(self) -> None:
        from streams.mail import checks  # noqa: F401  registers itself
