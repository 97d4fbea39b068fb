"""The staff's accounts as a Django app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "rrmm.accounts"
    label = "accounts"

    def ready(self) -> None:
        from rrmm.accounts import mail

        mail.register()
