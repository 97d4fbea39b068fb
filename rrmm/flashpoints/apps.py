"""The app of flashpoints: flags, stories, cases."""

from django.apps import AppConfig


class FlashpointsConfig(AppConfig):
    name = "rrmm.flashpoints"
    label = "flashpoints"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from rrmm.flashpoints import queries
        from streams.mail.registry import register_reason

        register_reason("flashpoint", queries.still_worth_telling)
        register_reason("answers", queries.answers_still_worth_telling)
