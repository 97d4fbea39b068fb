"""System checks of the mail settings: what is missing, and what to set."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, register


@register()
def backend_is_complete(app_configs: Any, **_: Any) -> list[Error]:
    """SendGrid needs a key; a real backend needs a real sender."""
    found = []
    if settings.MAIL_BACKEND == "sendgrid" and not settings.SENDGRID_API_KEY:
        hint = "Set SENDGRID_API_KEY, or MAIL_BACKEND=mailbox to send nothing."
        found.append(Error("SENDGRID_API_KEY is empty.", hint=hint, id="mail.E001"))
    if settings.MAIL_BACKEND != "mailbox" and ".example" in settings.MAIL_FROM:
        hint = 'Set MAIL_FROM to your own address, like "RRMM desk <desk@your.domain>".'
        found.append(Error("MAIL_FROM is still the example.", hint=hint, id="mail.E002"))
    return found
