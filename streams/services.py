"""What staff may do to the flow: take dead letters out again, or discard them."""

from django.db import transaction

from streams import trail
from streams.delivery import record_of, revive


@transaction.atomic
def replay_dead(delivery_id: int, actor: trail.Actor) -> bool:
    """Puts one dead letter back in line; False when somebody had done so before."""
    record = record_of(delivery_id)
    done = revive(delivery_id)
    if done:
        trail.note(actor, "delivery.replayed", record.id, kind=record.kind, demo=record.demo)
    return done


@transaction.atomic
def discard_dead(delivery_id: int, actor: trail.Actor) -> bool:
    """Takes one dead letter off the list for good; the record itself stays in the log."""
    record = record_of(delivery_id)
    done = revive(delivery_id, discard=True)
    if done:
        trail.note(actor, "delivery.discarded", record.id, kind=record.kind, demo=record.demo)
    return done
