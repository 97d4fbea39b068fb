"""A replay: how far it is, what would have been different, and the articles side by side."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from models.changes import CHANGES
from rrmm.flashpoints.models import ModelState, Replay, ReplayState
from rrmm.flashpoints.queries import modelfiles, replays
from rrmm.flashpoints.queries.names import language_name
from rrmm.flashpoints.services import replaying
from rrmm.web.presenters.beside import Beside, beside, change_words

PER_PAGE = 20


@require_GET
@login_required
def show(request: HttpRequest, replay: UUID) -> HttpResponse:
    """The page; its progress alone as a fragment, which lets the page load anew at the end."""
    found = get_object_or_404(Replay.objects.select_related("challenger"), pk=replay)
    running = found.state == ReplayState.RUNNING
    if request.GET.get("part") == "progress":
        page = render(request, "staff/_replay_progress.html", _progress(found))
        if not running:
            page["HX-Refresh"] = "true"
        return page
    return render(request, "staff/replay.html", _whole(request, found))


@require_POST
@login_required
def stop(request: HttpRequest, replay: UUID) -> HttpResponse:
    """Ends it after the chunk at hand."""
    if not Replay.objects.filter(pk=replay).exists():
        raise Http404
    if replaying.stop(replay):
        messages.success(request, _("The replay stops. The same command goes on where it is."))
    else:
        messages.warning(request, _("It was not running any more."))
    return redirect("staff:replay", replay)


def _progress(replay: Replay) -> dict[str, Any]:
    return {"replay": replay, "progress": replays.progress(replay)}


def _whole(request: HttpRequest, replay: Replay) -> dict[str, Any]:
    standing = modelfiles.standing(replay.challenger)
    newest = standing.replay is not None and standing.replay.pk == replay.pk
    all_lines = replays.lines(replay)
    return {
        **_progress(replay),
        **_beside(request, replay),
        "model": replay.challenger,
        "standing": standing,
        "newest": newest,
        "works": replay.challenger.state == ModelState.CHAMPION,
        "outdated": replay.champion_digest != modelfiles.champion_digest(),
        "against": [
            replays.in_words(found) for found in modelfiles.findings_of(replay.figures)
        ],
        "gap": replays.gap_in_words(standing) if newest else "",
        "lines": all_lines,
        "whole": replays.together(replay),
        "top": max((max(line.tally.old, line.tally.new) for line in all_lines), default=0),
        "labelled": replays.labelled(replay.figures),
        "rule": replays.rule(),
        "hours": modelfiles.hours_of(replay),
    }  # fmt: skip


def _beside(request: HttpRequest, replay: Replay) -> dict[str, Any]:
    change = request.GET.get("change", "")
    change = change if change in CHANGES else ""
    language = request.GET.get("language", "")
    language = language if language in replay.counts else ""
    rows = replays.differences(replay, change, language)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    shown: list[Beside] = [beside(row) for row in page]
    counts = replays.kept_counts(replay, language)
    here = reverse("staff:replay", args=[replay.pk])
    kept = {"language": language} if language else {}
    filters = [("", _("All"), sum(counts.values()))]
    filters += [(code, change_words(code), counts[code]) for code in CHANGES]
    wish = kept | ({"change": change} if change else {})
    return {
        "page": page,
        "shown": shown,
        "change": change,
        "language": language,
        "languages": [
            (code, language_name(code) if code else _("not known"))
            for code in sorted(replay.counts, key=language_name)
        ],
        "filters": [
            {
                "name": name,
                "count": count,
                "on": code == change,
                "url": f"{here}?{urlencode(kept | ({'change': code} if code else {}))}#beside",
            }
            for code, name, count in filters
            if count or not code
        ],
        "query": urlencode(wish),
        "some_left_out": replays.some_left_out(replay),
    }
