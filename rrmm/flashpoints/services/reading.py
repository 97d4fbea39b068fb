"""What a member of staff has opened."""

from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from rrmm.flashpoints.models import Seen


def mark_seen(case_id: UUID, staff: AbstractBaseUser) -> None:
    """The case is no longer bold for this person."""
    Seen.objects.update_or_create(
        staff_id=staff.pk, flashpoint_id=case_id, defaults={"at": timezone.now()}
    )
