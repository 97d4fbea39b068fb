"""What the watch does to cases: open, let grow, bring back. In the caller's transaction."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from rrmm.flashpoints.models import Flashpoint, State, Story
from rrmm.flashpoints.queries.look import Seen, newest_case
from rrmm.flashpoints.services.guard import undecided
from rrmm.flashpoints.services.opening import next_number
from streams.events import FlashpointGrew, FlashpointOpened, FlashpointReturned
from streams.log import append
from streams.retry import Transient
from streams.tally import count
from streams.trail import MACHINE, note

BY_HAND = frozenset({"headline", "headline_language", "gist", "country", "place", "lines"})
"""What a person wrote who opened a case by hand: articles that join it later do not change it."""


def follow(seen: Seen) -> None:
    """Do what was decided. Raises Transient when the case has changed since: decide again."""
    story = Story.objects.select_for_update().filter(pk=seen.story).first()
    if story is None:
        count("escalate.story_gone")
        return
    if story.part_of_id is not None:
        raise Transient("the story has become part of another; looked at again")
    list(Flashpoint.objects.select_for_update().filter(story=story).order_by("pk"))
    case = newest_case(story.pk)
    if (case.pk if case else None, case.version if case else 0) != (seen.case, seen.version):
        raise Transient("the case has changed meanwhile; looked at again")
    if seen.action == "nothing":
        count("escalate.not_a_case" if case is None else "escalate.nothing_new")
    elif seen.action == "open" or case is None:
        case = open_case(seen)
        note(MACHINE, "flashpoint.opened", case.pk, demo=case.demo, severity=case.severity)
        count("escalate.opened")
    elif seen.action == "come_back":
        _come_back(case, seen)
    else:
        _grow(case, seen)


def open_case(seen: Seen) -> Flashpoint:
    """A new case of the story, and its event; the caller notes who opened it."""
    now = timezone.now()
    case = Flashpoint.objects.create(
        number=next_number(now),
        story_id=seen.story,
        opened_at=now,
        demo=seen.demo,
        **seen.fields,
    )
    append(FlashpointOpened(**facts(case, seen.text)))
    return case


def draw(case: Flashpoint, fields: Mapping[str, Any]) -> bool:
    """Set what the articles say, except what a person said; whether anything changed. The caller
    saves."""
    kept = {"severity"} if case.severity_by_hand else set()
    kept |= BY_HAND if case.opened_by_hand else set()
    moved = [name for name, value in fields.items() if name not in kept and
             getattr(case, name) != value]  # fmt: skip
    for name in moved:
        setattr(case, name, fields[name])
    return bool(moved)


def facts(case: Flashpoint, text: str) -> dict[str, Any]:
    """What every event that announces a case says of it (`streams.events.CaseFacts`)."""
    return {
        "flashpoint": case.pk,
        "severity": case.severity,
        "lines": tuple(case.lines),
        "countries": tuple(case.countries),
        "languages": tuple(case.languages),
        "text": text,
        "demo": case.demo,
        "at": timezone.now(),
    }


def _grow(case: Flashpoint, seen: Seen) -> None:
    if not draw(case, seen.fields):
        return
    _save(case)
    append(FlashpointGrew(**facts(case, seen.text)))
    count("escalate.grew")


def _come_back(case: Flashpoint, seen: Seen) -> None:
    was = case.state
    undecided(case)
    case.back_because = [dict(line) for line in seen.why]
    case.seen.all().delete()
    draw(case, seen.fields)
    _save(case)
    why = tuple(line["code"] for line in seen.why if line["code"] != "after")
    append(FlashpointReturned(**facts(case, seen.text), was=was, why=why))
    act = "severity_rose" if was == State.HELD else "came_back"
    note(MACHINE, f"flashpoint.{act}", case.pk, demo=case.demo, severity=case.severity,
         why=case.back_because)  # fmt: skip
    count("escalate.came_back")


def _save(case: Flashpoint) -> None:
    case.version += 1
    case.save()
