"""Who did what to a person's entry, and who saw what of it, in words."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rrmm.web import words
from streams import trail

MOST = 12
_ACTS = {
    "contact.viewed": gettext_lazy("looked at the address"),
    "communities.viewed": gettext_lazy("looked at the communities"),
    "expert.paused": gettext_lazy("paused the asking"),
    "expert.unpaused": gettext_lazy("ended the pause"),
    "expert.asks_again": gettext_lazy("noted that the person may be asked again"),
    "expert.activated": gettext_lazy("put the person back in"),
    "expert.deactivated": gettext_lazy("took the person out"),
    "expert.networks_set": gettext_lazy("changed the networks"),
}


@dataclass(frozen=True)
class Act:
    """One line: when, who, what."""

    at: datetime
    who: str
    words: str


def last_acts(expert: UUID) -> list[Act]:
    """The latest acts on a person's entry, newest first."""
    rows = list(trail.about(expert).reverse()[:MOST])
    ids = {int(row.actor.removeprefix("staff:")) for row in rows if row.actor.startswith("staff:")}
    people = User.objects.in_bulk(ids)
    return [Act(row.at, _who(row.actor, people), str(_ACTS.get(row.act, row.act))) for row in rows]


def _who(actor: str, people: dict[int, User]) -> str:
    kind, _colon, ident = actor.partition(":")
    if kind != "staff":
        return _("the mechanism")
    return words.person(people.get(int(ident)))
