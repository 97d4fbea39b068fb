"""Finding cases, articles and people by words."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from experts.models import Expert
from experts.queries import registry
from rrmm.flashpoints import queries as flashpoints
from rrmm.web.presenters.marks import Piece, pieces
from rrmm.web.presenters.person import work
from rrmm.web.presenters.rows import where

NAMES = {
    "all": gettext_lazy("Everything"),
    "cases": gettext_lazy("Cases"),
    "articles": gettext_lazy("Articles"),
    "people": gettext_lazy("People"),
}
SHORTEST = 2
FEW = 8
"""Hits of each kind while all kinds are shown."""
MOST = 30
"""Hits of each kind that are looked for at all; the page says so where there may be more."""


@dataclass(frozen=True)
class Hit:
    """A thing found: its link, its words with the hits marked, and what stands beside it."""

    thing: Any
    url: str
    title: list[Piece]
    beside: str


@require_GET
@login_required
def show(request: HttpRequest) -> HttpResponse:
    """Everything that holds all the words, newest first; `scope` narrows it to one kind."""
    q = request.GET.get("q", "").strip()
    wanted = request.GET.get("scope", "all")
    scope = wanted if wanted in NAMES else "all"
    found = _found(q) if len(q) >= SHORTEST else {"cases": [], "articles": [], "people": []}
    page = {
        "q": q,
        "scope": scope,
        "short": 0 < len(q) < SHORTEST,
        "scopes": _scopes(q, scope, found),
        "total": sum(len(hits) for hits in found.values()),
        "most": MOST if any(len(hits) >= MOST for hits in found.values()) else 0,
        "found": [
            _section(q, kind, hits, FEW if scope == "all" else MOST)
            for kind, hits in found.items()
            if scope in {"all", kind}
        ],
    }
    return render(request, "staff/find.html", page)


def _found(q: str) -> dict[str, list[Hit]]:
    marked = [(word, "") for word in q.split()]
    world = flashpoints.search(q, MOST)
    return {
        "cases": [
            Hit(c, reverse("staff:case", args=[c.pk]), _marked(c.headline, marked), where(c))
            for c in world.cases
        ],
        "articles": [Hit(a, a.url, _marked(a.title, marked), a.outlet) for a in world.articles],
        "people": [
            Hit(p, reverse("staff:expert", args=[p.pk]), _marked(p.name, marked), _work(p))
            for p in registry.search(q, MOST)
        ],
    }


def _section(q: str, kind: str, hits: list[Hit], shown: int) -> dict[str, Any]:
    """The hits of a kind, and where all of them are when only some are shown."""
    return {
        "kind": kind,
        "name": NAMES[kind],
        "hits": hits[:shown],
        "all": len(hits) if len(hits) > shown else 0,
        "url": reverse("staff:find") + "?" + urlencode({"q": q, "scope": kind}),
    }


def _work(expert: Expert) -> str:
    return work(expert.title, expert.affiliation)


def _marked(text: str, wanted: list[tuple[str, str]]) -> list[Piece]:
    return pieces(text, wanted, inside=True)


def _scopes(q: str, scope: str, found: dict[str, list[Hit]]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "url": reverse("staff:find") + "?" + urlencode({"q": q, "scope": code}),
            "on": code == scope,
            "count": sum(map(len, found.values())) if code == "all" else len(found[code]),
        }
        for code, name in NAMES.items()
    ]
