"""Writing down which articles tell of one event."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F

from rrmm.flashpoints.models import Flag, Story
from rrmm.flashpoints.services.flagging import raise_levels
from streams.events import StoryMoved
from streams.log import append_many
from streams.tally import count


@dataclass(frozen=True, slots=True)
class Membership:
    """An article's story; `opened`: it is the first of it; `is_copy`: no voice of its own."""

    article: UUID
    story: UUID
    opened: bool
    is_copy: bool


def keep_stories(members: Sequence[Membership]) -> None:
    """Write stories and memberships, raise the usual levels, announce each story that moved.

    In the caller's transaction, which holds the generation's row. An article whose flag is gone
    (the demo was removed meanwhile) or grouped already is left out and counted.
    """
    wanted = {member.article: member for member in members}
    flags = Flag.objects.filter(article_id__in=wanted, story__isnull=True)
    found = {flag.article_id: flag for flag in flags}
    joined: dict[UUID, list[Flag]] = defaultdict(list)
    for article, member in wanted.items():
        if article in found:
            flag = found[article]
            flag.is_copy = member.is_copy
            joined[member.story].append(flag)
    _open_missing(joined)
    for story, flags_of_story in joined.items():
        for flag in flags_of_story:
            flag.story_id = story
        last = max(flag.published_at for flag in flags_of_story)
        rows = Story.objects.filter(pk=story)
        rows.update(articles=F("articles") + len(flags_of_story))
        rows.filter(last_article_at__lt=last).update(last_article_at=last)
    Flag.objects.bulk_update(found.values(), ["story", "is_copy"], batch_size=200)
    raise_levels(list(found.values()))
    _announce(joined)
    count("cluster.copy", sum(flag.is_copy for flag in found.values()))
    count("cluster.flag_gone", len(wanted) - len(found))


def _open_missing(joined: dict[UUID, list[Flag]]) -> None:
    there = set(Story.objects.filter(pk__in=joined).values_list("pk", flat=True))
    opened = []
    for story, flags in joined.items():
        if story not in there:
            first = min(flag.published_at for flag in flags)
            opened.append(
                Story(pk=story, opened_at=first, last_article_at=first, demo=flags[0].demo)
            )
    Story.objects.bulk_create(opened)
    count("cluster.story_opened", len(opened))


def _announce(joined: dict[UUID, list[Flag]]) -> None:
    numbers = dict(Story.objects.filter(pk__in=joined).values_list("pk", "articles"))
    append_many([
        StoryMoved(story=story, articles=numbers[story], demo=flags[0].demo)
        for story, flags in joined.items()
    ])  # fmt: skip
