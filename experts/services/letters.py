"""Rows to letters: who reads, what about, and the finished message for the outbox."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth import get_user_model

from experts import mail
from experts.links import placeholder
from experts.mail import Letter, Matter, Reader
from experts.models import Ask, Expert, Mobilisation
from experts.speech import language_for
from streams.mail.outgoing import Outgoing


def reader_of(expert: Expert) -> Reader:
    """How we write to this person."""
    return Reader(expert.name, language_for(expert.languages), expert.timezone)


def matter_of(mobilisation: Mobilisation) -> Matter:
    """What it is about, by its newest brief. Raises Brief.DoesNotExist for one without."""
    brief = mobilisation.briefs.latest("version")
    return Matter(
        number=mobilisation.case_number,
        place=mobilisation.place,
        sentences=brief.sentences,
        ask_text=brief.ask_text,
        deadline_at=mobilisation.deadline_at,
        asker=name_of_staff(mobilisation.prepared_by),
    )


def name_of_staff(staff_id: int) -> str:
    """The name with which a staff member signs; "" when there is none (any more)."""
    found = get_user_model().objects.filter(pk=staff_id).first()
    return found.get_full_name() if found is not None else ""


def alert_to(
    expert: Expert, ask_id: UUID, mobilisation: Mobilisation, due_at: datetime, now: datetime,
    *, from_reserve: bool,
) -> Outgoing:  # fmt: skip
    """The ask as a message; its link is filled in when it leaves."""
    letter = mail.alert(
        reader_of(expert),
        matter_of(mobilisation),
        due_at,
        placeholder("answer", ask_id),
        now,
        from_reserve=from_reserve,
    )
    return addressed(letter, expert.pk, mobilisation, f"ask:{ask_id}")


def receipt_to(ask: Ask, mobilisation: Mobilisation, now: datetime) -> Outgoing:
    """The receipt of a yes."""
    letter = mail.receipt(
        reader_of(ask.expert),
        matter_of(mobilisation),
        now,
        link=placeholder("answer", ask.pk),
        undo_link=placeholder("undo", ask.pk),
        undo_until=ask.undo_until or now,
    )
    return addressed(letter, ask.expert_id, mobilisation, f"receipt:{ask.pk}")


def stood_down_to(ask: Ask, mobilisation: Mobilisation, now: datetime) -> Outgoing:
    """Thanks: the places are filled."""
    reader, matter = reader_of(ask.expert), matter_of(mobilisation)
    letter = mail.stood_down(reader, matter, placeholder("answer", ask.pk), now)
    return addressed(letter, ask.expert_id, mobilisation, f"stood_down:{ask.pk}")


def withdrawn_to(ask: Ask, mobilisation: Mobilisation, now: datetime) -> Outgoing:
    """We take the ask back."""
    reader, matter = reader_of(ask.expert), matter_of(mobilisation)
    letter = mail.withdrawn(reader, matter, placeholder("answer", ask.pk), now)
    return addressed(letter, ask.expert_id, mobilisation, f"withdrawn:{ask.pk}")


def nobody_left_to(mobilisation: Mobilisation, now: datetime) -> Outgoing:
    """To the staff member who prepared it: nobody is left to ask."""
    staff = mobilisation.prepared_by
    letter = mail.nobody_left(Reader(name_of_staff(staff)), matter_of(mobilisation), now)
    return Outgoing(
        to_ref=f"staff:{staff}",
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        reason=f"nobody_left:{mobilisation.pk}",
        thread=f"case-{mobilisation.case_number}",
        demo=mobilisation.demo,
    )


def addressed(letter: Letter, expert: UUID, mobilisation: Mobilisation, reason: str) -> Outgoing:
    """A letter as a message to an expert; all mails of a case to one person are one thread."""
    return Outgoing(
        to_ref=f"expert:{expert}",
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        reason=reason,
        language=letter.language,
        thread=f"case-{mobilisation.case_number}-{expert}",
        demo=mobilisation.demo,
    )
