"""What staff merged and split, so that it can be undone."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from rrmm.flashpoints.models.cases import Flashpoint
from rrmm.flashpoints.models.stories import Story


class Regrouping(models.Model):
    """Staff merged two cases, or moved articles: what it changed, so that it can be undone.

    case: which goes on, or which gave articles. other: which was merged away, or got them.
    story: the one made for moved articles. before: what stood before (see `services.regrouping`).
    """

    class Kind(models.TextChoices):
        MERGED = "merged", _("Merged")
        SPLIT = "split", _("Split")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=8, choices=Kind)
    case = models.ForeignKey(Flashpoint, on_delete=models.CASCADE, related_name="regroupings")
    other = models.ForeignKey(
        Flashpoint, null=True, on_delete=models.CASCADE, related_name="regrouped"
    )
    story = models.ForeignKey(Story, null=True, on_delete=models.SET_NULL, related_name="+")
    before = models.JSONField(default=dict)
    articles = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["case", "-at"], name="regrouping_of_case")]

    def __str__(self) -> str:
        return f"{self.kind} {self.case_id}"
