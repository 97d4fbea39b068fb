"""Stage send: takes a queued message to its transport, once as far as a crash allows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from streams import tally
from streams.events import MailQueued
from streams.mail import registry, services
from streams.mail.models import Message, MessageState
from streams.mail.outgoing import LINK, Envelope, is_own, stays_here
from streams.mail.transports import Mailbox, Refused, Unwritable, transport
from streams.retry import Transient


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one message."""

    message: UUID
    state: MessageState
    why: str = ""
    provider_id: str = ""
    kept_here: bool = False


def prepare(events: Sequence[MailQueued]) -> list[Sent]:
    """Sends, outside any transaction. A crash after this repeats one mail and loses none."""
    return [found for event in events if (found := _send(event.message)) is not None]


def apply(prepared: list[Sent]) -> None:
    """Books what was sent."""
    for sent in prepared:
        services.settle(
            sent.message,
            sent.state,
            why=sent.why,
            provider_id=sent.provider_id,
            kept_here=sent.kept_here,
        )
        tally.count(f"mail.{sent.state}")


def _send(message_id: UUID) -> Sent | None:
    message = services.lease(message_id)
    if message is None:
        _come_back_if_leased(message_id)
        return None
    try:
        return _hand_over(message)
    except Refused as error:
        return Sent(message_id, MessageState.REFUSED, why=str(error))
    except Exception as error:
        known = isinstance(error, Transient | Unwritable)
        services.give_back(message_id, str(error) if known else "it cannot be sent as it is")
        raise


def _come_back_if_leased(message_id: UUID) -> None:
    """Final or gone: nothing to do. Leased: come back when the lease is over."""
    state = Message.objects.filter(pk=message_id).values_list("state", flat=True).first()
    if state == MessageState.SENDING:
        raise Transient("another worker is sending it", after=services.LEASE)


def _hand_over(message: Message) -> Sent:
    if not registry.still_holds(message.reason):
        return Sent(message.pk, MessageState.WITHDRAWN, why="the reason no longer holds")
    address = registry.address(message.to_ref)
    if not address:
        return Sent(message.pk, MessageState.REFUSED, why="there is no address (any more)")
    here = message.demo or stays_here(address)
    way = Mailbox() if here else transport()
    try:
        envelope = _envelope(message, address)
    except LookupError:
        return Sent(message.pk, MessageState.WITHDRAWN, why="its link was revoked")
    provider_id = way.send(envelope)
    return Sent(message.pk, MessageState.SENT, provider_id=provider_id, kept_here=not way.leaves)


def _envelope(message: Message, address: str) -> Envelope:
    return Envelope(
        to=address,
        sender=settings.MAIL_FROM,
        subject=message.subject,
        text=fill_links(message.text, message),
        html=fill_links(message.html, message),
        message_id=message.message_id,
        thread=message.thread,
        reply_to=message.reply_to,
        language=message.language,
    )


def fill_links(body: str, message: Message) -> str:
    """The body with the message's own placeholders made real links (see `is_own`). Raises
    LookupError for a revoked one."""

    def real(found: "re.Match[str]") -> str:
        own = is_own(found[2], message.to_ref, message.reason)
        return registry.link(found[1], found[2]) if own else found[0]

    return LINK.sub(real, body)
