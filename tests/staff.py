"""Invented members of staff for tests; their addresses end in .example."""

from django.contrib.auth.models import User
from django.test import Client

from rrmm.accounts.models import Profile

PASSWORD = "a quiet night at the desk"


def make_staff(
    name: str = "Tamar Olin",
    *,
    manages: bool = False,
    on_duty: bool = False,
    password: str | None = None,
) -> User:
    """An active member of staff; without a password (hashing one is slow) unless one is given."""
    first, _space, last = name.partition(" ")
    address = f"{first.lower()}@desk.example"
    user = User.objects.create_user(
        username=address,
        email=address,
        password=password,
        first_name=first,
        last_name=last,
        is_staff=True,
        is_superuser=manages,
    )
    Profile.objects.create(user=user, on_duty=on_duty)
    return user


def signed_in(user: User) -> Client:
    """A browser in which the person is signed in."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
