"""Makes, finds and revokes the links of asks; fills them into a mail when it leaves."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from experts import links
from experts.models import Ask, Link, Purpose


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


def find(token: str) -> Link | None:
    """The link behind a token, whatever became of it; None for one that we never gave."""
    if not links.looks_like_token(token):
        return None
    wanted = Link.objects.select_related("ask__mobilisation", "ask__expert")
    return wanted.filter(token_hash=links.hash_of(token)).first()


def token_of(link: Link) -> str:
    """The token of a row. For the mail that leaves, and for nothing else."""
    return links.derive(settings.SECRET_KEY, link.ask_id, link.purpose, link.nonce)


def answer_url(ask_id: str) -> str:
    """The address of an ask's newest answer link (a revoked one still tells what happened)."""
    return _url(ask_id, Purpose.ANSWER)


def undo_url(ask_id: str) -> str:
    """The address under which a person takes an answer back."""
    return _url(ask_id, Purpose.UNDO)


def _url(ask_id: str, purpose: Purpose) -> str:
    newest = Link.objects.filter(ask_id=UUID(ask_id), purpose=purpose).order_by("-id").first()
    if newest is None:
        raise LookupError(f"ask {ask_id} has no {purpose} link")
    return settings.BASE_URL + reverse("experts:ask", args=[token_of(newest)])
