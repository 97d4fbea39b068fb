"""Mails to staff on duty: what they say, in each reader's language. Reads, writes nothing."""

from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from babel import Locale, UnknownLocaleError
from django.conf import settings
from django.contrib.auth.models import User
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from experts.models import Ask, AskState, Mobilisation
from rrmm.accounts import queries as accounts
from rrmm.flashpoints.models import FaultLine, Flashpoint
from rrmm.flashpoints.queries.rule import in_words
from streams.mail.outgoing import Outgoing

OPENED, RETURNED, ANSWERS = "opened", "returned", "answers"
SEVERITIES = ("", "low", "raised", "serious", "grave")


@dataclass(frozen=True, slots=True)
class Letter:
    """Mails about one case; `kind`: OPENED, RETURNED, ANSWERS. `urgent` ones are never bundled."""

    case: UUID
    kind: str
    urgent: bool
    mails: tuple[Outgoing, ...]


def write(case: Flashpoint, kind: str, urgent: bool = False) -> Letter:
    """A mail to each person on duty, as the case stands now; from severity 3 on always urgent."""
    answers = _answers(case) if kind == ANSWERS else None
    mails = tuple(_mail(case, kind, person, answers) for person in accounts.on_duty())
    return Letter(case.pk, kind, urgent or case.severity >= 3, mails)


@dataclass(frozen=True, slots=True)
class _Answers:
    asked: int
    yes: int
    no: int
    silent: int
    slots: int
    filled: int


def _answers(case: Flashpoint) -> _Answers:
    asking = str(case.mobilisation) if case.mobilisation else str(UUID(int=0))
    states = Ask.objects.filter(mobilisation_id=asking).values_list("state", flat=True)
    counts = Counter(states)
    row = Mobilisation.objects.filter(pk=asking).first()
    return _Answers(
        asked=sum(counts.values()),
        yes=counts[AskState.ACCEPTED],
        no=counts[AskState.DECLINED],
        silent=counts[AskState.ASKED] + counts[AskState.EXPIRED],
        slots=row.slots if row else 0,
        filled=row.filled if row else 0,
    )


def _mail(case: Flashpoint, kind: str, person: User, answers: _Answers | None) -> Outgoing:
    language = accounts.profile_of(person).language
    with translation.override(language):
        context = _context(case, answers, language)
        text = render_to_string(f"flashpoints/mail/{kind}.txt", context)
        html = render_to_string(f"flashpoints/mail/{kind}.html", context)
        subject = _subject(case, kind, context, answers)
    return Outgoing(
        to_ref=f"staff:{person.pk}",
        subject=subject,
        text=text,
        html=html,
        language=language,
        reason=f"{'answers' if kind == ANSWERS else 'flashpoint'}:{case.pk}",
        demo=case.demo,
        sensitive=False,
    )


def _subject(case: Flashpoint, kind: str, context: dict[str, Any], answers: _Answers | None) -> str:
    words = {"where": context["where"], "number": case.number}
    if answers is None:
        words["severity"] = str(case.severity)
        if kind == RETURNED:
            return _("Back: %(where)s, severity %(severity)s of 4 (%(number)s)") % words
        return _("New: %(where)s, severity %(severity)s of 4 (%(number)s)") % words
    words |= {"yes": str(answers.yes), "asked": str(answers.asked)}
    return _("%(where)s: %(yes)s of %(asked)s asked said yes (%(number)s)") % words


def _context(case: Flashpoint, answers: _Answers | None, language: str) -> dict[str, Any]:
    names = {
        "low": _("low"),
        "raised": _("raised"),
        "serious": _("serious"),
        "grave": _("grave"),
    }
    return {
        "case": case,
        "where": _where(case, language),
        "severity": names[SEVERITIES[case.severity]],
        "lines": ", ".join(str(FaultLine(line).label) for line in case.lines),
        "back": in_words(case.back_because),
        "rule": in_words(case.rule),
        "answers": answers,
        "url": f"{settings.BASE_URL}{reverse('staff:case', args=[case.pk])}",
    }


def _where(case: Flashpoint, language: str) -> str:
    try:
        country = Locale.parse(language.replace("-", "_")).territories.get(case.country, "")
    except (ValueError, UnknownLocaleError):
        country = case.country
    known = [part for part in (case.place, country or case.country) if part]
    return ", ".join(dict.fromkeys(known)) or _("place not known")
