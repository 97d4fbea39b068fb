"""How well do we see? The model's measured figures, where we are blind, and what changed."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from models.figures import FEWEST, Report
from rrmm.flashpoints.queries import seeing
from rrmm.flashpoints.queries.seeing import Reign
from rrmm.web import blind
from rrmm.web.presenters import figures
from streams.collectors.seen import Sight
from streams.collectors.usual import QUIET_SHARE, WEEKS

SHOWN = 40
"""Lines of sources that are as usual, shown before the rest is left to the count."""


@dataclass(frozen=True, slots=True)
class Change:
    """One model and what changed with it against the one before, for precision and recall."""

    reign: Reign
    row: figures.Row | None
    precision: str = ""
    recall: str = ""


@require_GET
@login_required
def show(request: HttpRequest) -> HttpResponse:
    """The whole page."""
    at_work = seeing.sight()
    report = at_work.report
    sources, invented = figures.sources(report) if report else ([], 0)
    here = blind.read()
    others = here.of("learning", "few", "seen")
    context = {
        "version": at_work.version,
        "report": report,
        "few": FEWEST,
        "pooled": figures.pooled(report) if report else None,
        "languages": figures.by_language(report) if report else None,
        "lines": figures.by_line(report) if report else None,
        "bins": _bins(report) if report else [],
        "borderline": report.pooled.with_borderline if report else 0,
        "sources": sources,
        "invented": invented,
        "changes": _changes(seeing.reigns()),
        "blind": here,
        "blind_line": blind.in_a_line(here),
        "missing": [_line(sight) for sight in here.of("silent", "quiet")],
        "others": [_line(sight) for sight in others[:SHOWN]],
        "others_in_all": len(others),
        "others_left": max(0, len(others) - SHOWN),
        "weeks": WEEKS,
        "quiet_share": round(QUIET_SHARE * 100),
    }
    return render(request, "staff/seeing.html", context)


def _bins(report: Report) -> list[tuple[float, float, float]]:
    return [(one.said, one.was, one.share) for one in report.reliability if one.share > 0]


def _line(sight: Sight) -> tuple[str, Sight]:
    return blind.place(sight), sight


def _changes(reigns: list[Reign]) -> list[Change]:
    """The newest first, each against the one that worked before it."""
    found = []
    for at, reign in enumerate(reigns):
        report = reign.sight.report
        before = reigns[at + 1].sight.report if at + 1 < len(reigns) else None
        if report is None:
            found.append(Change(reign, None))
            continue
        new, row = report.pooled, figures.pooled(report)
        if before is None:
            found.append(Change(reign, row))
            continue
        old = before.pooled
        found.append(
            Change(
                reign,
                row,
                figures.change(old.precision, new.precision),
                figures.change(old.recall, new.recall),
            )
        )
    return found
