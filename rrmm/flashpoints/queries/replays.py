"""A replay for reading: sentences per language, what the labels say, what the rule found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Count, QuerySet, When
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from models.changes import CHANGES
from rrmm.flashpoints.models import Replay, ReplayDifference, ReplayState
from rrmm.flashpoints.queries.modelfiles import Standing
from rrmm.flashpoints.queries.names import language_name
from rrmm.flashpoints.worse import DROUGHT, ENOUGH_FLAGS, ENOUGH_HOURS, FLOOD, Finding, Tally

KEPT = 500
"""Differences of one kind and language that are kept to be looked at; all are counted."""
QUIET = timedelta(seconds=60)
"""Without a sign for longer, a running replay has been killed: another may go on with it."""


@dataclass(frozen=True, slots=True)
class LanguageLine:
    """One language of a replay, with its sentence."""

    tally: Tally
    name: str
    words: str


def lines(replay: Replay) -> list[LanguageLine]:
    """Every language, those with most articles first."""
    return [LanguageLine(row, _language(row.language), sentence(row)) for row in tallies(replay)]


def tallies(replay: Replay) -> list[Tally]:
    """The counts of a replay by language, those with most articles first."""
    rows = [
        Tally(code, **{name: n for name, n in row.items() if name != "kept"})
        for code, row in replay.counts.items()
    ]
    return sorted(rows, key=lambda row: (-row.items, row.language))


def together(replay: Replay) -> Tally:
    """All languages as one."""
    names = ("items", "both", "only_old", "only_new", "lines", "trigger", "severity", "place")
    return Tally("", **{n: sum(row.get(n, 0) for row in replay.counts.values()) for n in names})


def sentence(tally: Tally) -> str:
    """ "Of 4,210 articles in Arabic, the new model would have flagged 12 more and 3 fewer." """
    where = {"n": _number(tally.items), "language": _language(tally.language)}
    more, fewer = _number(tally.only_new), _number(tally.only_old)
    if tally.only_new and tally.only_old:
        said = _(
            "Of %(n)s articles in %(language)s, the new model would have flagged %(more)s more and "
            "%(fewer)s fewer."
        )
    elif tally.only_new:
        said = _("Of %(n)s articles in %(language)s, it would have flagged %(more)s more.")
    elif tally.only_old:
        said = _("Of %(n)s articles in %(language)s, it would have flagged %(fewer)s fewer.")
    elif tally.both:
        said = _("Of %(n)s articles in %(language)s, both flag the same %(both)s.")
    else:
        said = _("Of %(n)s articles in %(language)s, neither flags any.")
    return said % {**where, "more": more, "fewer": fewer, "both": _number(tally.both)}


def labelled(figures: Mapping[str, Any]) -> list[str]:
    """What the collected verdicts say of both models, a sentence each."""
    said = []
    if (told := figures.get("confirmed", {})).get("articles"):
        said.append(
            _(
                "Of %(articles)d confirmed articles, today’s model flags %(old)d, the new one "
                "%(new)d."
            )
            % told
        )
    if (told := figures.get("dismissed", {})).get("articles"):
        said.append(
            _(
                "Of %(articles)d articles that editors called no flashpoint, today’s model flags "
                "%(old)d, the new one %(new)d."
            )
            % told
        )
    if (told := figures.get("places", {})).get("articles"):
        said.append(
            _(
                "Of %(articles)d articles whose country editors corrected, today’s model has "
                "%(old)d right, the new one %(new)d."
            )
            % told
        )
    for code, found in figures.get("compared", {}).items():
        said.append(_compared(code, found))
    if figures.get("labelled") and not figures.get("compared"):
        said.append(
            _(
                "How well each ranks them cannot be said yet: %(unseen)d labelled articles are of "
                "cases that neither model has learnt from, and it takes ten of each kind."
            )
            % {"unseen": figures.get("unseen", 0)}
        )
    return said


def in_words(finding: Finding) -> str:
    """Why a challenger is worse, as staff read it."""
    told: dict[str, Any] = {**finding.detail, "language": _language(finding.language)}
    if finding.code == "lost":
        shown = ", ".join(told["cases"][:5])
        return ngettext(
            "It loses a confirmed case: %(cases)s.",
            "It loses %(n)d confirmed cases: %(cases)s.",
            told["n"],
        ) % {"n": told["n"], "cases": shown + (" …" if told["n"] > 5 else "")}
    if finding.code == "lower" and told.get("held_out"):
        return (
            _(
                "On articles held out from training its average precision in %(language)s is "
                "significantly lower: %(new).2f, today’s %(old).2f."
            )
            % told
        )
    if finding.code == "lower":
        return (
            _(
                "On the verdicts kept back its average precision in %(language)s is significantly "
                "lower: %(new).2f, today’s %(old).2f."
            )
            % told
        )
    if finding.code == "floods":
        return (
            _("In %(language)s it flags far more: %(new)d articles, today’s model %(old)d.") % told
        )
    return _("In %(language)s it flags far fewer: %(new)d articles, today’s model %(old)d.") % told


def rule() -> list[str]:
    """The rule for "worse", as `rrmm.flashpoints.worse` has it."""
    return [
        _("It no longer flags any article of a case that editors confirmed."),
        _(
            "Its average precision, on labelled articles that neither model has learnt from or on "
            "those that both held out from training, is lower in a language (or in all), and the "
            "whole 95 %% interval says so."
        )
        % {},
        _(
            "In a language with at least %(n)d flagged articles it flags more than %(flood)s times "
            "as many as today’s model, or less than %(drought)s of it."
        )
        % {"n": ENOUGH_FLAGS, "flood": number_format(FLOOD), "drought": _("half") if DROUGHT == 0.5
           else number_format(DROUGHT)},
    ]  # fmt: skip


def gap_in_words(standing: Standing) -> str:
    """Why no replay speaks for a challenger, and what to do; "" where one does."""
    return {
        "none": _("It has not been replayed yet."),
        "running": _("Its replay is not finished yet."),
        "other": _("Its replay was held against another model than today’s. Replay it again."),
        "short": _("Its replay read less than a day: %(n)d hours are needed.")
        % {"n": ENOUGH_HOURS},
    }.get(standing.gap, "")


def progress(replay: Replay, now: datetime | None = None) -> dict[str, Any]:
    """done, total, share (0 to 1), stands (killed or stopped), left (seconds, None unknown)."""
    at = now or timezone.now()
    total = max(replay.total, replay.done, 1)
    running = replay.state == ReplayState.RUNNING
    spent = (replay.beat_at - replay.started_at).total_seconds()
    left = spent / replay.done * (total - replay.done) if replay.done and running else None
    return {
        "done": replay.done,
        "total": total,
        "share": replay.done / total,
        "stands": replay.state == ReplayState.STOPPED or (running and at - replay.beat_at > QUIET),
        "left": left,
    }


def differences(replay: Replay, change: str = "", language: str = "") -> QuerySet[ReplayDifference]:
    """What both models see differently: what only one of them flags first, and the most certain
    first; "" takes all."""
    alone = Case(When(change__in=("flagged", "unflagged"), then=0), default=1)
    found = replay.differences.select_related("article", "article__feed")
    found = found.order_by(alone, "-score", "pk")
    if change:
        found = found.filter(change=change)
    return found.filter(language=language) if language else found


def change_counts(replay: Replay, language: str = "") -> dict[str, int]:
    """Articles per kind of change, all of them; one may be in several kinds."""
    told = replay.counts
    rows: Sequence[Mapping[str, int]] = (
        [told[language]] if language in told else [] if language else list(told.values())
    )
    names = {"flagged": "only_new", "unflagged": "only_old"}
    return {kind: sum(row.get(names.get(kind, kind), 0) for row in rows) for kind in CHANGES}


def kept_counts(replay: Replay, language: str = "") -> dict[str, int]:
    """Articles that are kept to be looked at, each under the first of its changes."""
    rows = (
        differences(replay, language=language).order_by().values("change").annotate(n=Count("pk"))
    )
    found = {row["change"]: row["n"] for row in rows}
    return {kind: found.get(kind, 0) for kind in CHANGES}


def some_left_out(replay: Replay) -> bool:
    """Whether more differ than are kept to be looked at."""
    return any(n >= KEPT for row in replay.counts.values() for n in row["kept"].values())


def _compared(code: str, found: Mapping[str, Any]) -> str:
    old, new = found["old"], found["new"]
    return _(
        "In %(language)s, on %(items)d labelled articles that neither has learnt from, average "
        "precision is %(old).2f (%(old_low).2f to %(old_high).2f) today and %(new).2f "
        "(%(new_low).2f to %(new_high).2f) with the new model."
    ) % {
        "language": _language(code),
        "items": found["items"],
        "old": old["value"], "old_low": old["low"], "old_high": old["high"],
        "new": new["value"], "new_low": new["low"], "new_high": new["high"],
    }  # fmt: skip


def _language(code: str) -> str:
    return language_name(code) if code else _("all languages together")


def _number(number: int) -> str:
    return number_format(number, use_l10n=True, force_grouping=True)
