"""Who can speak: experts, and what is kept apart from them (addresses, consent, communities)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

NOTHING = "*"
"""In `Expert.do_not_ask`: this person wants to be asked nothing at all."""


@dataclass(frozen=True, slots=True)
class Askable:
    """Whether a person may be asked. True where nothing speaks against; `reason` says what does:
    inactive, no_email, no_consent, paused, do_not_ask, or nothing ("")."""

    reason: str = ""

    def __bool__(self) -> bool:
        return not self.reason

    def __str__(self) -> str:
        return self.reason


class Gender(models.TextChoices):
    """As people describe themselves; empty where they did not say."""

    WOMAN = "woman", _("woman")
    MAN = "man", _("man")
    OTHER = "other", _("another gender")
    UNSAID = "", _("not said")


class Network(models.Model):
    """A circle of experts: global, Euro-Mediterranean, opinion leaders, ambassadors, focal points.

    A closed list (`experts.registry.NETWORKS` names them); rows appear when first used.
    """

    code = models.SlugField(primary_key=True, max_length=40)

    def __str__(self) -> str:
        return self.code


class Expert(models.Model):
    """A person who can speak. Lists are codes (see the contract of the CSV import).

    `ref` is the id that the person has in the lists we import. Addresses, consent and
    communities are rows of their own, so that no listing of experts carries them by accident.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ref = models.CharField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    title = models.CharField(max_length=200, blank=True)
    affiliation = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=2)
    languages = models.JSONField(default=list)
    regions = models.JSONField(default=list)
    fault_lines = models.JSONField(default=list)
    gender = models.CharField(max_length=8, choices=Gender.choices, blank=True)
    bio = models.TextField(blank=True)
    media_experience = models.TextField(blank=True)
    timezone = models.CharField(max_length=64)
    networks = models.ManyToManyField(Network, blank=True, related_name="experts")
    do_not_ask = models.JSONField(default=list)
    """Topics (fault lines) and outlets that the person refuses; `*` refuses everything."""
    active = models.BooleanField(default=True)
    paused_until = models.DateTimeField(null=True, blank=True)
    demo = models.BooleanField(default=False)
    added_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True, db_index=True)

    class Meta:
        ordering = ["name", "ref"]

    def __str__(self) -> str:
        return self.ref

    @property
    def askable(self) -> Askable:
        """Whether this person may be asked now. Reads contact and consent: select them with it."""
        return self.askable_at(timezone.now())

    def askable_at(self, at: datetime) -> Askable:
        """Whether this person may be asked at a moment (aware), whatever it is about."""
        if not self.active:
            return Askable("inactive")
        if not _email_of(self):
            return Askable("no_email")
        if not (hasattr(self, "consent") and self.consent.counts):
            return Askable("no_consent")
        if self.paused_until and self.paused_until > at:
            return Askable("paused")
        return Askable("do_not_ask") if NOTHING in self.do_not_ask else Askable()


def _email_of(expert: Expert) -> str:
    return expert.contact.email if hasattr(expert, "contact") else ""


class Contact(models.Model):
    """How to reach a person. Shielded: shown masked; every full view is noted in the trail."""

    expert = models.OneToOneField(Expert, models.CASCADE, primary_key=True, related_name="contact")
    email = models.EmailField(max_length=254)

    def __str__(self) -> str:
        return self.masked

    @property
    def masked(self) -> str:
        """First letter and host: `a•••@example.org`."""
        local, _at, host = self.email.partition("@")
        return f"{local[:1]}•••@{host}"


class Consent(models.Model):
    """When, and where, a person agreed to be asked by us. It counts when both are known; half of
    it is kept, so that nothing that was imported is lost."""

    expert = models.OneToOneField(Expert, models.CASCADE, primary_key=True, related_name="consent")
    at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def counts(self) -> bool:
        """Whether we can show when and where it was given."""
        return bool(self.at and self.source)


class Community(models.Model):
    """A community, as the person names it. Need-to-know: every view of it is noted in the trail,
    and it never leaves the staff pages."""

    expert = models.ForeignKey(Expert, models.CASCADE, related_name="communities")
    name = models.CharField(max_length=120)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["expert", "name"], name="experts_community_once")
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Edition(models.Model):
    """One row: how often the registry changed. Workers rebuild their index when it moved."""

    number = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.number)


class ImportFile(models.Model):
    """An uploaded list between its dry run and its import; the body goes when it was imported,
    dropped, or is a day old. Kept in the database so that any web process can go on with it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=200)
    body = models.BinaryField()
    staff = models.CharField(max_length=80)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Proposal(models.Model):
    """What the matcher proposed for a case: a ranking, and five of it as a set.

    ranking: `[{"expert": str, "score": float, "reasons": [str], "side": str}]`, best first;
    reasons are codes with values (`matching.reasons`), made into words where they are shown.
    slate: the ids of five of them. `generation` grows by one with every new version.
    """

    case = models.UUIDField(unique=True)
    ranking = models.JSONField(default=list)
    slate = models.JSONField(default=list)
    at = models.DateTimeField()
    generation = models.PositiveIntegerField(default=1)
    demo = models.BooleanField(default=False)

    def __str__(self) -> str:
        return str(self.case)
