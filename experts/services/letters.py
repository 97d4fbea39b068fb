"""Rows to letters: who reads, what about, and the finished message for the outbox."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from django.contrib.auth import get_user_model

from experts import mail
from experts.links import placeholder
from experts.mail import Letter, Matter, Reader
from experts.models import Ask, Brief, Expert, Mobilisation
from experts.speech import language_for
from streams.mail.outgoing import Outgoing


def reader_of(expert: Expert) -> Reader:
    """How we write to this person."""
    return Reader(expert.name, language_for(expert.languages), expert.timezone)


def name_of_staff(staff_id: int) -> str:
    """The name with which a staff member signs; "" when there is none (any more)."""
    found = get_user_model().objects.filter(pk=staff_id).first()
    return found.get_full_name() if found is not None else ""


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the mails of one mobilisation by one version of its brief, at one moment.

    Links are placeholders; streams.mail fills them in when the mail leaves.
    """

    mobilisation: Mobilisation
    matter: Matter
    now: datetime

    @classmethod
    def of(cls, mobilisation: Mobilisation, brief: Brief, now: datetime) -> Self:
        """A writer that has read what it needs."""
        matter = Matter(
            number=mobilisation.case_number,
            place=mobilisation.place,
            sentences=brief.sentences,
            ask_text=brief.ask_text,
            deadline_at=mobilisation.deadline_at,
            asker=name_of_staff(mobilisation.prepared_by),
        )
        return cls(mobilisation, matter, now)

    def alert(
        self, expert: Expert, ask_id: UUID, due_at: datetime, *, from_reserve: bool
    ) -> Outgoing:
        """The ask."""
        letter = mail.alert(
            reader_of(expert),
            self.matter,
            due_at,
            placeholder("answer", ask_id),
            self.now,
            from_reserve=from_reserve,
        )
        return self._to(letter, expert.pk, f"ask:{ask_id}")

    def receipt(self, ask: Ask) -> Outgoing:
        """The receipt of a yes."""
        letter = mail.receipt(
            reader_of(ask.expert),
            self.matter,
            self.now,
            link=placeholder("answer", ask.pk),
            undo_link=placeholder("undo", ask.pk),
            undo_until=ask.undo_until or self.now,
        )
        return self._to(letter, ask.expert_id, f"receipt:{ask.pk}")

    def stood_down(self, ask: Ask) -> Outgoing:
        """Thanks: the places are filled."""
        link = placeholder("answer", ask.pk)
        letter = mail.stood_down(reader_of(ask.expert), self.matter, link, self.now)
        return self._to(letter, ask.expert_id, f"stood_down:{ask.pk}")

    def withdrawn(self, ask: Ask) -> Outgoing:
        """We take the ask back."""
        link = placeholder("answer", ask.pk)
        letter = mail.withdrawn(reader_of(ask.expert), self.matter, link, self.now)
        return self._to(letter, ask.expert_id, f"withdrawn:{ask.pk}")

    def nobody_left(self) -> Outgoing:
        """To the staff member who prepared it: nobody is left to ask."""
        letter = mail.nobody_left(Reader(self.matter.asker), self.matter, self.now)
        return Outgoing(
            to_ref=f"staff:{self.mobilisation.prepared_by}",
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
            reason=f"nobody_left:{self.mobilisation.pk}",
            thread=f"case-{self.mobilisation.case_number}",
            demo=self.mobilisation.demo,
        )

    def _to(self, letter: Letter, expert: UUID, reason: str) -> Outgoing:
        """All mails of a case to one person are one thread."""
        return Outgoing(
            to_ref=f"expert:{expert}",
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
            reason=reason,
            language=letter.language,
            thread=f"case-{self.mobilisation.case_number}-{expert}",
            demo=self.mobilisation.demo,
        )
