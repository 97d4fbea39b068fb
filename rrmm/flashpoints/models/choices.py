"""Where a case stands, along which line, why it was dismissed, who brought it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FaultLine(models.TextChoices):
    RELIGION = "religion", _("Religion")
    ETHNICITY = "ethnicity", _("Ethnicity")
    MIGRATION = "migration", _("Migration")
    CULTURE = "culture", _("Culture")


class State(models.TextChoices):
    """Where a case stands. Who may move it where: see `services`."""

    NEW = "new", _("New")
    HELD = "held", _("Held")
    CONFIRMED = "confirmed", _("Confirmed")
    DISMISSED = "dismissed", _("Dismissed")
    CLOSED = "closed", _("Closed")
    MERGED = "merged", _("Merged")


class Dismissal(models.TextChoices):
    NOT_REAL = "not_real", _("Corrected at its source, or not real")
    NOT_OURS = "not_ours", _("Not along a fault line")
    OLD = "old", _("Old story again")
    DUPLICATE = "duplicate", _("Another case has it")
    OTHER = "other", _("Another reason")


class Origin(models.TextChoices):
    """Who brought a case: the machine, or the kind of person who called or wrote."""

    MACHINE = "machine", _("The watch")
    STAFF = "staff", _("Staff")
    PARTNER = "partner", _("A partner")
    FOCAL_POINT = "focal_point", _("A focal point")
    EXPERT = "expert", _("An expert")
