"""The mails that experts get, as subject, text and HTML. The two bodies say the same.

Subjects are neutral: the place, never a community or a fault line (a glance at a phone must
harm nobody). Times are in the reader's own place.
"""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import get_language_bidi, override
from django.utils.translation import gettext as _

from experts.plan import quoted_language
from experts.speech import day_and_hour, hour, is_today

WIDTH = 62
LABEL = 11


@dataclass(frozen=True, slots=True)
class Letter:
    """A rendered mail; links in it may be placeholders of streams.mail."""

    subject: str
    text: str
    html: str
    language: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a mail speaks to. timezone: IANA; language: one into which we are translated."""

    name: str
    language: str = "en"
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Matter:
    """What a mail is about. sentences: as `Brief.sentences`; asker: the name of staff on duty."""

    number: str
    place: str
    sentences: Sequence[Mapping[str, Any]]
    ask_text: str
    deadline_at: datetime
    asker: str = ""


def alert(
    reader: Reader, matter: Matter, due_at: datetime, link: str, now: datetime,
    *, from_reserve: bool = False,
) -> Letter:  # fmt: skip
    """The ask: what happened, what we ask, until when, and how to answer."""
    with override(reader.language):
        question = question_of(matter, reader, now)
        return _letter(
            "alert",
            reader,
            matter,
            now,
            subject=_subject(matter, reader, now),
            headline=question,
            link=link,
            from_reserve=from_reserve,
            sources=sources_of(matter.sentences),
            answer_by=hour(due_at, reader.timezone, reader.language),
            asks_a_month=settings.ASK_MONTH_MAX,
            paragraphs=paragraphs(matter.sentences),
        )


def question_of(matter: Matter, reader: Reader, now: datetime) -> str:
    """The ask in one sentence, for the page's and the mail's headline."""
    today = is_today(matter.deadline_at, now, reader.timezone)
    if matter.place and today:
        return _("Can you write with us today on %(place)s?") % {"place": matter.place}
    if matter.place:
        return _("Can you write with us on %(place)s?") % {"place": matter.place}
    return _("Can you write with us today?") if today else _("Can you write with us?")


def _subject(matter: Matter, reader: Reader, now: datetime) -> str:
    if not matter.place:
        return question_of(matter, reader, now)
    today = is_today(matter.deadline_at, now, reader.timezone)
    asked = _("can you write with us today?") if today else _("can you write with us?")
    return f"{matter.place}: {asked}"


def receipt(
    reader: Reader, matter: Matter, now: datetime,
    *, link: str, undo_link: str, undo_until: datetime,
) -> Letter:  # fmt: skip
    """A yes arrived; what comes next, and how to take it back."""
    with override(reader.language):
        return _letter(
            "receipt",
            reader,
            matter,
            now,
            subject=_placed(matter, _("your yes is in")),
            headline=_("Thank you. Your yes is in."),
            link=link,
            undo_link=undo_link,
            undo_by=hour(undo_until, reader.timezone, reader.language),
        )


def stood_down(reader: Reader, matter: Matter, link: str, now: datetime) -> Letter:
    """The places are filled; thanks, and the offer to stay in reserve."""
    with override(reader.language):
        return _letter(
            "stood_down",
            reader,
            matter,
            now,
            subject=_placed(matter, _("the places are filled, thank you")),
            headline=_("The places are filled. Thank you."),
            link=link,
        )


def withdrawn(reader: Reader, matter: Matter, link: str, now: datetime) -> Letter:
    """We took the ask back; nothing more is to be done."""
    with override(reader.language):
        return _letter(
            "withdrawn",
            reader,
            matter,
            now,
            subject=_placed(matter, _("we no longer ask for a text")),
            headline=_("We have taken our request back."),
            link=link,
        )


def nobody_left(reader: Reader, matter: Matter, now: datetime) -> Letter:
    """To staff: places are open and nobody is left to ask."""
    with override(reader.language):
        return _letter(
            "nobody_left",
            reader,
            matter,
            now,
            subject=_("Case %(number)s: nobody is left to ask") % {"number": matter.number},
            headline=_("Nobody is left to ask."),
        )


def sources_of(sentences: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The sources in the order of their first mention, numbered from 1; each once."""
    found: dict[str, dict[str, Any]] = {}
    for sentence in sentences:
        source = sentence.get("source")
        if source:
            found.setdefault(_key(source), {**source, "number": len(found) + 1})
    return list(found.values())


def numbered(sentences: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """`[{"text", "number", "language"}]`: every sentence with the number of its source (0: none)
    and the language it is known to be in ("": our own words)."""
    numbers = {_key(source): source["number"] for source in sources_of(sentences)}
    return [
        {
            "text": one["text"],
            "number": numbers.get(_key(one.get("source") or {}), 0),
            "language": language_of(one),
        }
        for one in sentences
    ]


def language_of(sentence: Mapping[str, Any]) -> str:
    """The language of a stored sentence; "" where it is in our own words."""
    source = sentence.get("source") or {}
    title, language = str(source.get("title", "")), str(source.get("language", ""))
    return quoted_language(sentence["text"], title, language)


def paragraphs(sentences: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """`[{"language", "sentences", "text"}]`: neighbours of one language together, so that
    scripts that run in opposite directions never share a line. text: in lines, with numbers."""
    return [
        {"language": language, "sentences": here, "text": _filled(_with_numbers(here))}
        for language, group in groupby(numbered(sentences), key=lambda one: one["language"])
        if (here := list(group))
    ]


def _key(source: Mapping[str, Any]) -> str:
    return str(source.get("url") or f"{source.get('outlet', '')} {source.get('title', '')}")


def _with_numbers(sentences: Sequence[Mapping[str, Any]]) -> str:
    return " ".join(
        f"{one['text']} [{one['number']}]" if one["number"] else one["text"] for one in sentences
    )


def _placed(matter: Matter, words: str) -> str:
    return f"{matter.place}: {words}" if matter.place else words[:1].upper() + words[1:]


def _letter(
    name: str, reader: Reader, matter: Matter, now: datetime, *, subject: str, headline: str,
    **more: Any,
) -> Letter:  # fmt: skip
    """Renders both bodies in the language that is active."""
    context = {
        "reader": reader,
        "matter": matter,
        "headline": headline,
        "subject": subject,
        "dir": "rtl" if get_language_bidi() else "ltr",
        "deadline": day_and_hour(matter.deadline_at, now, reader.timezone, reader.language),
        "phone": settings.DESK_PHONE,
        "ask_lines": _filled(matter.ask_text, LABEL),
        **_STYLES,
        **more,
    }
    html = render_to_string(f"experts/mail/{name}.html", context)
    text = render_to_string(f"experts/mail/{name}.txt", context)
    return Letter(subject, _tidy(text), html, reader.language)


def _filled(text: str, indent: int = 0) -> str:
    """The text in lines of WIDTH characters; every line but the first is indented."""
    return textwrap.fill(
        " ".join(text.split()), WIDTH, subsequent_indent=" " * indent, initial_indent=" " * indent
    ).strip()


def _tidy(text: str) -> str:
    """Long lines folded (never an address), at most one empty line in a row."""
    lines: list[str] = []
    for line in text.strip().splitlines():
        keep = "[[link:" in line or "://" in line or len(line) <= WIDTH + 8
        lines += [line.rstrip()] if keep else textwrap.wrap(line, WIDTH)
    folded = [line for i, line in enumerate(lines) if line or (i and lines[i - 1])]
    return "\n".join(folded) + "\n"


_SANS = "font-family:-apple-system,'Segoe UI',Roboto,'Noto Sans',Arial,sans-serif;"
_STYLES = {
    "sans": _SANS,
    "serif": "font-family:Charter,Georgia,Cambria,'Noto Serif',serif;",
    "body": f"{_SANS}font-size:16px;line-height:24px;color:#1a1c1f",
    "small": f"{_SANS}font-size:14px;line-height:21px;color:#63645f",
}
