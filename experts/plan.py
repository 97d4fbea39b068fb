"""What staff fix when they confirm a case: brief, slots, slate. Pure values, no Django."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

Risk = Literal["ordinary", "do_not_mail"]


@dataclass(frozen=True, slots=True)
class BriefSentence:
    """One sentence of "what happened" and the article that says so (none: staff's own words)."""

    text: str
    source_article: UUID | None = None
    source_title: str = ""
    source_url: str = ""
    source_outlet: str = ""
    source_language: str = ""
    source_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SlatePick:
    """One person of the slate, in the order in which staff want them asked.

    risk: "do_not_mail" keeps the person on the slate but no mail of ours ever goes there (E10).
    reasons: short checkable phrases, shown to staff only.
    """

    expert: UUID
    risk: Risk = "ordinary"
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MobilisationPlan:
    """Everything that the first wave needs.

    answer_minutes: fixed answer time; None: the rule decides (experts.schedule.answer_by).
    languages: ISO 639-1 codes in which a text is welcome, most wanted first.
    place: public name of the scene, for the neutral subject line ("Porto Sereno: can you ...").
    topics: codes of the case (fault lines, trigger, countries) that people may have refused.
    """

    slots: int
    deadline_at: datetime
    sentences: tuple[BriefSentence, ...]
    ask_text: str
    slate: tuple[SlatePick, ...]
    kind: str = "op-ed"
    answer_minutes: int | None = None
    languages: tuple[str, ...] = ()
    place: str = ""
    topics: tuple[str, ...] = ()


def quoted_language(text: str, title: str, language: str) -> str:
    """The language of a brief's sentence as far as we know it: the article's where the sentence
    is its headline; "" for words of staff, who may have translated it."""
    return language if text.strip(_ENDS) == title.strip(_ENDS) else ""


_ENDS = " .!?…。！？؟।"
