"""Who there is, and who is on duty."""

from typing import Any

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.utils import timezone

from rrmm.accounts.models import Profile


def profile_of(user: Any) -> Profile:
    """The user's profile, made on first need (a user may come from `createsuperuser`)."""
    try:
        found: Profile = user.profile
    except Profile.DoesNotExist:
        found, _made = Profile.objects.get_or_create(user_id=user.pk)
        user.profile = found
    return found


def on_duty() -> list[User]:
    """Active staff who are on duty now, by name."""
    now = timezone.now()
    open_end = Q(profile__duty_until__isnull=True) | Q(profile__duty_until__gt=now)
    return list(
        User.objects.filter(open_end, is_active=True, is_staff=True, profile__on_duty=True)
        .select_related("profile")
        .order_by("first_name", "username")
    )


def team() -> QuerySet[User]:
    """All staff, those who can come in first."""
    return (
        User.objects.filter(is_staff=True)
        .select_related("profile")
        .order_by("-is_active", "first_name", "username")
    )


def address(user_id: str) -> str | None:
    """The mail address of an active member of staff; None when there is none (mail's book)."""
    found = User.objects.filter(pk=user_id, is_active=True).values_list("email", flat=True).first()
    return found or None


def still_staff(user_id: str) -> bool:
    """Whether a mail to this person is still wanted: the account exists and is active."""
    return User.objects.filter(pk=user_id, is_active=True, is_staff=True).exists()
