"""The models: which one works, what editors taught, which may take over, and going back."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rrmm.flashpoints.models import ModelFile, ModelState, ReplayState
from rrmm.flashpoints.queries import learning, modelfiles, replays
from rrmm.flashpoints.queries.modelfiles import Standing
from rrmm.flashpoints.queries.names import language_name
from rrmm.flashpoints.queries.seeing import shipped
from rrmm.flashpoints.services import promoting
from rrmm.flashpoints.services.promoting import SHORTEST_REASON, Refused
from rrmm.web.staff.asking import staff

SHOWN = 30


@dataclass(frozen=True, slots=True)
class Line:
    """One model of the list. `against`: why it is worse, in words; `gap`: why nothing speaks for
    it; `progress`: of a replay that has not finished."""

    model: ModelFile
    standing: Standing
    against: list[str]
    gap: str
    progress: dict[str, Any] | None


@require_GET
@login_required
def show(request: HttpRequest) -> HttpResponse:
    """The whole page."""
    known = list(ModelFile.objects.select_related("promoted_by").order_by("-made_at")[:SHOWN])
    collected = learning.collected()
    most = max((a + b for _code, a, b in collected.languages), default=0)
    working = next((model for model in known if model.state == ModelState.CHAMPION), None)
    return render(
        request,
        "staff/models.html",
        {
            "champion": working or modelfiles.champion(),
            "shipped": shipped().version,
            "in_use": modelfiles.in_use(),
            "challengers": [_line(one) for one in known if one.state == ModelState.CHALLENGER],
            "retired": [one for one in known if one.state == ModelState.RETIRED],
            "collected": collected,
            "missing": _missing(collected),
            "languages": [
                (code, language_name(code) if code else _("not known"), a, b)
                for code, a, b in collected.languages
            ],
            "most": most,
            "rule": replays.rule(),
        },
    )


@require_http_methods(["GET", "POST"])
@login_required
def promote(request: HttpRequest, model: UUID) -> HttpResponse:
    """Ask once more where something speaks against it, or promote."""
    try:
        found = ModelFile.objects.get(pk=model)
        if request.method == "POST":
            before = modelfiles.champion()
            promoting.promote(model, staff(request), request.POST.get("reason", ""))
            undo = reverse("staff:model-restore", args=[before.pk if before else UUID(int=0)])
            said = _("%(version)s works from now on: in every worker within a few seconds.")
            messages.success(request, said % {"version": found.version}, extra_tags=undo)
            return redirect("staff:models")
    except ModelFile.DoesNotExist as missing:
        raise Http404 from missing
    except Refused as refused:
        return _ask(request, found, str(refused))
    return _ask(request, found, "")


@require_POST
@login_required
def restore(request: HttpRequest, model: UUID) -> HttpResponse:
    """Back to a model that worked before; the id of zeros is the shipped one."""
    try:
        version = promoting.restore(None if model.int == 0 else model, staff(request))
    except ModelFile.DoesNotExist as missing:
        raise Http404 from missing
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        name = version or _("The shipped model")
        messages.success(request, _("%(name)s works again.") % {"name": name})
    return redirect("staff:models")


def _ask(request: HttpRequest, model: ModelFile, error: str) -> HttpResponse:
    line = _line(model)
    return render(
        request,
        "staff/model_promote.html",
        {
            "line": line,
            "model": model,
            "champion": modelfiles.champion(),
            "error": error,
            "typed": request.POST.get("reason", ""),
            "shortest": SHORTEST_REASON,
        },
        status=422 if error else 200,
    )


def _line(model: ModelFile) -> Line:
    seen = modelfiles.standing(model)
    replay = seen.replay
    unfinished = replay is not None and replay.state != ReplayState.FINISHED
    return Line(
        model=model,
        standing=seen,
        against=[replays.in_words(finding) for finding in seen.findings],
        gap=replays.gap_in_words(seen),
        progress=replays.progress(replay) if replay and unfinished else None,
    )


def _missing(collected: learning.Collected) -> int:
    """How many labelled articles there must be before an update is worth making; 0: enough."""
    if collected.enough:
        return 0
    short = [learning.FEWEST - collected.labelled]
    for known in (collected.flashpoints, collected.not_flashpoints):
        short.append(learning.FEWEST_OF_A_KIND - known)
    return max(short)
