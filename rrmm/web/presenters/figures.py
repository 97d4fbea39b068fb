"""A model's measured figures as rows that a person can read. Counts of ten, never bare decimals."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from models.figures import FEWEST, Group, Interval, Report
from rrmm.web import words

STREAMS = {
    "feeds": gettext_lazy("news feeds"),
    "rss": gettext_lazy("news feeds"),
    "current events": gettext_lazy("Wikipedia Current Events"),
    "wcep": gettext_lazy("Wikipedia Current Events"),
}
INVENTED = "invented"
"""The name under which a report counts items that were invented: trained on, never measured."""


@dataclass(frozen=True, slots=True)
class Row:
    """One group: what it is called, what its figures mean, the figures. Along a fault line a flag
    counts that names it, and is right where the article is a flashpoint along it."""

    name: str
    sentence: str
    precision: Interval
    recall: Interval
    positives: int
    items: int


@dataclass(frozen=True, slots=True)
class Table:
    """Groups that were held out in numbers, and those of which there are too few to say."""

    rows: tuple[Row, ...]
    too_few: tuple[tuple[str, int], ...]


def by_language(report: Report) -> Table:
    """Streams and languages, those with the most flashpoints first."""
    return _table(report.groups)


def by_line(report: Report) -> Table:
    """Fault lines, those with the most flashpoints first."""
    return _table(report.lines)


def pooled(report: Report) -> Row:
    """Everything that was held out, as one."""
    return _row(report.pooled, _("Everything together"))


def _table(groups: Iterable[Group]) -> Table:
    found = sorted(groups, key=lambda group: -group.positives)
    return Table(
        tuple(_row(group, name(group)) for group in found if group.enough),
        tuple((name(group), group.positives) for group in found if not group.enough),
    )


def name(group: Group) -> str:
    """ "English, news feeds"; the fault line's word for a group of one."""
    if group.line:
        return words.fault_line(group.line)
    stream = group.name.removeprefix(group.language).strip()
    stream = str(STREAMS.get(stream, stream))
    language = words.language(group.language)
    if not language or not stream:
        return language or stream
    return _("%(language)s, %(stream)s") % {"language": language, "stream": stream}


def sources(report: Report) -> tuple[list[tuple[str, int]], int]:
    """Where the labelled articles come from, most first; and how many were invented."""
    found = [
        (str(STREAMS.get(code, words.language(code))), n)
        for code, n in sorted(report.sources.items(), key=lambda pair: -pair[1])
        if code != INVENTED
    ]
    return found, report.sources.get(INVENTED, 0)


def _row(group: Group, called: str) -> Row:
    precision, recall = group.precision, group.recall
    says = (meaning_of_line if group.line else meaning)(precision.value, recall.value)
    return Row(called, says, precision, recall, group.positives, group.items)


def meaning(precision: float, recall: float) -> str:
    """ "Of 10 flags about 8 are right; of 10 flashpoints we see about 9." """
    said = _("Of %(flags)s flags about %(right)s are right; of %(all)s flashpoints we see about "
             "%(seen)s.")  # fmt: skip
    return said % _counts(precision, recall)


def meaning_of_line(precision: float, recall: float) -> str:
    """ "Of 10 flags that name it about 6 are right; of 10 flashpoints along it we see about 9." """
    said = _("Of %(flags)s flags that name it about %(right)s are right; of %(all)s flashpoints "
             "along it we see about %(seen)s.")  # fmt: skip
    return said % _counts(precision, recall)


def _counts(precision: float, recall: float) -> dict[str, int]:
    (right, flags), (seen, everything) = of(precision), of(recall)
    return {"flags": flags, "right": right, "all": everything, "seen": seen}


def of(share: float) -> tuple[int, int]:
    """A share as a count of ten, or of a hundred where ten would say none or all."""
    whole = 10 if 0.05 <= share < 0.95 else 100
    return round(share * whole), whole


def change(old: Interval, new: Interval) -> str:
    """What became of a figure: its intervals must part before anything is called a change."""
    if new.low > old.high:
        return _("better")
    if new.high < old.low:
        return _("worse")
    return _("no clear difference")


__all__ = [
    "FEWEST",
    "Row",
    "Table",
    "by_language",
    "by_line",
    "change",
    "meaning",
    "name",
    "pooled",
]
