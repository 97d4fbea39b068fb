"""Two cases tell of one event: one goes on under its number, the other lives on in it."""

from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone
from django.utils.translation import gettext as _

from rrmm.flashpoints.models import Dismissal, Flashpoint, Regrouping, State
from rrmm.flashpoints.services.guard import (
    Conflict,
    let_go,
    record,
    refuse_unless,
    refuse_while_anothers,
)
from rrmm.flashpoints.services.regrouping import (
    DECIDED,
    DRAWN,
    LIVE,
    announce,
    attach,
    kept,
    locked_together,
    refuse_demo_with_real,
    regrouped,
    root_for,
)
from streams.events import FlashpointMerged


def merge(keep: UUID, away: UUID, staff: AbstractBaseUser) -> Regrouping:
    """Let `keep` go on with the articles of both; what later joins either of them joins it.

    Raises Conflict, Flashpoint.DoesNotExist. Nothing half is ever done.
    """
    if keep == away:
        raise Conflict(_("A case cannot be merged with itself. Choose another one."))
    with locked_together(keep, away) as cases:
        survivor, other = cases[keep], cases[away]
        refuse_merging(survivor, other)
        for case in (survivor, other):
            refuse_while_anothers(case, staff)
        before = {"other": kept(other, DECIDED), "survivor": kept(survivor, DRAWN)}
        root, made = root_for(survivor)
        stories = attach(other.story_id, root) if other.story_id else {}
        done = Regrouping.objects.create(
            kind=Regrouping.Kind.MERGED,
            case=survivor,
            other=other,
            before=before | {"stories": stories, "made": made},
            articles=other.article_count,
            by_id=staff.pk,
            at=timezone.now(),
        )
        lives_on_in(other, survivor, staff)
        regrouped(survivor, "merged", staff, number=other.number)
        announce(root, demo=survivor.demo)
        return done


def refuse_merging(survivor: Flashpoint, other: Flashpoint) -> None:
    """Raises Conflict where merging them, this way round, would be wrong or dangerous."""
    refuse_unless(survivor, *LIVE)
    duplicate = other.state == State.DISMISSED and other.dismissal == Dismissal.DUPLICATE
    if not duplicate:
        refuse_unless(other, *LIVE)
    refuse_demo_with_real(survivor, other)
    if other.state != State.CONFIRMED:
        return
    names = {"one": survivor.number, "other": other.number}
    if survivor.state == State.CONFIRMED:
        raise Conflict(
            _(
                "Experts are asked for %(one)s and for %(other)s. Undo one of the two "
                "confirmations first; then merge that case into the other."
            )
            % names
        )
    raise Conflict(
        _("Experts are asked for %(other)s: let %(other)s go on, and %(one)s live on in it.")
        % names
    )


def lives_on_in(other: Flashpoint, survivor: Flashpoint, staff: AbstractBaseUser) -> None:
    """Mark a case as merged away, and say so; its number leads to the survivor from now on."""
    other.state = State.MERGED
    other.merged_into = survivor
    other.held_until = None
    let_go(other)
    event = FlashpointMerged(flashpoint=other.pk, into=survivor.pk, demo=other.demo)
    record(other, "merged_away", staff, event, number=survivor.number)
