"""What we keep about a member of staff beside Django's user, and the one-time links."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone


class Profile(models.Model):
    """One per user: duty and habits. `duty_until` empty means until they say otherwise."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="profile"
    )
    on_duty = models.BooleanField(default=False)
    duty_until = models.DateTimeField(null=True, blank=True)
    shortcuts = models.BooleanField(default=True)
    language = models.CharField(max_length=8, default="en")
    initials = models.CharField(max_length=3, blank=True)
    invited_at = models.DateTimeField(null=True, blank=True)
    mail_asked_at = models.DateTimeField(null=True, blank=True)
    demo = models.BooleanField(default=False)

    def duty_at(self, now: datetime) -> bool:
        """Whether this person is on duty at `now` (aware)."""
        return self.on_duty and (self.duty_until is None or self.duty_until > now)

    @property
    def is_on_duty(self) -> bool:
        return self.duty_at(timezone.now())


class SigninLink(models.Model):
    """A link that signs in once; only the SHA-256 of its token is kept."""

    token_hash = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
