"""The mails about accounts, and what the post office must know about staff."""

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from rrmm.accounts import queries
from streams.mail import registry
from streams.mail.outgoing import Outgoing


def register() -> None:
    """Staff as an address book, a reason that holds while they are staff, and their links."""
    registry.register_address_book("staff", queries.address)
    registry.register_reason("staff", queries.still_staff)
    registry.register_link("staff_invite", lambda ident: password_link(ident, "accounts:invite"))
    registry.register_link("staff_reset", lambda ident: password_link(ident, "accounts:reset"))


def password_link(user_id: str, page: str) -> str:
    """The address at which a person sets a password; made when the mail leaves, stored nowhere.

    Raises LookupError when the account is gone or closed.
    """
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        raise LookupError("no such account")
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    token = default_token_generator.make_token(user)
    return f"{settings.BASE_URL}{reverse(page, args=[uid, token])}"


def invitation(user: User, by: User) -> Outgoing:
    """The mail that brings a new colleague in."""
    name = by.get_full_name() or _("A colleague")
    return _message(user, _("Your account at the RRMM desk"), "invitation", by=name)


def reset(user: User) -> Outgoing:
    """The mail to somebody who forgot the password."""
    return _message(user, _("A new password for the RRMM desk"), "reset")


def _message(user: User, subject: str, template: str, by: str = "") -> Outgoing:
    kind = "staff_invite" if template == "invitation" else "staff_reset"
    context = {
        "name": user.first_name,
        "by": by,
        "link": f"[[link:{kind}:{user.pk}]]",
        "hours": settings.PASSWORD_RESET_TIMEOUT // 3600,
        "subject": subject,
    }
    return Outgoing(
        to_ref=f"staff:{user.pk}",
        subject=subject,
        text=render_to_string(f"accounts/mail/{template}.txt", context),
        html=render_to_string(f"accounts/mail/{template}.html", context),
        reason=f"staff:{user.pk}",
    )
