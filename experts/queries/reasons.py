"""Whether a mail that waits may still leave: asked just before it is sent."""

from experts.models import Ask, AskState, Mobilisation, MobilisationState, Risk
from streams.mail.models import Message, MessageState


def ask_is_open(ask_id: str) -> bool:
    """The alert: the ask is open, places are, and the person may still be asked."""
    ask = _mailable(ask_id)
    if ask is None or ask.state != AskState.ASKED:
        return False
    asking = ask.mobilisation.state == MobilisationState.ASKING
    return asking and bool(ask.expert.askable)


def holds_a_place(ask_id: str) -> bool:
    """The receipt: the yes still stands."""
    ask = _mailable(ask_id)
    return ask is not None and ask.state == AskState.ACCEPTED


def is_stood_down(ask_id: str) -> bool:
    """The stand-down: only for somebody whom the alert has reached."""
    ask = _mailable(ask_id)
    return ask is not None and ask.state == AskState.STOOD_DOWN and _was_told(ask_id)


def is_withdrawn(ask_id: str) -> bool:
    """The withdrawal: only for somebody whom the alert has reached."""
    ask = _mailable(ask_id)
    return ask is not None and ask.state == AskState.WITHDRAWN and _was_told(ask_id)


def nobody_is_left(mobilisation_id: str) -> bool:
    """The note to staff: places are still open and nobody is left."""
    found = Mobilisation.objects.filter(pk=mobilisation_id, exhausted_at__isnull=False)
    return found.filter(state=MobilisationState.ASKING).exists()


def _mailable(ask_id: str) -> Ask | None:
    wanted = Ask.objects.select_related("mobilisation", "expert__contact", "expert__consent")
    ask = wanted.filter(pk=ask_id).first()
    if ask is None:
        return None
    shielded = ask.mobilisation.slate.filter(expert=ask.expert, risk=Risk.DO_NOT_MAIL)
    return None if shielded.exists() else ask


def _was_told(ask_id: str) -> bool:
    left = (MessageState.SENT, MessageState.SENDING)
    return Message.objects.filter(reason=f"ask:{ask_id}", state__in=left).exists()
