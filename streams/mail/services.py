"""Queue a message, and what may happen to it afterwards."""

from datetime import timedelta
from email.utils import parseaddr
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from uuid_utils.compat import uuid7

from streams.events import MailQueued, MailSent
from streams.log import append
from streams.mail.models import Message, MessageState
from streams.mail.outgoing import Outgoing
from streams.plain import storable

LEASE = timedelta(minutes=2)


def queue(message: Outgoing) -> UUID:
    """Writes the message into the outbox, in the caller's transaction; returns its id."""
    ident = uuid7()
    domain = parseaddr(settings.MAIL_FROM)[1].rpartition("@")[2] or "localhost"
    Message.objects.create(
        id=ident,
        to_ref=message.to_ref,
        subject=" ".join(message.subject.split())[:300],
        text=message.text,
        html=message.html,
        language=message.language,
        reason=message.reason,
        thread=message.thread,
        reply_to=message.reply_to,
        sensitive=message.sensitive,
        demo=message.demo,
        message_id=f"<{ident}@{domain}>",
        queued_at=timezone.now(),
    )
    append(MailQueued(message=ident, demo=message.demo))
    return ident


def lease(message_id: UUID) -> Message | None:
    """Takes the right to send it for two minutes; None when it is final or somebody has it.

    A failed one may be taken: somebody took its event out of the dead letters.
    """
    now = timezone.now()
    free = Q(state__in=(MessageState.QUEUED, MessageState.FAILED))
    free |= Q(state=MessageState.SENDING, lease_until__lte=now)
    taken = Message.objects.filter(free, pk=message_id).update(
        state=MessageState.SENDING, lease_until=now + LEASE, attempts=F("attempts") + 1
    )
    return Message.objects.get(pk=message_id) if taken else None


def give_back(message_id: UUID, why: str) -> None:
    """Ends the lease after a failure that may heal."""
    Message.objects.filter(pk=message_id, state=MessageState.SENDING).update(
        state=MessageState.QUEUED, lease_until=None, why=storable(why, 300)
    )


def settle(
    message_id: UUID, state: MessageState, *, why: str = "", provider_id: str = "",
    kept_here: bool = False,
) -> bool:  # fmt: skip
    """Books the end of a message in the caller's transaction; False when it had ended before."""
    now = timezone.now()
    open_ones = Message.objects.filter(
        pk=message_id, state__in=(MessageState.QUEUED, MessageState.SENDING)
    )
    changed = open_ones.update(
        state=state,
        why=storable(why, 300),
        provider_id=storable(provider_id, 200),
        kept_here=kept_here,
        lease_until=None,
        sent_at=now if state == MessageState.SENT else None,
    )
    if changed:
        demo = Message.objects.values_list("demo", flat=True).get(pk=message_id)
        append(MailSent(message=message_id, state=str(state), demo=demo))
    return bool(changed)


@transaction.atomic
def remove_demo() -> dict[str, int]:
    """Deletes every message of the demonstration; returns counts by name."""
    gone, _ = Message.objects.filter(demo=True).delete()
    return {"messages": gone}
