"""Articles of a case tell of another event: a story of their own, or another case, gets them."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from rrmm.flashpoints.families import Told, originals
from rrmm.flashpoints.models import Flag, Flashpoint, Regrouping, Story
from rrmm.flashpoints.queries.look import look
from rrmm.flashpoints.queries.stories import flags_of
from rrmm.flashpoints.services.guard import Conflict, refuse_unless, refuse_while_anothers
from rrmm.flashpoints.services.learning import moved_away
from rrmm.flashpoints.services.regrouping import (
    DRAWN,
    LIVE,
    announce,
    kept,
    locked_together,
    refuse_demo_with_real,
    regrouped,
    root_for,
)
from rrmm.flashpoints.services.watching import open_case
from streams.events import StorySplit
from streams.log import append
from streams.trail import note


def split(
    case_id: UUID,
    articles: Collection[UUID],
    staff: AbstractBaseUser,
    *,
    into: UUID | None = None,
    open_now: bool = False,
) -> Regrouping:
    """Take articles out of a case; their copies go with them. What is like them later follows.

    into: another case that gets them. Else they become a story of their own: a case at once
    (open_now), or as soon as the rule says so. Raises Conflict, Flashpoint.DoesNotExist.
    """
    if into == case_id:
        raise Conflict(_("These articles are in that case already. Choose another one."))
    with locked_together(*filter(None, (case_id, into))) as cases:
        case, target = cases[case_id], cases[into] if into else None
        _refuse(case, target, staff)
        flags = list(flags_of(case.story_id).select_related("article").defer("vector"))
        chosen = _with_copies(flags, articles)
        before: dict[str, Any] = {"target": kept(target, DRAWN) if target else {}, "made": False}
        root = None
        if target is not None:
            root, before["made"] = root_for(target)
        story = _moved(chosen, root, before)
        done = Regrouping(
            kind=Regrouping.Kind.SPLIT, case=case, other=target, story=story, before=before,
            articles=len(chosen), by_id=staff.pk, at=timezone.now(),
        )  # fmt: skip
        if target is None and open_now:
            done.other = _opened(story, case, staff, len(chosen))
        done.save(force_insert=True)
        moved = {flag.article_id for flag in chosen}
        moved_away(case, moved, {flag.article_id for flag in flags} - moved)
        _tell(done, case, target, staff, list(moved))
        return done


def _refuse(case: Flashpoint, target: Flashpoint | None, staff: AbstractBaseUser) -> None:
    for one in filter(None, (case, target)):
        refuse_unless(one, *LIVE)
        refuse_while_anothers(one, staff)
    if target is not None:
        refuse_demo_with_real(case, target)
        if target.story_id is not None and target.story_id == case.story_id:
            raise Conflict(_("Both cases have the same articles. Merge the two instead."))


def _with_copies(flags: Sequence[Flag], articles: Collection[UUID]) -> list[Flag]:
    """The flags of these articles with everything of the same words. Raises Conflict."""
    wanted, there = set(articles), {flag.article_id for flag in flags}
    if not wanted:
        raise Conflict(_("Tick the articles that tell of another event."))
    if not wanted <= there:
        raise Conflict(
            _("Some of these articles are no longer in this case. Look again; nothing was changed.")
        )
    original = originals([
        Told(flag.article_id, f"{flag.article.title} {flag.article.summary}", flag.language,
             flag.is_copy) for flag in flags
    ])  # fmt: skip
    families = {flag.article_id: original.get(flag.article_id, flag.article_id) for flag in flags}
    moved = {families[article] for article in wanted}
    chosen = [flag for flag in flags if families[flag.article_id] in moved]
    if all(flag.is_copy for flag in flags if families[flag.article_id] not in moved):
        raise Conflict(_("Nothing would stay in this case. Merge it with another, or dismiss it."))
    return chosen


def _moved(chosen: Sequence[Flag], root: UUID | None, before: dict[str, Any]) -> Story:
    """A story of these articles, part of `root` where one is given; fills `before`."""
    times = [flag.published_at for flag in chosen]
    story = Story.objects.create(
        opened_at=min(times), last_article_at=max(times), articles=len(chosen),
        demo=chosen[0].demo, part_of_id=root,
    )  # fmt: skip
    before["flags"] = {str(flag.pk): str(flag.story_id) for flag in chosen}
    for former, n in Counter(before["flags"].values()).items():
        Story.objects.filter(pk=former).update(articles=F("articles") - n)
    if all(flag.is_copy for flag in chosen):
        # Copies of what is no longer there: the first of them speaks for itself.
        first = min(chosen, key=lambda flag: (flag.published_at, flag.pk))
        before["was_copy"] = str(first.pk)
        Flag.objects.filter(pk=first.pk).update(is_copy=False)
    Flag.objects.filter(pk__in=[flag.pk for flag in chosen]).update(story=story)
    return story


def _opened(story: Story, source: Flashpoint, staff: AbstractBaseUser, n: int) -> Flashpoint:
    seen = look(story.pk, timezone.now())
    assert seen is not None  # one of its articles is no copy
    case = open_case(seen)
    detail = {"number": source.number, "articles": n}
    note(f"staff:{staff.pk}", "flashpoint.split_off", case.pk, demo=case.demo, **detail)
    return case


def _tell(
    done: Regrouping,
    case: Flashpoint,
    target: Flashpoint | None,
    staff: AbstractBaseUser,
    articles: Sequence[UUID],
) -> None:
    story = done.story
    assert case.story_id is not None
    assert story is not None
    append(StorySplit(story=case.story_id, into=story.pk, articles=articles, demo=case.demo))
    number = done.other.number if done.other else ""
    regrouped(case, "split", staff, articles=done.articles, number=number)
    announce(case.story_id, demo=case.demo)
    if target is not None and target.story_id is not None:
        regrouped(target, "received", staff, articles=done.articles, number=case.number)
        announce(target.story_id, demo=case.demo)
    else:
        announce(story.pk, demo=case.demo)
