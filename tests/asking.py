"""Builders for tests of mobilising: invented people, a plan, a mobilisation that asks.

All of them are invented; their addresses end in .example.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import User
from django.utils import timezone

from experts import jobs, services
from experts.models import Ask, AskState, Consent, Contact, Expert, Mobilisation, Proposal, Purpose
from experts.plan import BriefSentence, MobilisationPlan, SlatePick
from experts.queries.links import token_of
from streams.mail.models import Message, MessageState
from tests.builders import drain

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
STAGES = ("mobilise", "send")


def expert(name: str, **more: Any) -> Expert:
    """An invented person who may be asked."""
    ref = name.lower().replace(" ", "-")
    known: dict[str, Any] = {"country": "TN", "languages": ["en"], "timezone": "Africa/Tunis"}
    made = Expert.objects.create(ref=ref, name=name, **{**known, **more})
    Contact.objects.create(expert=made, email=f"{ref}@people.example")
    Consent.objects.create(expert=made, at=NOON - timedelta(days=90), source="test")
    return made


def people(count: int) -> list[Expert]:
    """`count` invented people, in the order in which they stand on the slate."""
    return [expert(f"Person {n}") for n in range(1, count + 1)]


def staff() -> User:
    """The invented member of staff who prepares."""
    made, _new = User.objects.get_or_create(
        username="tamar", defaults={"first_name": "Tamar", "last_name": "Olin", "is_staff": True}
    )
    return made


def plan(listed: Sequence[Expert], **more: Any) -> MobilisationPlan:
    """A plan with two places, six hours, and these people on the slate."""
    known: dict[str, Any] = {
        "slots": 2,
        "deadline_at": timezone.now() + timedelta(hours=6),
        "sentences": (
            BriefSentence(
                "A fire destroyed a room in the old fish hall.",
                source_article=uuid4(),
                source_title="Incendio nella sala del porto",
                source_url="https://ligustro.example/a/1131",
                source_outlet="Gruppo Ligustro",
                source_language="it",
                source_at=timezone.now() - timedelta(hours=1),
            ),
            BriefSentence("Nobody was hurt."),
        ),
        "ask_text": "700 words, in Arabic, French or Italian.",
        "slate": tuple(SlatePick(one.pk) for one in listed),
        "place": "Porto Sereno",
        "topics": ("religion", "worship", "it"),
    }
    return MobilisationPlan(**{**known, **more})


def prepared(listed: Sequence[Expert], ranked: Sequence[Expert] = (), **more: Any) -> Mobilisation:
    """A confirmed case whose hold has just begun."""
    case = uuid4()
    lines = [{"expert": str(one.pk), "score": 1.0, "reasons": []} for one in ranked]
    Proposal.objects.create(case=case, ranking=lines, slate=[], at=timezone.now())
    made = services.prepare_mobilisation(
        case_id=case, number="26-1121-04", plan=plan(listed, **more), staff_id=staff().pk
    )
    return Mobilisation.objects.get(pk=made)


def asking(listed: Sequence[Expert], ranked: Sequence[Expert] = (), **more: Any) -> Mobilisation:
    """A mobilisation whose first wave has left. Needs settings.ASK_HOLD = 0."""
    made = prepared(listed, ranked, **more)
    drain(STAGES)
    made.refresh_from_db()
    return made


def ask_of(mobilisation: Mobilisation, person: Expert) -> Ask:
    """The ask of one person."""
    return mobilisation.asks.get(expert=person)


def token(mobilisation: Mobilisation, person: Expert, purpose: Purpose = Purpose.ANSWER) -> str:
    """The token of the newest link that this person got."""
    newest = ask_of(mobilisation, person).links.filter(purpose=purpose).latest("id")
    return token_of(newest)


def states(mobilisation: Mobilisation) -> dict[str, str]:
    """Every ask's state by the person's name."""
    return dict(mobilisation.asks.values_list("expert__name", "state").order_by("expert__name"))


def open_asks(mobilisation: Mobilisation) -> set[str]:
    """The names of those who are being asked now."""
    return {name for name, state in states(mobilisation).items() if state == AskState.ASKED}


def mails(reason: str) -> set[str]:
    """To whom mails of this reason ("ask", "stood_down", ...) really left, by name."""
    sent = Message.objects.filter(reason__startswith=f"{reason}:", state=MessageState.SENT)
    asks = [row.reason.partition(":")[2] for row in sent]
    return set(Ask.objects.filter(pk__in=asks).values_list("expert__name", flat=True))


def go_on() -> None:
    """Lets the clock look and the stages run."""
    jobs.waves()
    drain(STAGES)
