"""How a member of staff is called on a page."""

from django.contrib.auth.models import User


def display_name(user: User | None) -> str:
    """The full name, else the name to sign in with; "" for nobody."""
    return (user.get_full_name() or user.get_username()) if user else ""
