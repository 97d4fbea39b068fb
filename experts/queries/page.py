"""What an expert's page shows: read only, so that opening it changes nothing."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import override

from experts import speech
from experts.mail import Matter, Reader, paragraphs, question_of, sources_of
from experts.models import AskState, MobilisationState, Purpose, Why
from experts.queries.links import Behind, find
from experts.schedule import again_at


@dataclass(frozen=True, slots=True)
class Page:
    """One person's view of one ask.

    kind: which page: question, accepted, declined, filled, reserve, stood_down, expired,
    withdrawn, replaced (a newer link exists), over (the deadline has passed).
    may: what can be sent from here. stamp: changes with every answer, so that a form that was
    drawn before it does nothing. later: {"hour": words, "morning": words} as far as they lie
    before the deadline.
    """

    kind: str
    link: int
    ask: UUID
    stamp: str
    may: frozenset[str]
    reader: Reader
    matter: Matter
    question: str
    paragraphs: list[dict[str, Any]]
    sources: list[dict[str, Any]]
    by: str
    left: str
    answer_by: str
    answered: str = ""
    undo_by: str = ""
    why: str = ""
    again: str = ""
    later: dict[str, str] = field(default_factory=dict)
    suggested: int = 0
    changed: str = ""

    @property
    def language(self) -> str:
        """ISO 639-1 code in which the page speaks."""
        return self.reader.language


def page_of(token: str, now: datetime | None = None) -> Page | None:
    """The page behind a token; None for a link that we never gave."""
    link = find(token)
    if link is None:
        return None
    behind = Behind(link, link.ask, link.ask.mobilisation, now or timezone.now())
    with override(link.ask.language):
        return _page(behind)


def _page(at: Behind) -> Page:
    expert, ask = at.ask.expert, at.ask
    reader = Reader(expert.name, ask.language, expert.timezone)
    matter, changed_at = _matter(at)
    kind = _kind(at)
    return Page(
        kind=kind,
        link=at.link.pk,
        ask=ask.pk,
        stamp=f"{ask.state}:{ask.answered_at.isoformat() if ask.answered_at else ''}",
        may=_may(at, kind),
        reader=reader,
        matter=matter,
        question=question_of(matter, reader, at.now),
        paragraphs=paragraphs(matter.sentences),
        sources=[_source(one, reader) for one in sources_of(matter.sentences)],
        by=speech.day_and_hour(matter.deadline_at, at.now, reader.timezone, reader.language),
        left=speech.time_left(matter.deadline_at, at.now, reader.language),
        answer_by=_hour(ask.due_at, reader),
        answered=_hour(ask.answered_at, reader),
        undo_by=_hour(ask.undo_until, reader),
        why=ask.why,
        again=_moment(ask.ask_again_at, at, reader),
        later=_later(at, reader),
        suggested=ask.suggestions.count(),
        changed=_hour(changed_at, reader) if changed_at > ask.asked_at else "",
    )


def _kind(at: Behind) -> str:
    state = at.ask.state
    if at.mobilisation.state == MobilisationState.STOPPED or state == AskState.WITHDRAWN:
        return "withdrawn"
    if not at.is_running() and state != AskState.ACCEPTED:
        return "over"
    if state == AskState.ASKED and not at.is_too_late():
        if at.link.revoked_at or at.link.purpose != Purpose.ANSWER:
            return "replaced"
        return "question"
    if at.is_too_late() or (state == AskState.STOOD_DOWN and at.ask.why == Why.FILLED):
        return "filled"
    return str(state)


def _may(at: Behind, kind: str) -> frozenset[str]:
    found = set()
    if kind == "question" and at.may_answer():
        found |= {"yes", "no", "later", "never"}
    if at.may_suggest() and kind != "filled":
        found.add("suggest")
    if at.may_undo():
        found.add("undo")
    if at.may_wait():
        found.add("reserve")
    return frozenset(found)


def _matter(at: Behind) -> tuple[Matter, datetime]:
    brief = at.mobilisation.briefs.latest("version")
    staff = get_user_model().objects.filter(pk=at.mobilisation.prepared_by).first()
    matter = Matter(
        number=at.mobilisation.case_number,
        place=at.mobilisation.place,
        sentences=brief.sentences,
        ask_text=brief.ask_text,
        deadline_at=at.mobilisation.deadline_at,
        asker=staff.get_full_name() if staff is not None else "",
    )
    return matter, brief.made_at


def _source(source: dict[str, Any], reader: Reader) -> dict[str, Any]:
    said = str(source.get("at") or "")
    language = str(source.get("language") or "")
    return {
        **source,
        "hour": _hour(datetime.fromisoformat(said), reader) if said else "",
        "language_name": speech.name_of_language(language, reader.language) if language else "",
    }


def _later(at: Behind, reader: Reader) -> dict[str, str]:
    times = {
        "hour": again_at(at.now, reader.timezone, "hour"),
        "morning": again_at(at.now, reader.timezone, "morning"),
    }
    last = at.mobilisation.deadline_at
    return {key: _moment(time, at, reader) for key, time in times.items() if time < last}


def _moment(time: datetime | None, at: Behind, reader: Reader) -> str:
    return speech.day_and_hour(time, at.now, reader.timezone, reader.language) if time else ""


def _hour(time: datetime | None, reader: Reader) -> str:
    return speech.hour(time, reader.timezone, reader.language) if time else ""
