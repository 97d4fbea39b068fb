"""Plots of measured figures as SVG: a dot with its whiskers, and what was said against what was.

Every number is an attribute, none is a style; the same numbers stand beside them as text."""

from collections.abc import Sequence
from math import sqrt

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

WIDE, TALL = 160, 16
"""Pixels of a line with a dot; 0 lies at MARGIN, 1 at WIDE - MARGIN."""
MARGIN = 6
SIDE, EDGE = 280, 34
"""Pixels of the reliability plot's square, and of the room for its numbers."""


def whisker(value: float, low: float, high: float) -> SafeString:
    """A share from 0 to 1 as a dot, its 95 % interval as a line through it."""
    return format_html(
        '<svg class="whisker" width="{w}" height="{h}" viewBox="0 0 {w} {h}" aria-hidden="true">'
        '<path class="ground" d="M{a} 8H{b}"/>{ticks}<path d="M{low} 8H{high}M{low} 4V12M{high} '
        '4V12"/><circle cx="{x}" cy="8" r="4"/></svg>',
        w=WIDE,
        h=TALL,
        a=MARGIN,
        b=WIDE - MARGIN,
        ticks=_ticks(),
        low=_along(low),
        high=_along(high),
        x=_along(value),
    )


def _ticks() -> SafeString:
    marks = "".join(f"M{_along(at)} 5V11" for at in (0.0, 0.5, 1.0))
    return format_html('<path class="ground" d="{}"/>', marks)


def _along(share: float) -> str:
    return f"{MARGIN + (WIDE - 2 * MARGIN) * min(1.0, max(0.0, share)):.1f}"


def reliability(bins: Sequence[tuple[float, float, float]]) -> SafeString:
    """bins: (said, was, share of the stream), each 0 to 1. A dot on the line was said as it was;
    below it, too much was promised. The area of a dot grows with the share, those of rare scores
    have a least size."""
    most = max((share for _said, _was, share in bins), default=1.0) or 1.0
    dots = format_html_join(
        "",
        '<circle cx="{}" cy="{}" r="{}"/>',
        (
            (_x(said), _y(was), f"{3 + 8 * sqrt(max(0.0, share) / most):.1f}")
            for said, was, share in bins
        ),
    )
    return format_html(
        '<svg class="reliability" viewBox="0 0 {side} {side}" role="img" aria-label="{label}">'
        '{grid}<path class="ideal" d="M{x0} {y0}L{x1} {y1}"/>{dots}'
        '<text class="middle" x="{mid}" y="{foot}">{said}</text>'
        '<text class="middle" transform="translate(10 {up}) rotate(-90)">{was}</text></svg>',
        side=SIDE,
        label=_("What the model said against what was; the table says the same"),
        grid=_grid(),
        x0=_x(0),
        y0=_y(0),
        x1=_x(1),
        y1=_y(1),
        dots=dots,
        mid=_x(0.5),
        foot=SIDE - 2,
        up=_y(0.5),
        said=_("what it said"),
        was=_("what was"),
    )


def _grid() -> SafeString:
    steps = (0.0, 0.25, 0.5, 0.75, 1.0)
    lines = "".join(f"M{_x(at)} {_y(0)}V{_y(1)}M{_x(0)} {_y(at)}H{_x(1)}" for at in steps)
    numbers = format_html_join(
        "",
        '<text class="middle" x="{}" y="{}">{}</text><text class="end" x="{}" y="{}">{}</text>',
        (
            (
                _x(at),
                f"{float(_y(0)) + 14:.1f}",
                f"{at * 100:.0f} %",
                f"{float(_x(0)) - 5:.1f}",
                f"{float(_y(at)) + 3.5:.1f}",
                f"{at * 100:.0f} %",
            )
            for at in steps
        ),
    )
    return format_html('<path class="ground" d="{}"/>{}', lines, numbers)


def _x(share: float) -> str:
    return f"{EDGE + 12 + (SIDE - EDGE - 32) * share:.1f}"


def _y(share: float) -> str:
    return f"{SIDE - EDGE - (SIDE - EDGE - 12) * share:.1f}"
