"""What staff type on the confirm page: read from a form, edited by its buttons, made a plan."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

from django.http import QueryDict

from experts.plan import BriefSentence, MobilisationPlan, Risk, SlatePick

T = TypeVar("T")
DEADLINE = "%Y-%m-%d %H:%M"
"""A day and a time on 24 hours, UTC. Two fields: a browser draws one of both as am and pm."""


@dataclass(frozen=True)
class Line:
    """A sentence as typed, and the article that says so ("" for none)."""

    text: str = ""
    source: str = ""


@dataclass(frozen=True)
class Pick:
    """A person on the slate, by id, and whether our mail may go there."""

    expert: str
    risk: str = "ordinary"


@dataclass(frozen=True)
class Draft:
    """The whole form as typed: nothing is thrown away because something else is wrong."""

    lines: tuple[Line, ...] = ()
    ask: str = ""
    deadline: str = ""
    slots: str = ""
    answer: str = ""
    languages: tuple[str, ...] = ()
    picks: tuple[Pick, ...] = ()
    q: str = ""
    saw: str = ""
    """What the case looked like when the page was drawn (see `confirm.fingerprint`)."""

    @property
    def deadline_at(self) -> datetime | None:
        """The deadline as a moment in UTC; None where it is not a time."""
        try:
            return datetime.strptime(self.deadline, DEADLINE).replace(tzinfo=UTC)
        except ValueError:
            return None

    @property
    def day(self) -> str:
        """The day of the deadline as typed."""
        return self.deadline.partition(" ")[0]

    @property
    def time(self) -> str:
        """The time of the deadline as typed."""
        return self.deadline.partition(" ")[2]

    @property
    def experts(self) -> list[str]:
        return [pick.expert for pick in self.picks]

    @property
    def written(self) -> tuple[Line, ...]:
        """The sentences that say something."""
        return tuple(line for line in self.lines if line.text)


def read(form: QueryDict) -> Draft:
    """The draft as it was sent. Sentences and sources, people and risks come as parallel lists."""
    texts, sources = form.getlist("text"), form.getlist("source")
    people, risks = form.getlist("expert"), form.getlist("risk")
    return Draft(
        lines=tuple(Line(t.strip(), s) for t, s in zip(texts, sources, strict=False)),
        ask=form.get("ask", "").strip(),
        deadline=f"{form.get('day', '').strip()} {form.get('time', '').strip()}",
        slots=form.get("slots", "").strip(),
        answer=form.get("answer", "").strip(),
        languages=tuple(dict.fromkeys(form.getlist("language"))),
        picks=_picks(people, risks),
        q=form.get("q", "").strip(),
        saw=form.get("saw", ""),
    )


def _picks(people: Sequence[str], risks: Sequence[str]) -> tuple[Pick, ...]:
    pairs = dict(zip(people, risks, strict=False))
    return tuple(
        Pick(str(UUID(person)), "do_not_mail" if risk == "do_not_mail" else "ordinary")
        for person, risk in pairs.items()
        if _is_id(person)
    )


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def edited(draft: Draft, do: str) -> Draft:
    """The draft after one of the form's buttons: add, drop:N, up:N, down:N, invite:ID, remove:ID,
    earlier:ID, later:ID. Whatever else `do` says leaves it as it is."""
    act, _colon, what = do.partition(":")
    if act == "add":
        return replace(draft, lines=(*draft.lines, Line()))
    if act in {"drop", "up", "down"} and what.isdigit() and int(what) < len(draft.lines):
        return replace(draft, lines=_moved(draft.lines, int(what), act))
    if act == "invite" and _is_id(what) and what not in draft.experts:
        return replace(draft, picks=(*draft.picks, Pick(what)), q="")
    if act in {"remove", "earlier", "later"} and what in draft.experts:
        step = {"remove": "drop", "earlier": "up", "later": "down"}[act]
        return replace(draft, picks=_moved(draft.picks, draft.experts.index(what), step))
    return draft


def _moved(items: Sequence[T], n: int, act: str) -> tuple[T, ...]:
    rest = [item for at, item in enumerate(items) if at != n]
    if act == "drop":
        return tuple(rest)
    to = max(0, n - 1) if act == "up" else min(len(rest), n + 1)
    rest.insert(to, items[n])
    return tuple(rest)


def plan(
    draft: Draft,
    articles: Mapping[str, BriefSentence],
    reasons: Mapping[str, Sequence[str]],
    place: str,
    topics: Iterable[str],
) -> MobilisationPlan:
    """The plan that a checked draft means.

    articles: per article id a sentence that carries its source; reasons: per expert id the
    phrases shown beside the name. Raises ValueError on a draft with problems (see `checks`).
    """
    if draft.deadline_at is None:
        raise ValueError("a plan needs a deadline")
    return MobilisationPlan(
        slots=int(draft.slots),
        deadline_at=draft.deadline_at,
        sentences=tuple(sentences(draft, articles)),
        ask_text=draft.ask,
        slate=tuple(_slate(pick, reasons) for pick in draft.picks),
        answer_minutes=int(draft.answer) if draft.answer else None,
        languages=draft.languages,
        place=place,
        topics=tuple(topics),
    )


def sentences(draft: Draft, articles: Mapping[str, BriefSentence]) -> list[BriefSentence]:
    """The written sentences with their sources; an article that is not among them is no source."""
    return [_sentence(line, articles) for line in draft.written]


def _sentence(line: Line, articles: Mapping[str, BriefSentence]) -> BriefSentence:
    source = articles.get(line.source)
    return replace(source, text=line.text) if source else BriefSentence(line.text)


def _slate(pick: Pick, reasons: Mapping[str, Sequence[str]]) -> SlatePick:
    risk: Risk = "do_not_mail" if pick.risk == "do_not_mail" else "ordinary"
    return SlatePick(UUID(pick.expert), risk, tuple(reasons.get(pick.expert, ())))
