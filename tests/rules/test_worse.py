"""When a challenger is worse, which articles stand for a case, and how two models are compared."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from models.changes import changes, main_country
from models.comparing import compare
from models.values import Assessment, PlaceFound
from rrmm.flashpoints.representative import A_CASE, A_LANGUAGE, representative
from rrmm.flashpoints.worse import Ranking, Seen, Tally, findings, long_enough

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def codes(seen: Seen) -> list[tuple[str, str]]:
    return [(finding.code, finding.language) for finding in findings(seen)]


def test_nothing_speaks_against_a_model_that_says_the_same() -> None:
    assert codes(Seen(24, [Tally("en", items=900, both=40)])) == []


def test_losing_a_confirmed_case_is_worse() -> None:
    [finding] = findings(Seen(24, lost=["2026-1121-04"]))
    assert (finding.code, finding.detail["n"]) == ("lost", 1)


@pytest.mark.parametrize(("low", "high", "said"), [(-0.2, -0.01, 1), (-0.2, 0.01, 0), (0, 0.1, 0)])
def test_a_lower_precision_counts_when_the_whole_interval_says_so(
    low: float, high: float, said: int
) -> None:
    assert (
        codes(Seen(24, rankings=[Ranking("ar", 0.9, 0.8, low, high)])) == [("lower", "ar")] * said
    )


@pytest.mark.parametrize(
    ("old", "both", "new", "said"),
    [
        (0, 40, 21, ["floods"]),
        (0, 40, 20, []),
        (25, 19, 0, ["dries"]),
        (20, 20, 0, []),
        (0, 4, 6, []),  # too few to say
        (0, 0, 30, ["floods"]),
        (10, 5, 0, []),  # the champion flags too few
    ],
)
def test_far_more_or_far_fewer_flags_in_a_language(
    old: int, both: int, new: int, said: list[str]
) -> None:
    tally = Tally("fr", items=500, both=both, only_old=old, only_new=new)
    assert [code for code, _language in codes(Seen(24, [tally]))] == said


def test_less_than_a_day_is_too_short() -> None:
    assert long_enough(Seen(23.5))
    assert not long_enough(Seen(19.9))


def said(flagged: bool = True, **given: object) -> Assessment:
    fields: dict[str, object] = {
        "language": "en", "score": 0.9, "flagged": flagged, "lines": ("religion",),
        "trigger": "worship", "severity": 2, "places": (PlaceFound("IT", "Sereno", True),),
        "reasons": (), "version": "x",
    }  # fmt: skip
    return Assessment(**(fields | given))  # type: ignore[arg-type]


def test_changes_are_named_in_a_fixed_order() -> None:
    assert changes(said(), said()) == ()
    assert changes(said(False), said(True)) == ("flagged",)
    assert changes(said(True), said(False)) == ("unflagged",)
    assert changes(said(False), said(False, severity=3)) == ()
    other = said(lines=("ethnicity",), severity=3, places=())
    assert changes(said(), other) == ("lines", "severity", "place")
    assert main_country(other) == ""


def test_the_order_of_fault_lines_is_no_change() -> None:
    both = ("religion", "ethnicity")
    assert changes(said(lines=both), said(lines=both[::-1])) == ()


def test_a_model_that_ranks_worse_is_found_to_and_one_that_ranks_the_same_is_not() -> None:
    rel = [2, 0] * 40
    groups = [f"case {i // 4}" for i in range(80)]
    good = [0.9 if r else 0.1 for r in rel]
    bad = [0.1 if r else 0.9 for r in rel]
    worse = compare(rel, good, bad, groups)
    assert worse is not None
    assert (worse.old.value, worse.positives, worse.items) == (1.0, 40, 80)
    assert worse.difference.high < 0
    same = compare(rel, good, good, groups)
    assert same is not None
    assert (same.difference.low, same.difference.high) == (0.0, 0.0)
    assert compare(rel, good, bad, groups) == worse, "the rounds are seeded"


def test_a_few_labels_say_nothing() -> None:
    assert compare([2] * 9 + [0] * 50, [0.5] * 59, [0.6] * 59, ["a"] * 59) is None


@dataclass
class Told:
    owner: str
    language: str = "en"
    is_copy: bool = False
    outlet: str = ""
    minutes: int = 0
    lines: list[str] = field(default_factory=lambda: ["religion"])

    @property
    def published_at(self) -> datetime:
        return NOON + timedelta(minutes=self.minutes)


def test_a_case_is_stood_for_by_own_voices_of_every_language() -> None:
    flags = [
        Told("One"), Told("One", minutes=1), Told("Two", is_copy=True, minutes=2),
        *(Told(f"Owner {n}", minutes=3 + n) for n in range(5)),
        Told("One", "ar", minutes=30), Told("One", "fr", minutes=40, lines=["culture"]),
    ]  # fmt: skip
    picked = representative(flags, ["religion"])
    assert [flag.language for flag in picked] == ["en"] * A_LANGUAGE + ["ar"]
    assert not any(flag.is_copy for flag in picked)


def test_many_languages_come_by_rounds() -> None:
    flags = [
        Told(f"{code} {n}", code, minutes=100 * n + i)
        for i, code in enumerate("abcdef")
        for n in range(3)
    ]
    picked = representative(flags, [])
    assert len(picked) == A_CASE
    assert {flag.language for flag in picked} == set("abcdef")


def test_where_no_article_shares_the_line_all_may_stand_for_the_case() -> None:
    assert len(representative([Told("One", lines=["culture"])], ["religion"])) == 1
