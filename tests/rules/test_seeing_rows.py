"""Figures as sentences, gaps by country and language, plots: plain values in, words out."""

import re
from dataclasses import replace

import pytest

from models.figures import FEWEST, Group, Interval, Report
from rrmm.web import blind, plots
from rrmm.web.presenters import figures
from streams.collectors.seen import Sight


def interval(value: float, wide: float = 0.05) -> Interval:
    return Interval(value, value - wide, value + wide)


def group(language: str, positives: int, precision: float = 0.8, line: str = "") -> Group:
    i, p = interval(0.9), interval(precision)
    return Group(f"{language} feeds", language, positives, positives * 30, i, i, i, p, i, line=line)


def report(*groups: Group, lines: tuple[Group, ...] = ()) -> Report:
    return Report(groups, lines, group("", 500), 0.01, 0.6, (), 0.9, 0.8, 0.7, 9000)


def test_a_row_says_what_its_figures_mean() -> None:
    (row,) = figures.by_language(report(group("en", 400))).rows
    assert row.name == "English, news feeds"
    said = "Of 10 flags about 8 are right; of 10 flashpoints we see about 9."
    assert row.sentence == said


def test_groups_with_too_few_are_named_and_have_no_row() -> None:
    found = figures.by_language(report(group("fr", FEWEST - 1), group("de", FEWEST)))
    assert [row.name for row in found.rows] == ["German, news feeds"]
    assert found.too_few == (("French, news feeds", FEWEST - 1),)


def test_fault_lines_have_their_words_and_everything_has_one_row() -> None:
    found = report(group("en", 400), lines=(group("", 90, 0.6, line="migration"),))
    (row,) = figures.by_line(found).rows
    assert (row.name, row.precision) == ("Migration", interval(0.6))
    assert row.sentence == (
        "Of 10 flags that name it about 6 are right; of 10 flashpoints along it we see about 9."
    )
    assert figures.pooled(found).positives == 500


@pytest.mark.parametrize(
    ("stream", "language", "said"),
    [("zh", "zh", "Chinese"), ("en current events", "en", "English, Wikipedia Current Events"),
     ("de letters", "de", "German, letters"), ("all", "", "all")],
)  # fmt: skip
def test_groups_are_called_by_language_and_stream(stream: str, language: str, said: str) -> None:
    assert figures.name(replace(group(language, 50), name=stream)) == said


def test_sources_have_words_and_what_was_invented_is_kept_apart() -> None:
    found = replace(report(), sources={"de": 20, "rss": 700, "invented": 5})
    assert figures.sources(found) == ([("news feeds", 700), ("German", 20)], 5)


@pytest.mark.parametrize(
    ("share", "said"), [(0.8, (8, 10)), (0.97, (97, 100)), (0.02, (2, 100)), (1.0, (100, 100))]
)
def test_shares_are_counts_of_ten_or_of_a_hundred(share: float, said: tuple[int, int]) -> None:
    assert figures.of(share) == said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [(0.7, 0.9, "better"), (0.9, 0.7, "worse"), (0.8, 0.85, "no clear difference")],
)
def test_a_change_is_one_where_the_intervals_part(old: float, new: float, said: str) -> None:
    assert figures.change(interval(old), interval(new)) == said


def test_a_whisker_stays_inside_whatever_it_is_given() -> None:
    drawn = plots.whisker(1.2, -0.3, 7.0)
    found = [float(n) for n in re.findall(r"[MHx]=?\"?(-?[\d.]+)", drawn)]
    assert min(found) >= 0
    assert max(found) <= plots.WIDE


def test_what_was_said_and_was_lies_on_the_line() -> None:
    drawn = plots.reliability([(0.0, 0.0, 0.9), (1.0, 1.0, 0.1)])
    ideal = re.search(r'class="ideal" d="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)"', drawn)
    assert ideal
    circles = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)" r="([\d.]+)"', drawn)
    assert [c[:2] for c in circles] == [(ideal[1], ideal[2]), (ideal[3], ideal[4])]
    assert float(circles[0][2]) > float(circles[1][2])
    assert plots.reliability([])


def sight(country: str, language: str, state: str = "seen", expected: float = 20.0) -> Sight:
    return Sight(country, language, 1, 1, expected, 5, state)


def test_a_country_without_a_source_is_a_gap_with_its_languages() -> None:
    (gap,) = blind.found([sight("FR", "fr")], ["FR", "AF"]).gaps
    assert (gap.country, gap.whole) == ("AF", True)
    assert gap.language_names == "Persian, Pashto"


def test_an_official_language_without_a_source_is_a_gap_too() -> None:
    found = blind.found([sight("BE", "fr"), sight("BE", "nl")], ["BE"])
    assert [(gap.country, gap.languages) for gap in found.partly] == [("BE", ("de",))]
    assert found.whole == []


def test_sources_that_name_no_language_leave_nobody_to_accuse() -> None:
    assert blind.found([sight("BE", "")], ["BE"]).gaps == ()


@pytest.mark.parametrize(("country", "language"), [("NO", "nb"), ("RS", "sr"), ("HK", "zh")])
def test_languages_are_known_by_any_of_their_codes(country: str, language: str) -> None:
    missing = {code for gap in blind.found([sight(country, language)], [country]).gaps
               for code in gap.languages}  # fmt: skip
    assert not missing & {"no", "nb", "nn", "sr", "zh"}


def test_the_most_missing_comes_first() -> None:
    found = blind.found(
        [sight("FR", "fr"), sight("IQ", "ar", "quiet"), sight("ML", "fr", "silent"),
         sight("BD", "bn", "silent", 90.0)], []
    )  # fmt: skip
    assert [s.country for s in found.sights] == ["BD", "ML", "IQ", "FR"]


def test_one_line_stands_beside_no_flashpoints() -> None:
    rows = [sight("ML", "fr", "silent"), sight("IQ", "ar", "quiet"), sight("FR", "fr")]
    said = blind.in_a_line(blind.found(rows, ["ML", "IQ", "FR", "AF"]))
    assert said == (
        "Silent for a day: Mali (French). Quieter than usual: Iraq (Arabic). "
        "In 1 country we have no source at all."
    )


def test_many_silent_places_are_counted() -> None:
    rows = [sight(code, "fr", "silent") for code in ("ML", "NE", "TD", "BF", "SN")]
    assert "and 2 more" in blind.in_a_line(blind.found(rows, [])).replace(", 2", " and 2")


def test_the_line_never_promises_what_is_not_known() -> None:
    assert "we see nothing" in blind.in_a_line(blind.found([], []))
    learning = blind.found([sight("FR", "fr", "learning")], ["FR"])
    assert "still being counted" in blind.in_a_line(learning)
    assert "as much came as usual" in blind.in_a_line(blind.found([sight("FR", "fr")], []))
