"""What the watch does to cases: open, let grow, bring back. In the caller's transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from rrmm.flashpoints.escalation import Action
from rrmm.flashpoints.models import Flashpoint, State, Story
from rrmm.flashpoints.services.guard import undecided
from rrmm.flashpoints.services.opening import next_number
from streams.events import FlashpointGrew, FlashpointOpened, FlashpointReopened
from streams.log import append
from streams.retry import Transient
from streams.tally import count
from streams.trail import MACHINE, note


@dataclass(frozen=True, slots=True)
class Seen:
    """What the rule decided on a story, standing on the case as it was (`version`, 0 for none).

    fields: of the case, as they shall be. text: public words for the matcher.
    """

    story: UUID
    action: Action
    case: UUID | None
    version: int
    fields: dict[str, Any]
    text: str
    demo: bool


def follow(seen: Seen) -> None:
    """Do what was decided. Raises Transient when the case has changed since: decide again."""
    story = Story.objects.select_for_update().filter(pk=seen.story).first()
    if story is None:
        count("escalate.story_gone")
        return
    newest = Flashpoint.objects.select_for_update().filter(story=story).order_by("-opened_at")
    case = newest.first()
    if (case.pk if case else None, case.version if case else 0) != (seen.case, seen.version):
        raise Transient("the case has changed meanwhile; looked at again")
    if seen.action == "nothing":
        count("escalate.not_a_case" if case is None else "escalate.nothing_new")
    elif seen.action == "open" or case is None:
        _open(seen)
    elif seen.action == "come_back":
        _come_back(case, seen)
    else:
        _grow(case, seen)


def _open(seen: Seen) -> None:
    now = timezone.now()
    case = Flashpoint.objects.create(
        number=next_number(now),
        story_id=seen.story,
        opened_at=now,
        demo=seen.demo,
        **seen.fields,
    )
    append(FlashpointOpened(**_facts(case, seen)))
    note(MACHINE, "flashpoint.opened", case.pk, demo=case.demo, severity=case.severity)
    count("escalate.opened")


def _grow(case: Flashpoint, seen: Seen) -> None:
    if not _changes(case, seen.fields):
        return
    _save(case, seen.fields)
    append(FlashpointGrew(**_facts(case, seen)))
    count("escalate.grew")


def _come_back(case: Flashpoint, seen: Seen) -> None:
    was = case.state
    undecided(case)
    case.seen.all().delete()
    _save(case, seen.fields)
    append(FlashpointReopened(flashpoint=case.pk, demo=case.demo))
    append(FlashpointOpened(**_facts(case, seen)))
    act = "severity_rose" if was == State.HELD else "came_back"
    note(MACHINE, f"flashpoint.{act}", case.pk, demo=case.demo, severity=case.severity)
    count("escalate.came_back")


def _changes(case: Flashpoint, fields: dict[str, Any]) -> bool:
    return any(
        getattr(case, name) != value
        for name, value in fields.items()
        if name != "severity" or not case.severity_by_hand
    )


def _save(case: Flashpoint, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        if name != "severity" or not case.severity_by_hand:
            setattr(case, name, value)
    case.version += 1
    case.save()


def _facts(case: Flashpoint, seen: Seen) -> dict[str, Any]:
    at: datetime = timezone.now()
    return {
        "flashpoint": case.pk,
        "severity": case.severity,
        "lines": tuple(case.lines),
        "countries": tuple(case.countries),
        "languages": tuple(case.languages),
        "text": seen.text,
        "demo": case.demo,
        "at": at,
    }
