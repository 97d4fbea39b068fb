"""The two maps: a case's country among its neighbours, and where our sources sit."""

from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.translation import gettext_lazy, ngettext

from rrmm.web import blind, words
from rrmm.web.maps import outlines
from rrmm.web.maps.coverage import STATES, Country, coverage

register = template.Library()

SIZE = (280, 160)
LABEL = 8
"""How far below a country's middle its name stands, in pixels of the map."""
SMALL = 42
"""A country that is drawn smaller than this gets a ring."""
HEADINGS = {
    "none": gettext_lazy("No source"),
    "fails": gettext_lazy("None answers"),
    "part": gettext_lazy("Some do not answer"),
    "waits": gettext_lazy("Not asked yet"),
    "answers": gettext_lazy("All answer"),
}


@register.inclusion_tag("staff/_map_place.html")
def place_map(code: str, where: str, part: str) -> dict[str, Any]:
    """A country and its neighbours; nothing for a place that has no outline.

    code: ISO 3166-1 alpha-2; where: the line that says the place in words; part: the class of
    the element around it.
    """
    window = outlines.windows().get(code.upper())
    if window is None:
        return {"window": None}
    scale = SIZE[0] / window.width
    x, y = (window.x - window.left) * scale, (window.y - window.top) * scale
    ring = window.span * scale / 2 + 6 if window.span * scale < SMALL else 0
    return {
        "window": window,
        "part": part,
        "size": SIZE,
        "view": f"{window.left} {window.top} {window.width} {window.width * SIZE[1] / SIZE[0]:.0f}",
        "file": static(outlines.NEAR),
        "neighbours": [seen for seen in window.seen if seen.code != window.code],
        "country": [seen for seen in window.seen if seen.code == window.code],
        "line": f"{1 / scale:.1f}",
        "name": words.country(window.code),
        "where": where,
        "x": f"{x:.1f}",
        "y": f"{y:.1f}",
        "label": f"{y + (ring + 13 if ring else LABEL / 2):.1f}",
        "ring": f"{ring:.1f}" if ring else "",
    }


@register.inclusion_tag("staff/_map_sources.html")
def sources_map(demo: int = 0) -> dict[str, Any]:
    """Where our sources sit. demo: how many sources of the demo there are (left out here)."""
    found = coverage()
    view, paths = outlines.world()
    known = {country.code: country for country in found.countries}
    worst = next((state for state in STATES[1:] if found.of(state)), "none")
    groups = [
        {
            "state": state,
            "heading": HEADINGS[state],
            "countries": countries,
            "open": state == worst,
        }
        for state in STATES
        if (countries := found.of(state))
    ]
    return {
        "view": view,
        "shapes": [(known.get(code), path) for code, path in paths],
        "groups": groups,
        "watched": sum(country.watched > 0 for country in found.countries),
        "missing": len(found.of("none")),
        "nowhere": found.nowhere,
        "demo": demo,
        "dark": {sight.country for sight in blind.read().of("silent", "quiet")},
    }


@register.filter
def sources_said(country: Country) -> str:
    """ "2 answer, 1 does not": the sources of a country in words."""
    said = [
        _counted(country.answering, ngettext("%(n)s answers", "%(n)s answer", country.answering)),
        _counted(country.failing, ngettext("%(n)s does not", "%(n)s do not", country.failing)),
        _counted(
            country.waiting,
            ngettext("%(n)s not asked yet", "%(n)s not asked yet", country.waiting),
        ),
        _counted(country.off, ngettext("%(n)s off", "%(n)s off", country.off)),
    ]
    if country.failing and not country.answering:
        said[1] = _counted(
            country.failing,
            ngettext("%(n)s does not answer", "%(n)s do not answer", country.failing),
        )
    return ", ".join(part for part in said if part) or str(HEADINGS["none"])


def _counted(number: int, said: str) -> str:
    return said % {"n": number} if number else ""
