"""What the labelled examples say of champion and challenger, and what the rule finds."""

import contextlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from models.changes import main_country
from models.comparing import Comparison, compare
from models.figures import Group, Report
from models.values import Assessment, Item
from rrmm.flashpoints.models import Flashpoint, ModelFile, Replay
from rrmm.flashpoints.queries.learning import Label
from rrmm.flashpoints.queries.modelfiles import hours_of
from rrmm.flashpoints.queries.replays import tallies
from rrmm.flashpoints.services.replaying import CHUNK, Pair
from rrmm.flashpoints.worse import Ranking, Seen, findings

ALL = ""
"""The language that stands for all together."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One label, and what each model says of its article."""

    label: Label
    old: Assessment
    new: Assessment


def measure(
    replay: Replay,
    labels: Sequence[Label],
    models: Pair,
    reports: tuple[Mapping[str, Any], Mapping[str, Any]],
    alive: Callable[[], None],
) -> dict[str, Any]:
    """The figures of a replay that has read everything, as `Replay.figures` keeps them.

    reports: the champion's and the challenger's own. alive: called between chunks.
    """
    judged = _judge(labels, models, alive)
    unseen = unseen_by_both(judged, replay)
    compared = dict(_compared(unseen))
    rankings = [_ranking(code, found) for code, found in compared.items()]
    rankings += held_out(*reports)
    lost = _numbers(_lost(judged))
    seen = Seen(hours_of(replay), tallies(replay), lost, rankings)
    return {
        "hours": round(seen.hours, 1),
        "confirmed": _flagged(judged, 2),
        "dismissed": _flagged(judged, 0),
        "places": _placed(judged),
        "lost": lost,
        "labelled": len(judged),
        "unseen": len(unseen),
        "compared": {code: asdict(found) for code, found in compared.items()},
        "rankings": [asdict(one) for one in rankings],
        "findings": [finding.as_dict() for finding in findings(seen)],
    }


def unseen_by_both(judged: Sequence[Judged], replay: Replay) -> list[Judged]:
    """Labels of cases of which neither model was given anything to learn."""
    champion = ModelFile.objects.filter(digest=replay.champion_digest).first()
    made = [replay.challenger.made_from, champion.made_from if champion else {}]
    learnt = {group for one in made for group in one.get("groups", ())}
    return [one for one in judged if one.label.group not in learnt]


def held_out(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Ranking]:
    """Average precision on what each model's own report held out, group by group; the interval of
    the difference as of two measurements apart, which on the same items is wider than need be."""
    with contextlib.suppress(KeyError, TypeError, ValueError, AttributeError):
        before, after = Report.of(old), Report.of(new)
        if asdict(before) != asdict(after):
            theirs = {(group.name, group.language): group for group in before.groups}
            pairs = [(theirs.get((g.name, g.language)), g) for g in after.groups]
            return [_apart(a, b) for a, b in pairs if a and a.enough and b.enough]
    return []


def _apart(old: Group, new: Group) -> Ranking:
    half = [(g.ap.high - g.ap.low) / 2 for g in (old, new)]
    wide = (half[0] ** 2 + half[1] ** 2) ** 0.5
    less = new.ap.value - old.ap.value
    return Ranking(
        new.language, old.ap.value, new.ap.value,
        round(less - wide, 4), round(less + wide, 4), held_out=True,
    )  # fmt: skip


def _judge(labels: Sequence[Label], models: Pair, alive: Callable[[], None]) -> list[Judged]:
    judged: list[Judged] = []
    for start in range(0, len(labels), CHUNK):
        some = labels[start : start + CHUNK]
        items = [Item(label.text, label.language) for label in some]
        told = zip(
            some,
            models.old.assess(items, everything=True),
            models.new.assess(items, everything=True),
            strict=True,
        )
        judged += [Judged(*one) for one in told]
        alive()
    return judged


def _lost(judged: Iterable[Judged]) -> list[str]:
    """Confirmed cases of which the champion flags an article and the challenger none."""
    cases: dict[str, list[Judged]] = defaultdict(list)
    for one in judged:
        if one.label.rel == 2:
            cases[one.label.group].append(one)
    return [
        case
        for case, mine in cases.items()
        if any(one.old.flagged for one in mine) and not any(one.new.flagged for one in mine)
    ]


def _numbers(cases: Sequence[str]) -> list[str]:
    return sorted(Flashpoint.objects.filter(pk__in=cases).values_list("number", flat=True))


def _flagged(judged: Iterable[Judged], rel: int) -> dict[str, int]:
    mine = [one for one in judged if one.label.rel == rel]
    return {
        "articles": len(mine),
        "old": sum(one.old.flagged for one in mine),
        "new": sum(one.new.flagged for one in mine),
    }


def _placed(judged: Iterable[Judged]) -> dict[str, int]:
    mine = [one for one in judged if one.label.country]
    return {
        "articles": len(mine),
        "old": sum(main_country(one.old) == one.label.country for one in mine),
        "new": sum(main_country(one.new) == one.label.country for one in mine),
    }


def _compared(unseen: Sequence[Judged]) -> Iterable[tuple[str, Comparison]]:
    told = [one for one in unseen if one.label.rel is not None]
    groups: dict[str, list[Judged]] = {ALL: told}
    for one in told:
        groups.setdefault(one.label.language, []).append(one)
    for code, mine in groups.items():
        found = compare(
            [one.label.rel or 0 for one in mine],
            [one.old.score for one in mine],
            [one.new.score for one in mine],
            [one.label.group for one in mine],
        )
        if found:
            yield code, found


def _ranking(code: str, found: Comparison) -> Ranking:
    return Ranking(
        code, found.old.value, found.new.value, found.difference.low, found.difference.high
    )
