"""What may happen to an account. Every change is one transaction and one line in the trail."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from rrmm.accounts import mail, queries
from rrmm.accounts.models import Profile
from streams import trail
from streams.mail.services import queue

MAIL_PAUSE = timedelta(minutes=5)
"""At least this long between two password mails to one person."""


class Conflict(Exception):
    """It cannot be done as things stand; the message says why, in words for the page."""


def _subject(user: User) -> str:
    return f"staff:{user.pk}"


@transaction.atomic
def invite(address: str, first_name: str, last_name: str, manages: bool, by: User) -> User:
    """Makes an account without a password and queues the mail with the one-time link.

    Raises Conflict when somebody with this address is already there.
    """
    address = address.strip().lower()
    if User.objects.filter(username=address).exists():
        raise Conflict(_("This address already belongs to an account of the team."))
    user = User(
        username=address,
        email=address,
        first_name=first_name.strip(),
        last_name=last_name.strip(),
        is_staff=True,
        is_superuser=manages,
    )
    user.set_unusable_password()
    user.save()
    now = timezone.now()
    Profile.objects.create(user=user, invited_at=now, mail_asked_at=now)
    queue(mail.invitation(user, by))
    trail.note(trail.staff(by.pk), "account.invited", _subject(user), manages=manages)
    return user


@transaction.atomic
def send_link(user: User, by: User) -> None:
    """Mails a fresh one-time link: to set the first password, or a new one.

    Raises Conflict for a disabled account.
    """
    if not user.is_active:
        raise Conflict(_("This account is disabled. Open it first."))
    first = not user.has_usable_password()
    queue(mail.invitation(user, by) if first else mail.reset(user))
    _asked(user)
    trail.note(trail.staff(by.pk), "account.link_sent", _subject(user), first=first)


@transaction.atomic
def forgot(address: str) -> bool:
    """Queues a reset mail when the address is ours; False when nothing was sent.

    The page says the same in both cases. One mail in five minutes and person.
    """
    user = User.objects.filter(
        username=address.strip().lower(), is_active=True, is_staff=True
    ).first()
    if user is None:
        return False
    asked = queries.profile_of(user).mail_asked_at
    if asked is not None and timezone.now() - asked < MAIL_PAUSE:
        return False
    queue(mail.reset(user))
    _asked(user)
    trail.note(trail.MACHINE, "account.reset_asked", _subject(user))
    return True


def _asked(user: User) -> None:
    profile = queries.profile_of(user)
    profile.mail_asked_at = timezone.now()
    profile.save(update_fields=["mail_asked_at"])


@transaction.atomic
def disable(user: User, by: User) -> None:
    """Closes the account: every session ends at once, duty ends, links stop working.

    Raises Conflict for oneself and for the last one who can manage the team.
    """
    if user.pk == by.pk:
        raise Conflict(_("You cannot disable your own account. Ask a colleague."))
    managers = User.objects.select_for_update().filter(is_active=True, is_superuser=True)
    others = [manager for manager in managers.order_by("pk") if manager.pk != user.pk]
    if user.is_superuser and not others:
        raise Conflict(_("Nobody else could look after the team then."))
    user.is_active = False
    user.save(update_fields=["is_active"])
    Profile.objects.filter(user=user).update(on_duty=False, duty_until=None)
    end_sessions(user)
    trail.note(trail.staff(by.pk), "account.disabled", _subject(user))


@transaction.atomic
def enable(user: User, by: User) -> None:
    """Opens a disabled account again; the old password still works."""
    user.is_active = True
    user.save(update_fields=["is_active"])
    trail.note(trail.staff(by.pk), "account.enabled", _subject(user))


@transaction.atomic
def set_duty(user: User, on: bool, by: User, hours: int = 0) -> None:
    """Puts a person on or off duty; `hours` 0 means until somebody says otherwise."""
    profile = queries.profile_of(user)
    profile.on_duty = on
    profile.duty_until = timezone.now() + timedelta(hours=hours) if on and hours else None
    profile.save(update_fields=["on_duty", "duty_until"])
    trail.note(trail.staff(by.pk), f"duty.{'on' if on else 'off'}", _subject(user), hours=hours)


@transaction.atomic
def set_profile(user: User, first_name: str, last_name: str, shortcuts: bool) -> None:
    """Saves what a person says about themselves."""
    user.first_name, user.last_name = first_name.strip(), last_name.strip()
    user.save(update_fields=["first_name", "last_name"])
    profile = queries.profile_of(user)
    profile.shortcuts = shortcuts
    profile.save(update_fields=["shortcuts"])


@transaction.atomic
def set_password(user: User, password: str, keep_session: str | None = None) -> None:
    """Stores a checked password; all other sessions of the person end."""
    user.set_password(password)
    user.save(update_fields=["password"])
    end_sessions(user, keep=keep_session)
    trail.note(trail.staff(user.pk), "account.password_set", _subject(user))


def end_sessions(user: User, keep: str | None = None) -> int:
    """Ends every session of a person but `keep`; returns how many ended."""
    ended = 0
    for session in Session.objects.filter(expire_date__gte=timezone.now()).iterator():
        data: dict[str, Any] = session.get_decoded()
        if session.session_key != keep and data.get("_auth_user_id") == str(user.pk):
            session.delete()
            ended += 1
    return ended
