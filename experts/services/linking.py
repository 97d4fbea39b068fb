"""Makes and revokes the links of asks, and counts what is sent through them."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from experts import links
from experts.models import Ask, Link, Purpose

POSTS = 30
POSTS_WITHIN = timedelta(minutes=10)
"""More than this through one link is no person answering."""


def make_link(ask: Ask, purpose: Purpose, expires_at: datetime, now: datetime) -> Link:
    """A new link of this purpose; the ones before it answer nothing any more."""
    revoke(ask.pk, now, purpose)
    nonce = links.new_nonce()
    token = links.derive(settings.SECRET_KEY, ask.pk, purpose, nonce)
    return Link.objects.create(
        ask=ask,
        purpose=purpose,
        nonce=nonce,
        token_hash=links.hash_of(token),
        made_at=now,
        expires_at=expires_at,
    )


def revoke(ask_id: UUID, now: datetime, *purposes: Purpose) -> int:
    """Revokes the links of an ask, of these purposes (none given: of all). Returns how many."""
    found = Link.objects.filter(ask_id=ask_id, revoked_at__isnull=True)
    if purposes:
        found = found.filter(purpose__in=purposes)
    return found.update(revoked_at=now)


def may_post(token: str) -> bool:
    """Counts one sending through a link; False when there were too many in the last minutes."""
    now = timezone.now()
    mine = Link.objects.filter(token_hash=links.hash_of(token))
    fresh = Q(posts_since=None) | Q(posts_since__lte=now - POSTS_WITHIN)
    if mine.filter(fresh).update(posts=1, posts_since=now):
        return True
    return bool(mine.filter(posts__lt=POSTS).update(posts=F("posts") + 1))
