"""What merging, splitting and undoing share: the locks in their order, the picture drawn anew."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from rrmm.flashpoints.models import Flag, Flashpoint, Generation, State, Story
from rrmm.flashpoints.queries.look import look
from rrmm.flashpoints.queries.stories import stories_of
from rrmm.flashpoints.services.guard import Conflict, record
from rrmm.flashpoints.services.watching import draw, facts
from streams.events import FlashpointRegrouped, StoryMoved
from streams.log import append

LIVE = (State.NEW, State.HELD, State.CONFIRMED)
"""States in which a case can be worked on."""
DECIDED = (
    *("state", "held_until", "held_for", "decided_by_id", "decided_at", "decided_facts"),
    *("dismissal", "dismissed_words", "back_because"),
)
DRAWN = (
    *("headline", "headline_language", "gist", "country", "place", "countries", "lines"),
    *("severity", "newsworthiness", "corroboration", "voices", "languages", "article_count"),
    *("copies", "growth", "growth_minutes", "reasons", "rule", "first_seen_at", "last_article_at"),
)
_TIMES = {"held_until", "decided_at", "first_seen_at", "last_article_at"}


@contextmanager
def locked_together(*case_ids: UUID, story: UUID | None = None) -> Iterator[dict[UUID, Flashpoint]]:
    """One transaction in which nobody else groups articles or changes these cases (and a story).

    The locks are taken in one order everywhere: the clusterer's generation, stories, cases. At
    the end the generation rises, so that every worker builds its memory anew from the rows.
    Raises Flashpoint.DoesNotExist.
    """
    with transaction.atomic():
        Generation.objects.select_for_update().get_or_create(name="stories")
        rows = Flashpoint.objects.filter(pk__in=case_ids)
        stories = [*rows.values_list("story_id", flat=True), story]
        list(Story.objects.select_for_update().filter(pk__in=filter(None, stories)).order_by("pk"))
        cases = {row.pk: row for row in rows.select_for_update().order_by("pk")}
        if len(cases) < len(set(case_ids)):
            raise Flashpoint.DoesNotExist
        yield cases
        Generation.objects.filter(name="stories").update(number=F("number") + 1)


def refuse_demo_with_real(one: Flashpoint, other: Flashpoint) -> None:
    """Raises Conflict where only one of both is invented."""
    if one.demo != other.demo:
        raise Conflict(_("One of the two is invented, for the demonstration. They stay apart."))


def root_for(case: Flashpoint) -> tuple[UUID, bool]:
    """The case's story, and whether it had to be made (a case opened by hand has none)."""
    if case.story_id is not None:
        return case.story_id, False
    story = Story.objects.create(
        opened_at=case.first_seen_at, last_article_at=case.last_article_at, demo=case.demo
    )
    case.story = story
    return story.pk, True


def attach(story_id: UUID, root: UUID) -> dict[str, str]:
    """Make a story and its parts part of `root`; what each was part of before, "" for none."""
    rows = Story.objects.filter(pk__in=stories_of(story_id)).exclude(pk=root)
    before = {str(pk): str(of or "") for pk, of in rows.values_list("pk", "part_of_id")}
    rows.update(part_of_id=root)
    return before


def detach(before: Mapping[str, str]) -> None:
    """Undo `attach`."""
    for story, of in before.items():
        Story.objects.filter(pk=story).update(part_of_id=of or None)


def kept(case: Flashpoint, names: Iterable[str]) -> dict[str, Any]:
    """Fields of a case as JSON keeps them."""
    found = {name: getattr(case, name) for name in names}
    return {n: v.isoformat() if isinstance(v, datetime) else v for n, v in found.items()}


def put_back(case: Flashpoint, before: Mapping[str, Any]) -> None:
    """Set what `kept` gave; the caller saves."""
    for name, value in before.items():
        setattr(case, name, parse_datetime(value) if name in _TIMES and value else value)


def regrouped(case: Flashpoint, act: str, staff: AbstractBaseUser, **detail: Any) -> None:
    """Draw the case anew from its articles, save it, announce and note it."""
    seen = look(case.story_id, timezone.now()) if case.story_id else None
    if seen is not None:
        draw(case, seen.fields)
    event = FlashpointRegrouped(**facts(case, seen.text if seen else ""))
    record(case, act, staff, event, **detail)


def announce(story_id: UUID, *, demo: bool) -> None:
    """The story has changed: the rule looks at it."""
    articles = Flag.objects.filter(story_id__in=stories_of(story_id)).count()
    append(StoryMoved(story=story_id, articles=articles, demo=demo))
