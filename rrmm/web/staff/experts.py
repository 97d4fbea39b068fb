"""The registry: everybody in a list, and one person whole, with what is shielded behind a button
whose every press is noted."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from experts import registry
from experts.importing.export import SHIELDED, registry_csv
from experts.matching.names import FAULT_LINES
from experts.models import NOTHING, Expert
from experts.queries import profiles
from experts.queries import registry as queries
from rrmm.web import words
from rrmm.web.presenters.person import person
from rrmm.web.staff.asking import staff
from rrmm.web.staff.expert_trail import last_acts

PER_PAGE = 50
NARROWED_BY = ("q", "line", "language", "country", "state")


@require_GET
def show_all(request: HttpRequest) -> HttpResponse:
    """Everybody, by name, in pages; narrowed by words, fault line, language, country, state."""
    now = timezone.now()
    wish = {name: request.GET.get(name, "") for name in NARROWED_BY}
    page = Paginator(queries.listed(queries.Filters(**wish), now), PER_PAGE).get_page(
        request.GET.get("page")
    )
    loads = profiles.loads(now, [expert.pk for expert in page])
    people = [(expert, person(expert, now, asks=_asks(loads, expert))) for expert in page]
    shown = {name: value for name, value in wish.items() if value}
    counts, used = queries.counts(now), queries.codes_in_use()
    return render(
        request,
        "staff/experts.html",
        {
            "page": page,
            "people": people,
            "wish": wish,
            "counts": counts,
            "states": _states(wish, counts),
            "lines": [(line, words.fault_line(line)) for line in FAULT_LINES],
            "languages": sorted(((c, words.language(c)) for c in used["languages"]), key=_second),
            "countries": sorted(((c, words.country(c)) for c in used["countries"]), key=_second),
            "query": urlencode(shown),
            "narrowed": bool(shown),
            "demo": Expert.objects.filter(demo=True).exists(),
        },
    )


@require_GET
def show(request: HttpRequest, expert: UUID) -> HttpResponse:
    """One person: what we know, what they agreed to, how much they were asked."""
    return _page(request, expert)


@require_POST
def address(request: HttpRequest, expert: UUID) -> HttpResponse:
    """The page with the full address; noted."""
    _found(expert)
    return _page(request, expert, address=registry.reveal_address(expert, staff(request).pk))


@require_POST
def communities(request: HttpRequest, expert: UUID) -> HttpResponse:
    """The page with the communities that the person named; noted."""
    _found(expert)
    named = registry.reveal_communities(expert, staff(request).pk)
    return _page(request, expert, communities=named, communities_shown=True)


@require_POST
def pause(request: HttpRequest, expert: UUID) -> HttpResponse:
    """Nobody asks this person until the day that the form names."""
    until = _day(request.POST.get("until", ""))
    if until is None:
        messages.error(request, _("Choose the day until which we do not ask."))
        return redirect("staff:expert", expert)
    return _did(
        request,
        expert,
        lambda: registry.pause(expert, until, staff(request).pk),
        _("Paused. We do not ask until then."),
        undo=reverse("staff:expert-unpause", args=[expert]),
    )


@require_POST
def unpause(request: HttpRequest, expert: UUID) -> HttpResponse:
    """This person may be asked again."""
    return _did(
        request,
        expert,
        lambda: registry.unpause(expert, staff(request).pk),
        _("The pause is over; we may ask again."),
    )


@require_POST
def ask_again(request: HttpRequest, expert: UUID) -> HttpResponse:
    """This person told us that their refusal is over."""
    return _did(
        request,
        expert,
        lambda: registry.ask_again(expert, staff(request).pk),
        _("Saved. This person may be asked again."),
    )


@require_POST
def networks(request: HttpRequest, expert: UUID) -> HttpResponse:
    """The circles this person belongs to."""
    chosen = request.POST.getlist("network")
    return _did(
        request,
        expert,
        lambda: registry.set_networks(expert, chosen, staff(request).pk),
        _("Networks saved."),
    )


@require_POST
def active(request: HttpRequest, expert: UUID) -> HttpResponse:
    """In or out of the part of the registry that is asked."""
    wanted = request.POST.get("active") == "1"
    return _did(
        request,
        expert,
        lambda: registry.set_active(expert, wanted, staff(request).pk),
        _("Back in the registry.") if wanted else _("Taken out. Nobody will be asked any more."),
        undo="" if wanted else reverse("staff:expert-active", args=[expert]),
    )


@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """The registry as CSV; addresses and communities only where the form asks for them."""
    shielded = [name for name in SHIELDED if request.POST.get(name)]
    rows = list(profiles.rows().values())
    registry.note_export(staff(request).pk, shielded=shielded, how_many=len(rows))
    body = registry_csv(rows, shielded=shielded)
    return attachment(body, f"experts-{timezone.now():%Y-%m-%d}.csv")


def attachment(body: bytes, name: str) -> HttpResponse:
    """A CSV file to be saved."""
    answer = HttpResponse(body, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _page(request: HttpRequest, expert: UUID, **shown: Any) -> HttpResponse:
    now, found = timezone.now(), _found(expert)
    load = profiles.loads(now, [found.pk]).get(str(found.pk))
    member = {network.code for network in found.networks.all()}
    return render(
        request,
        "staff/expert.html",
        {
            "expert": found,
            "person": person(found, now, asks=load.asks_30 if load else 0),
            "load": load,
            "regions": [_place(code) for code in found.regions],
            "refuses": [_refusal(topic) for topic in found.do_not_ask],
            "refuses_all": NOTHING in found.do_not_ask,
            "networks": [(c, name, c in member) for c, name in registry.NETWORKS.items()],
            "trail": last_acts(found.pk),
            "paused": found.paused_until if (found.paused_until or now) > now else None,
            "today": now.date(),
            **shown,
        },
    )


def _found(expert: UUID) -> Expert:
    return get_object_or_404(profiles.with_private(), pk=expert)


def _did(
    request: HttpRequest, expert: UUID, do: Callable[[], None], said: str, undo: str = ""
) -> HttpResponse:
    try:
        do()
    except registry.Conflict as refused:
        messages.error(request, str(refused))
    except Expert.DoesNotExist as missing:
        raise Http404 from missing
    else:
        messages.success(request, said, extra_tags="" if "active" in undo else undo)
    return redirect("staff:expert", expert)


def _states(wish: dict[str, str], counts: dict[str, int]) -> list[dict[str, Any]]:
    names = {"": _("All"), "askable": _("Can be asked"), **queries.WHY_NOT}
    kept = {name: value for name, value in wish.items() if value and name != "state"}
    return [
        {
            "name": name,
            "count": counts[state or "all"],
            "url": f"?{urlencode({**kept, **({'state': state} if state else {})})}",
            "on": wish["state"] == state,
        }
        for state, name in names.items()
        if counts[state or "all"] or wish["state"] == state or not state
    ]


def _asks(loads: dict[str, Any], expert: Expert) -> int:
    load = loads.get(str(expert.pk))
    return int(load.asks_30) if load else 0


def _place(code: str) -> str:
    return str(queries.place(code))


def _refusal(topic: str) -> str:
    if topic == NOTHING:
        return _("everything: does not want to be asked at all")
    return words.fault_line(topic) if topic in FAULT_LINES else topic


def _day(text: str) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(text), time(23, 59), tzinfo=UTC)
    except ValueError:
        return None


def _second(pair: tuple[str, str]) -> str:
    return pair[1].casefold()
