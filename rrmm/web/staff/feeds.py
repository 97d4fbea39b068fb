"""The feeds: how each of them does, in plain words, and what staff may do to it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from rrmm.web import words
from rrmm.web.staff import strip
from rrmm.web.staff.asking import staff
from streams import trail
from streams.collectors import queries, services
from streams.collectors.models import Feed
from streams.collectors.words import explain

PAGE = 12
LIVE = Q(active=True, muted_at__isnull=True)


def kinds() -> dict[str, Q]:
    """The filters by name."""
    quiet = Q(last_new_at__lt=timezone.now() - queries.SILENT) | Q(last_new_at__isnull=True)
    good = LIVE & Q(last_error="", last_fetched_at__isnull=False)
    return {
        "failing": queries.FAILING,
        "gone": Q(active=True, muted_at__isnull=False),
        "silent": good & quiet,
        "waiting": LIVE & Q(last_error="", last_fetched_at__isnull=True),
        "pushed": LIVE & Q(websub_state="live"),
        "off": Q(active=False),
    }


@dataclass(frozen=True, slots=True)
class Line:
    """One feed: its state as a code of `kinds` or "alive", "refused", and why in words."""

    feed: Feed
    state: str
    words: str
    hours: tuple[int, ...]

    @property
    def broken(self) -> bool:
        """Whether empty hours are a fault rather than a quiet outlet."""
        return self.state in {"failing", "refused", "gone", "silent"}


def part(request: HttpRequest) -> dict[str, Any]:
    """The table of sources for the request's filter, search and page."""
    wanted, by_kind = request.GET.get("show", ""), kinds()
    feeds = Feed.objects.filter(by_kind.get(wanted, Q()))
    country = request.GET.get("country", "").upper()[:2]
    if country:
        feeds = feeds.filter(country=country)
    page = Paginator(_worst_first(feeds, by_kind), PAGE).get_page(request.GET.get("page"))
    return {
        "page": page,
        "lines": _lines(list(page.object_list)),
        "health": queries.health(),
        "wanted": wanted if wanted in by_kind else "",
        "country": country,
        "query": request.GET.urlencode(),
    }


def _worst_first(feeds: QuerySet[Feed], by_kind: dict[str, Q]) -> QuerySet[Feed]:
    order = ("failing", "gone", "silent", "waiting")
    ranks = [When(by_kind[name], then=Value(rank)) for rank, name in enumerate(order)]
    off = When(by_kind["off"], then=Value(9))
    rank = Case(*ranks, off, default=Value(5), output_field=IntegerField())
    latest = F("last_new_at").desc(nulls_last=True)
    return feeds.annotate(rank=rank).order_by("rank", latest, "outlet", "url")


def _lines(feeds: list[Feed]) -> list[Line]:
    hours = queries.per_hour([feed.pk for feed in feeds], timezone.now())
    return [Line(feed, state(feed), why(feed), hours[feed.pk]) for feed in feeds]


def state(feed: Feed) -> str:
    """The one word for how a feed does."""
    if not feed.active:
        return "off"
    if feed.muted_at:
        return "gone"
    if feed.last_error:
        return "refused" if feed.last_error in {"too_many_requests", "forbidden"} else "failing"
    if feed.last_fetched_at is None:
        return "waiting"
    if feed.last_new_at is None or feed.last_new_at < timezone.now() - queries.SILENT:
        return "silent"
    return "pushed" if feed.websub_state == "live" else "alive"


def why(feed: Feed) -> str:
    """The sentence beside the state; "" where there is nothing to explain."""
    now = timezone.now()
    said = explain(feed, now)
    found = state(feed)
    if found in {"waiting", "off"}:
        return ""
    if said or found != "silent":
        return said
    if feed.last_new_at is None:
        return _("The server answers; it has brought nothing new yet.")
    return _("The server answers; nothing new since %(when)s.") % {
        "when": words.clock(feed.last_new_at, now)
    }


@require_GET
def table(request: HttpRequest) -> HttpResponse:
    """The table alone."""
    return render(request, "staff/_sources.html", part(request))


@require_GET
def one(request: HttpRequest, feed: UUID) -> HttpResponse:
    """One feed with its history."""
    found = get_object_or_404(Feed, pk=feed)
    context = {"feed": found, "line": _lines([found])[0], "history": queries.history(feed)}
    return render(request, "staff/source.html", context)


@require_POST
def act(request: HttpRequest, feed: UUID, what: str) -> HttpResponse:
    """Ask it now, switch it off, switch it on."""
    if what not in {"ask", "on", "off"}:
        raise Http404
    found = get_object_or_404(Feed, pk=feed)
    actor = trail.staff(staff(request).pk)
    if what == "ask":
        services.ask_now(feed, actor)
        said = _("%(name)s is asked next.")
    else:
        services.switch(feed, what == "on", actor)
        said = _("%(name)s is switched on.") if what == "on" else _("%(name)s is switched off.")
    strip.forget()
    messages.success(request, said % {"name": str(found)})
    if request.headers.get("HX-Request") == "true":
        return render(request, "staff/_sources.html", part(request))
    return redirect("staff:source", feed)
