"""Why one article was flagged: words, fault lines, trigger, severity, places, how sure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rrmm.flashpoints.queries import ArticleLine
from rrmm.flashpoints.queries.seeing import Sight
from rrmm.flashpoints.texts import SUMMARY_READ
from rrmm.web import words
from rrmm.web.presenters.segments import Segment, not_shown, segments, side, strength

SURE = ((0.9, "very"), (0.7, "likely"), (0.5, "rather"), (0.25, "maybe"), (0.0, "little"))
"""Share of flashpoints from which each word for "how sure" is used."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """Words that spoke; `said`: how strongly; `shown`: marked in the text above."""

    words: str
    said: str
    side: str
    line: str
    shown: bool


@dataclass(frozen=True, slots=True)
class Sure:
    """How sure: in a word, in a sentence, as dots of ten; `measured`: counted, not only claimed."""

    word: str
    sentence: str
    dots: int
    score: float
    measured: bool


@dataclass(frozen=True, slots=True)
class Explained:
    """All that a page says of one flag. `unread`: the part of the summary that no model reads."""

    article: ArticleLine
    title: list[Segment]
    summary: list[Segment]
    unread: str
    spoken: tuple[Spoken, ...]
    trigger: str
    severity_why: str
    places: tuple[str, ...]
    sure: Sure

    @property
    def spoke_for(self) -> list[Spoken]:
        return [one for one in self.spoken if one.side == "for"]

    @property
    def spoke_against(self) -> list[Spoken]:
        return [one for one in self.spoken if one.side == "against"]

    @property
    def marked_lines(self) -> list[str]:
        """Fault lines whose marks stand in the text, for the legend; "" for marks of none."""
        marks = [part.line for part in (*self.title, *self.summary) if part.side == "for"]
        return list(dict.fromkeys(marks))

    @property
    def marked_against(self) -> bool:
        return any(part.side == "against" for part in (*self.title, *self.summary))


def explained(article: ArticleLine, sight: Sight) -> Explained:
    """The article's flag in words; `sight`: the model that flagged it, as far as it is known."""
    read, unread = article.summary[:SUMMARY_READ], article.summary[SUMMARY_READ:]
    return Explained(
        article=article,
        title=segments(article.title, article.reasons),
        summary=segments(read, article.reasons),
        unread=unread,
        spoken=_spoken((article.title, read), article.reasons),
        trigger=words.trigger(article.trigger),
        severity_why=words.severity_why(article.severity),
        places=tuple(_place(place) for place in sorted(article.places, key=_main_first)),
        sure=sure(article.score, sight),
    )


def _spoken(texts: Sequence[str], reasons: Sequence[Mapping[str, Any]]) -> tuple[Spoken, ...]:
    missing = not_shown(texts, reasons)
    return tuple(
        Spoken(
            words=str(reason["words"]),
            said=words.strength(strength(reason["weight"])),
            side=side(reason["weight"]),
            line=str(reason.get("line", "")),
            shown=reason not in missing,
        )
        for reason in reasons
        if side(reason["weight"])
    )


def _main_first(place: Mapping[str, Any]) -> bool:
    return not place.get("main")


def _place(place: Mapping[str, Any]) -> str:
    """ "Lyon, France"; the country alone where the place is the country; a guess says so."""
    if place.get("weak"):
        return _("%(place)s (a guess by the language: the text names no place)") % {
            "place": words.country(str(place.get("country", "")))
        }
    name, country = str(place.get("name", "")), words.country(str(place.get("country", "")))
    english = words.country_in_english(str(place.get("country", "")))
    if not country or name in {country, english}:
        return country or name
    return f"{name}, {country}" if name else country


def sure(score: float, sight: Sight) -> Sure:
    """In words, from what became of measured items with such a score where that is known."""
    found = sight.bin_of(score)
    near = found.borderline if found else 0.0
    share = found.was * (1 - near) if found else score
    word = next(word for least, word in SURE if share >= least)
    of = 10 if 0.05 <= share < 0.95 else 100
    n = min(of - 1, max(1, round(share * of)))
    told = {"of": of, "n": n, "near": min(round(near * of), of - n)}
    said = _flashpoints_and_borderline(n) if told["near"] else _flashpoints(n)
    return Sure(
        word=words.sure(word),
        sentence=said % told,
        dots=round(share * 10),
        score=score,
        measured=found is not None,
    )


def _flashpoints(n: int) -> str:
    return ngettext(
        "Of %(of)s articles scored like this, about %(n)s is a flashpoint.",
        "Of %(of)s articles scored like this, about %(n)s are flashpoints.",
        n,
    )


def _flashpoints_and_borderline(n: int) -> str:
    return ngettext(
        "Of %(of)s articles scored like this, about %(n)s is a flashpoint and %(near)s borderline.",
        "Of %(of)s articles scored like this, about %(n)s are flashpoints and %(near)s borderline.",
        n,
    )
