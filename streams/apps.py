"""The app of the log and its deliveries."""

from django.apps import AppConfig


class StreamsConfig(AppConfig):
    name = "streams"

    def ready(self) -> None:
        from streams import checks  # noqa: F401  registers itself
