"""Verdicts of editors become labelled examples; taking a verdict back takes them away.

Nothing here is said by the demo, and nobody's name is kept: who said it stands in the trail.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from rrmm.flashpoints.models import (
    Dismissal,
    Example,
    FaultLine,
    Flag,
    Flashpoint,
    State,
    Verdict,
    VerdictKind,
)
from rrmm.flashpoints.queries.stories import flags_of
from rrmm.flashpoints.representative import representative
from rrmm.flashpoints.services.guard import Conflict, locked
from streams.events import FlashpointTouched
from streams.log import append
from streams.trail import note

MARKS = (VerdictKind.NOT_FLASHPOINT, VerdictKind.WRONG_PLACE, VerdictKind.WRONG_LINE)
"""What staff may say of one article."""
NEIGHBOURS = 3
"""Articles of the story left behind with which a moved one is paired as "not the same"."""


def learn_from(case: Flashpoint) -> None:
    """Make the case's verdict and its examples what the case's state says, in the caller's
    transaction, after the case was decided or the decision undone.

    Confirmed: its representative articles are flashpoints. Dismissed as not ours: they are none.
    Every other reason says nothing of the text: a report that was wrong, an old story, or one
    that another case has is still about a flashpoint.
    """
    if case.state == State.MERGED:
        return
    said = _said(case)
    there = Verdict.objects.filter(flashpoint=case, article=None)
    if said and (same := there.filter(kind=said).first()):
        if said == VerdictKind.CONFIRMED:
            same.examples.update(severity=_severity(case))
        return
    there.delete()
    if said:
        verdict = Verdict.objects.create(
            kind=said, flashpoint=case, at=timezone.now(), demo=case.demo
        )
        _teach(verdict, case)


def mark(
    case_id: UUID,
    article_id: UUID,
    staff: AbstractBaseUser,
    kind: str,
    *,
    words: str = "",
    country: str = "",
    lines: Sequence[str] = (),
) -> Verdict:
    """Say of one article of a case that it is no flashpoint, that it happens in `country`, or
    that it runs along `lines`. Replaces what the same mark said before. Raises Conflict,
    Flashpoint.DoesNotExist."""
    country, lines = country.strip().upper(), [line for line in FaultLine if line in lines]
    _refuse_nonsense(kind, country, lines)
    with locked(case_id) as case:
        flag = _flag(case, article_id)
        _contradicted(flag, kind).delete()
        verdict = Verdict.objects.create(
            kind=kind, flashpoint=case, article_id=article_id, at=timezone.now(), demo=flag.demo
        )
        if not flag.demo:
            Example.objects.create(
                verdict=verdict,
                article_id=article_id,
                rel=0 if kind == VerdictKind.NOT_FLASHPOINT else None,
                country=country if kind == VerdictKind.WRONG_PLACE else "",
                lines=list(lines) if kind == VerdictKind.WRONG_LINE else [],
            )
        detail = {"article": str(article_id), "kind": kind, "words": words.strip()}
        detail |= {"country": country} if country else {}
        detail |= {"lines": ",".join(lines)} if lines else {}
        _tell(case, "article_marked", staff, detail)
        return verdict


def unmark(case_id: UUID, article_id: UUID, staff: AbstractBaseUser, kind: str) -> None:
    """Take a mark back, with its example. Raises Conflict where there is none."""
    with locked(case_id) as case:
        flag = _flag(case, article_id)
        gone, _tables = Verdict.objects.filter(article=flag.article_id, kind=kind).delete()
        if not gone:
            raise Conflict(_("Somebody had already taken this mark back."))
        _tell(case, "article_unmarked", staff, {"article": str(article_id), "kind": kind})


def moved_away(case: Flashpoint, moved: Collection[UUID], stayed: Collection[UUID]) -> None:
    """A person said that these articles tell of another event than those that stay: pairs "not the
    same", in the caller's transaction. moved, stayed: ids of articles."""
    if case.demo or not stayed:
        return
    rows = Flag.objects.filter(article_id__in=stayed, demo=False)
    near = [flag.article_id for flag in representative(rows, case.lines)[:NEIGHBOURS]]
    real = Flag.objects.filter(article_id__in=moved, demo=False, is_copy=False)
    for article in real.values_list("article_id", flat=True):
        Verdict.objects.filter(article=article, kind=VerdictKind.WRONG_STORY).delete()
        verdict = Verdict.objects.create(
            kind=VerdictKind.WRONG_STORY, flashpoint=case, article_id=article, at=timezone.now()
        )
        Example.objects.bulk_create(
            Example(verdict=verdict, article_id=article, other_id=other, same=False)
            for other in near
        )


def came_back(moved: Collection[UUID]) -> None:
    """The move was undone: its pairs go. moved: ids of articles."""
    Verdict.objects.filter(article__in=moved, kind=VerdictKind.WRONG_STORY).delete()


def _said(case: Flashpoint) -> VerdictKind | None:
    if case.state in (State.CONFIRMED, State.CLOSED):
        return VerdictKind.CONFIRMED
    if case.state == State.DISMISSED and case.dismissal == Dismissal.NOT_OURS:
        return VerdictKind.NOT_OURS
    return None


def _teach(verdict: Verdict, case: Flashpoint) -> None:
    """Examples of a whole case; a severity only where a person set it."""
    if case.demo:
        return
    confirmed = verdict.kind == VerdictKind.CONFIRMED
    moved = Verdict.objects.filter(kind=VerdictKind.WRONG_STORY, flashpoint=case)
    strangers = set(moved.values_list("article_id", flat=True))
    flags = [flag for flag in _flags(case) if flag.article_id not in strangers]
    Example.objects.bulk_create(
        Example(
            verdict=verdict,
            article_id=flag.article_id,
            rel=2 if confirmed else 0,
            lines=_shared(flag.lines, case.lines) if confirmed else [],
            severity=_severity(case) if confirmed else None,
        )
        for flag in representative(flags, case.lines)
    )


def _severity(case: Flashpoint) -> int | None:
    """What a person set, as an article's severity, which goes to 3; None where nobody did."""
    return min(case.severity, 3) if case.severity_by_hand else None


def _shared(article: Sequence[str], case: Sequence[str]) -> list[str]:
    """The fault lines that article and confirmed case have in common, else the case's."""
    return [line for line in case if line in article] or list(case)


def _flags(case: Flashpoint) -> list[Flag]:
    return list(flags_of(case.story_id).filter(demo=False).order_by("published_at", "pk"))


def _flag(case: Flashpoint, article_id: UUID) -> Flag:
    found = flags_of(case.story_id).filter(article_id=article_id).first()
    if found is None:
        raise Conflict(_("This article no longer belongs to the case."))
    return found


def _contradicted(flag: Flag, kind: str) -> QuerySet[Verdict]:
    """Marks that cannot stand beside the new one: the same again, or its opposite."""
    opposite = {
        VerdictKind.NOT_FLASHPOINT: [VerdictKind.WRONG_LINE],
        VerdictKind.WRONG_LINE: [VerdictKind.NOT_FLASHPOINT],
    }
    kinds = [kind, *opposite.get(VerdictKind(kind), [])]
    return Verdict.objects.filter(article=flag.article_id, kind__in=kinds)


def _refuse_nonsense(kind: str, country: str, lines: Sequence[str]) -> None:
    if kind not in MARKS:
        raise Conflict(_("Say what is wrong with the article."))
    if kind == VerdictKind.WRONG_PLACE and len(country) != 2:
        raise Conflict(_("Say in which country it happens."))
    if kind == VerdictKind.WRONG_LINE and not lines:
        raise Conflict(_("Say along which fault line it runs."))


def _tell(case: Flashpoint, act: str, staff: AbstractBaseUser, detail: dict[str, str]) -> None:
    append(FlashpointTouched(flashpoint=case.pk, act=act, demo=case.demo))
    note(f"staff:{staff.pk}", f"flashpoint.{act}", case.pk, demo=case.demo, **detail)
