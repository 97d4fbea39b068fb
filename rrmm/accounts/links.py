"""One-time sign-in links: for the person at the machine, ten minutes, one use."""

import hashlib
import ipaddress
import secrets
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from rrmm.accounts.models import Profile, SigninLink
from streams import trail

FIRST_STAFF = "desk@localhost"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def issue_link() -> str:
    """A fresh sign-in address (128-bit token, only its hash is kept).

    It signs in the first person who looks after the team; where there is nobody yet, an account
    without a password is made for them. Links that ran out are swept.
    """
    now = timezone.now()
    SigninLink.objects.filter(expires_at__lt=now - timedelta(days=1)).delete()
    token = secrets.token_urlsafe(16)
    user = _keeper()
    SigninLink.objects.create(
        token_hash=_hash(token),
        user=user,
        made_at=now,
        expires_at=now + timedelta(minutes=settings.SIGNIN_LINK_MINUTES),
    )
    return f"{_origin()}{reverse('accounts:link', args=[token])}"


def _keeper() -> User:
    keepers = User.objects.filter(is_active=True, is_staff=True, is_superuser=True)
    found = keepers.order_by("pk").first()
    if found is not None:
        return found
    user, made = User.objects.get_or_create(username=FIRST_STAFF, defaults={"email": FIRST_STAFF})
    user.is_staff = user.is_superuser = user.is_active = True
    if made:
        user.first_name = "Desk"
        user.set_unusable_password()
    user.save()
    Profile.objects.get_or_create(user=user, defaults={"on_duty": True})
    trail.note(trail.MACHINE, "account.first_made", f"staff:{user.pk}")
    return user


def _origin() -> str:
    """The dashboard as seen from this machine: the link works from nowhere else."""
    if is_loopback(urlsplit(settings.BASE_URL).hostname or ""):
        return str(settings.BASE_URL)
    return f"http://127.0.0.1:{settings.PORT}"


def is_loopback(host: str) -> bool:
    """Whether an address or a host's name means this machine."""
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def find_link(token: str) -> SigninLink | None:
    """The link behind a token, when it can still be used."""
    return (
        SigninLink.objects.filter(
            token_hash=_hash(token),
            used_at=None,
            expires_at__gt=timezone.now(),
            user__is_active=True,
        )
        .select_related("user")
        .first()
    )


@transaction.atomic
def use_link(token: str) -> User | None:
    """Takes the link; the person to sign in, or None when it is used up, over or unknown."""
    link = find_link(token)
    if link is None:
        return None
    taken = SigninLink.objects.filter(pk=link.pk, used_at=None).update(used_at=timezone.now())
    if not taken:
        return None
    trail.note(trail.MACHINE, "account.link_used", f"staff:{link.user_id}")
    return link.user
