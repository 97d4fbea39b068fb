"""What lies behind a link: the ask it belongs to, and what may be done through it now."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from experts import links
from experts.models import Ask, AskState, Link, Mobilisation, MobilisationState, Purpose, Why

RUNNING = (MobilisationState.ASKING, MobilisationState.FILLED)


@dataclass(slots=True)
class Behind:
    """A link with its ask and mobilisation as they stand at `now`."""

    link: Link
    ask: Ask
    mobilisation: Mobilisation
    now: datetime

    def is_running(self) -> bool:
        """Whether anything can still be done through this link at all."""
        return self.mobilisation.state in RUNNING and self.link.expires_at > self.now

    def may_answer(self) -> bool:
        """Whether yes, no and later are open to this link now."""
        holds = self.link.revoked_at is None and self.link.purpose == Purpose.ANSWER
        return self.is_running() and holds and self.ask.state == AskState.ASKED

    def may_suggest(self) -> bool:
        """Whether somebody else can be named: with the ask open, or after a no."""
        here = self.ask.state in (AskState.ASKED, AskState.DECLINED)
        return self.is_running() and here and self.link.purpose == Purpose.ANSWER

    def may_undo(self) -> bool:
        """Whether the last answer can be taken back."""
        if self.ask.state == AskState.RESERVE:
            return self.is_running()
        answered = self.ask.state in (AskState.ACCEPTED, AskState.DECLINED)
        until = self.ask.undo_until
        return self.is_running() and answered and until is not None and until > self.now

    def is_too_late(self) -> bool:
        """Whether the ask is open but others took all places a moment ago."""
        return (
            self.ask.state == AskState.ASKED and self.mobilisation.state == MobilisationState.FILLED
        )

    def may_wait(self) -> bool:
        """Whether the person may go into the reserve; a revoked link may still do this."""
        kindly = (
            self.is_too_late()
            or self.ask.state == AskState.EXPIRED
            or (self.ask.state == AskState.STOOD_DOWN and self.ask.why == Why.FILLED)
        )
        return kindly and self.is_running()


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
    """The address of an ask's newest answer link (a revoked one still tells what happened).
    Raises LookupError when there is none."""
    return _url(ask_id, Purpose.ANSWER)


def undo_url(ask_id: str) -> str:
    """The address under which a person takes a yes back. Raises LookupError."""
    return _url(ask_id, Purpose.UNDO)


def _url(ask_id: str, purpose: Purpose) -> str:
    newest = Link.objects.filter(ask_id=UUID(ask_id), purpose=purpose).order_by("-id").first()
    if newest is None:
        raise LookupError(f"ask {ask_id} has no {purpose} link")
    return settings.BASE_URL + reverse("experts:ask", args=[token_of(newest)])
