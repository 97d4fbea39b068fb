"""The alert before it goes out: as a preview, and as a mail to the staff member who prepares it."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from experts import mail
from experts.mail import Letter, Matter, Reader
from experts.models import Expert
from experts.plan import MobilisationPlan
from experts.schedule import answer_by
from experts.services.letters import name_of_staff, reader_of
from experts.services.preparing import stored
from streams.mail.outgoing import Outgoing
from streams.mail.services import queue


def alert_preview(
    plan: MobilisationPlan, number: str, staff_id: int, expert_id: UUID | None = None
) -> Letter:
    """The alert as this expert would get it when the hold is over, if it began now; without an
    expert, addressed to the staff member. Its links lead to the sample page. Raises
    Expert.DoesNotExist."""
    sent_at = timezone.now() + timedelta(seconds=settings.ASK_HOLD)
    reader = (
        reader_of(Expert.objects.get(pk=expert_id))
        if expert_id
        else Reader(name_of_staff(staff_id))
    )
    matter = Matter(
        number=number,
        place=plan.place,
        sentences=[stored(sentence) for sentence in plan.sentences if sentence.text.strip()],
        ask_text=plan.ask_text,
        deadline_at=plan.deadline_at,
        asker=name_of_staff(staff_id),
    )
    due_at = answer_by(sent_at, plan.deadline_at, plan.answer_minutes, settings.ASK_ANSWER_MINUTES)
    return mail.alert(
        reader, matter, due_at, settings.BASE_URL + reverse("experts:sample"), sent_at
    )


def send_me_alert(
    staff_id: int, plan: MobilisationPlan, number: str, expert_id: UUID | None = None
) -> UUID:
    """Queues that same mail to the staff member; returns the message's id."""
    letter = alert_preview(plan, number, staff_id, expert_id)
    with transaction.atomic():
        return queue(
            Outgoing(
                to_ref=f"staff:{staff_id}",
                subject=letter.subject,
                text=letter.text,
                html=letter.html,
                language=letter.language,
                reason=f"sample:{staff_id}",
                sensitive=False,
            )
        )
