"""One case as the desk and its page show it: the evidence, the two scores, who has it."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone

from experts.models import Mobilisation
from rrmm.flashpoints import queries
from rrmm.flashpoints.models import Dismissal, Flashpoint
from rrmm.flashpoints.queries import OwnerGroup
from rrmm.flashpoints.queries.seeing import sight_of
from rrmm.flashpoints.queries.stories import survivor_of
from rrmm.flashpoints.scores import Parameters
from rrmm.web import words
from rrmm.web.presenters import gauge
from rrmm.web.presenters.explained import explained
from rrmm.web.presenters.growth import growth
from rrmm.web.presenters.rows import where
from rrmm.web.presenters.standing import standing
from rrmm.web.staff import holding

FEW_OWNERS = 4
"""Owners shown before the rest is folded."""


def pane(case_id: UUID, reader: User) -> dict[str, Any]:
    """What `_pane.html` and `case.html` draw; of a merged case, that in which it lives on (and
    `away`, the merged one). Raises Flashpoint.DoesNotExist."""
    lives_on = survivor_of(case_id)
    away = Flashpoint.objects.filter(pk=case_id).first() if lives_on != case_id else None
    view = queries.case(lives_on, reader)
    case = view.case
    mobilisation = _mobilisation(case)
    now = timezone.now()
    return {
        "view": view,
        "case": case,
        "away": away,
        "now": now,
        "stamp": _stamp(case, mobilisation, view.leased),
        "where": where(case),
        "growth": growth(case.growth, case.article_count, case.first_seen_at, case.last_article_at),
        "standing": standing(case, mobilisation, reader.pk, now),
        "mobilisation": mobilisation,
        "lease_time": words.clock(case.held_lease_until, now) if case.held_lease_until else "",
        "another": view.leased and not view.mine,
        "open_case": case.state in {"new", "held"},
        "gauges": _gauges(case),
        "why": explained(view.evidence, sight_of(view.evidence.model)) if view.evidence else None,
        "trigger": words.trigger(view.trigger) if view.trigger else "",
        "owners": view.owners[:FEW_OWNERS],
        "more_owners": view.owners[FEW_OWNERS:],
        "more_articles": sum(_own(group) for group in view.owners[FEW_OWNERS:]),
        "dismissals": Dismissal.choices,
        "holds": holding.choices(now),
        "today": f"{now:%Y-%m-%d}",
        "decided_by": words.person(case.decided_by) if case.decided_by else "",
    }


def _mobilisation(case: Flashpoint) -> Mobilisation | None:
    if case.mobilisation is None:
        return None
    return Mobilisation.objects.filter(pk=case.mobilisation).first()


def _stamp(case: Flashpoint, mobilisation: Mobilisation | None, leased: bool) -> str:
    """Changes with everything that the pane shows of a case; a page that has it is not redrawn."""
    if mobilisation is None:
        return f"{case.number}.{case.version}.{leased:d}"
    return f"{case.version}.{mobilisation.state}.{mobilisation.filled}.{mobilisation.wave}"


def _gauges(case: Flashpoint) -> dict[str, Any]:
    mark = opens_at()
    return {
        "mark": mark,
        "blocks": gauge.BLOCKS,
        "news": gauge.newsworthiness(case.newsworthiness, mark),
        "voices": gauge.corroboration(case.voices, len(case.languages), case.copies),
    }


def _own(group: OwnerGroup) -> int:
    return len(group.articles) - group.copies


def opens_at() -> int:
    """The newsworthiness from which the rule opens a case."""
    return round(Parameters.of(settings.ESCALATION).open_at)
