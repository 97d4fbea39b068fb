"""Who is asked for a case, and what they say: the part of the case page about people."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from experts.mail import language_of
from experts.models import Ask, AskState, Brief, Mobilisation, Risk, Why
from rrmm.flashpoints.models import Flashpoint
from rrmm.web.presenters.person import Person
from rrmm.web.presenters.scale import scale
from rrmm.web.staff import people

LOOKS: dict[str, tuple[str, Any, str]] = {
    AskState.ASKED: ("clock", gettext_lazy("Waiting for an answer"), ""),
    AskState.ACCEPTED: ("check", gettext_lazy("Yes"), "good"),
    AskState.DECLINED: ("cross", gettext_lazy("No"), "faint"),
    AskState.EXPIRED: ("clock", gettext_lazy("No answer in time"), "faint"),
    AskState.STOOD_DOWN: ("silence", gettext_lazy("Stood down with thanks"), "faint"),
    AskState.RESERVE: ("pause", gettext_lazy("In reserve"), ""),
    AskState.WITHDRAWN: ("cross", gettext_lazy("Withdrawn"), "faint"),
}
"""Icon, words and class of an ask's state."""
OVER = {"filled", "ended", "stopped"}
"""States of a mobilisation in which nobody waits for an answer of theirs or ours."""
GONE = {AskState.DECLINED, AskState.EXPIRED, AskState.STOOD_DOWN, AskState.WITHDRAWN}


@dataclass(frozen=True)
class Asked:
    """One person of the slate and what became of the ask; `ask` None: not asked yet."""

    person: Person
    ask: Ask | None
    icon: str
    words: str
    css: str
    why: str
    gone: bool
    suggestions: list[Any]


def asked(case: Flashpoint, mobilisation: Mobilisation | None, q: str) -> dict[str, Any]:
    """What the case page needs of a mobilisation; little where there is none."""
    if mobilisation is None:
        return {"brief": None, "closable": False}
    now = timezone.now()
    lines = _lines(mobilisation, now)
    live = mobilisation.state in {"preparing", "asking", "filled"}
    brief = mobilisation.briefs.last()
    taken = [line.person.id for line in lines]
    return {
        "stamp": _stamp(case, mobilisation, lines),
        "everybody": lines,
        "scale": scale(lines),
        "slate_sums": people.sums([line.person for line in lines]),
        "live": live,
        "closable": case.state == "confirmed" and mobilisation.state in OVER,
        "brief": brief_view(brief) if brief else None,
        "briefs": list(mobilisation.briefs.order_by("-version")) if brief else [],
        "q": q,
        "candidates": people.candidates(case.pk, q, taken, now) if live else [],
    }


def _lines(mobilisation: Mobilisation, now: datetime) -> list[Asked]:
    asks = {
        ask.expert_id: ask
        for ask in mobilisation.asks.prefetch_related("suggestions", "links").all()
    }
    entries = list(mobilisation.slate.filter(removed=False))
    shielded = mobilisation.slate.filter(risk=Risk.DO_NOT_MAIL).values_list("expert_id", flat=True)
    risks = {str(key): str(Risk.DO_NOT_MAIL) for key in shielded}
    order: dict[UUID, None] = dict.fromkeys([*asks, *(entry.expert_id for entry in entries)])
    drawn = people.drawn(order, mobilisation.case, now, risks)
    return [_line(one, asks.get(UUID(one.id))) for one in drawn]


def _line(one: Person, ask: Ask | None) -> Asked:
    if ask is None:
        shielded = one.risk == Risk.DO_NOT_MAIL
        words = _("Never mailed for this case") if shielded else _("Not asked yet")
        return Asked(one, None, "shield" if shielded else "clock", words, "faint", "", False, [])
    icon, words, css = LOOKS[ask.state]
    return Asked(
        person=one,
        ask=ask,
        icon=icon,
        words=str(words),
        css=css,
        why=str(Why(ask.why).label) if ask.why else "",
        gone=ask.state in GONE,
        suggestions=list(ask.suggestions.all()),
    )


def _stamp(case: Flashpoint, mobilisation: Mobilisation, lines: list[Asked]) -> str:
    asks = "".join(line.ask.state[0:3] + line.person.risk[0] if line.ask else "-" for line in lines)
    newest = mobilisation.briefs.count()
    return f"{case.version}.{mobilisation.state}.{mobilisation.wave}.{newest}.{asks}"


def brief_view(brief: Brief) -> dict[str, Any]:
    """The brief with its sources numbered in the order in which they are first used."""
    numbers: dict[str, int] = {}
    sources, sentences = [], []
    for sentence in brief.sentences:
        source = sentence.get("source")
        number = 0
        if source:
            key = source.get("article") or source.get("url") or source.get("outlet", "")
            if key not in numbers:
                numbers[key] = len(numbers) + 1
                sources.append(source)
            number = numbers[key]
        language = language_of(sentence)
        sentences.append({"text": sentence["text"], "number": number, "language": language})
    return {"row": brief, "sentences": sentences, "sources": sources}
