"""Drawn values as SVG: every number is an attribute, none is a style."""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _


def spark(
    values: Sequence[float], label: str = "", width: int = 64, height: int = 22
) -> SafeString:
    """The shape of growth, oldest value first; the dot is now. `label` says it in words."""
    numbers = [float(v) for v in values] or [0.0]
    if len(numbers) == 1:
        numbers = [0.0, *numbers]
    top, low = max(numbers), min(0.0, *numbers)
    span, step = (top - low) or 1.0, (width - 6) / (len(numbers) - 1)
    points = [
        (1 + i * step, height - 2 - (v - low) / span * (height - 5)) for i, v in enumerate(numbers)
    ]
    end_x, end_y = points[-1]
    return format_html(
        '<svg class="spark" width="{w}" height="{h}" viewBox="0 0 {w} {h}" role="img" '
        'aria-label="{label}"><polyline points="{points}"/>'
        '<circle class="end" cx="{x}" cy="{y}" r="2.5"/></svg>',
        w=width,
        h=height,
        label=label or _("Growth"),
        points=" ".join(f"{x:.1f},{y:.1f}" for x, y in points),
        x=f"{end_x:.1f}",
        y=f"{end_y:.1f}",
    )


def hours(values: Sequence[int], label: str = "", broken: bool = False) -> SafeString:
    """Twenty-four bars, one an hour, oldest first; an empty hour is flat, of a source that does
    not do well also red."""
    top = max([*values, 1])
    bars = format_html_join("", "{}", ((_hour(i, v, top, broken),) for i, v in enumerate(values)))
    return format_html(
        '<svg class="spark spark-hours" width="120" height="20" viewBox="0 0 120 20" role="img" '
        'aria-label="{}">{}</svg>',
        label or _("Articles by hour"),
        bars,
    )


def _hour(at: int, value: int, top: int, broken: bool) -> SafeString:
    if not value:
        return format_html('<path class="{}" d="M{} 19h4"/>', "gone" if broken else "quiet", at * 5)
    tall = max(1, round(18 * value / top))
    return format_html('<rect x="{}" y="{}" width="4" height="{}"/>', at * 5, 20 - tall, tall)


def gauge(value: float, mark: float | None = None) -> SafeString:
    """A bar from 0 to 100 (newsworthiness); `mark` is the line at which the desk is told."""
    at = (
        ""
        if mark is None
        else format_html(
            '<line class="mark" x1="{m}" x2="{m}" y1="0" y2="12" '
            'vector-effect="non-scaling-stroke"/>',
            m=f"{mark:g}",
        )
    )
    return format_html(
        '<svg viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" x="0" y="3" width="100" height="6" rx="1" '
        'vector-effect="non-scaling-stroke"/>'
        '<rect class="value" x="0" y="3" width="{}" height="6" rx="1"/>{}</svg>',
        f"{min(100.0, max(0.0, value)):g}",
        at,
    )


def blocks(count: int, of: int = 8) -> SafeString:
    """One block per independent owner (corroboration); never a bar, so nobody adds the two."""
    wide = 100 / of
    parts = format_html_join(
        "",
        '<rect class="part{}" x="{}" y="2" width="{}" height="8" '
        'vector-effect="non-scaling-stroke"/>',
        (
            (" part-on" if n < count else "", f"{n * wide + 0.6:.1f}", f"{wide - 1.8:.1f}")
            for n in range(of)
        ),
    )
    return format_html(
        '<svg viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">{}</svg>', parts
    )


def of_ten(count: int) -> SafeString:
    """Ten dots, `count` of them full: how many of ten such articles are flashpoints."""
    dots = format_html_join(
        "",
        '<circle cx="{}" cy="6" r="4"{}/>',
        ((6 + 12 * n, "" if n < count else SafeString(' class="off"')) for n in range(10)),
    )
    return format_html(
        '<svg class="of-ten" width="120" height="12" viewBox="0 0 120 12" '
        'aria-hidden="true">{}</svg>',
        dots,
    )


def lagbar(value: float, goal: float, full: float | None = None) -> SafeString:
    """A stage's delay as a bar with the goal as a mark; past the goal it changes its colour."""
    full = full or max(goal * 2, 1e-9)
    return format_html(
        '<svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" width="100" height="8"/><rect{} width="{}" height="8"/>'
        '<line x1="{g}" x2="{g}" y1="-2" y2="10" vector-effect="non-scaling-stroke"/></svg>',
        SafeString(' class="slow"') if value > goal else "",
        f"{min(100.0, 100 * value / full):.1f}",
        g=f"{min(100.0, 100 * goal / full):.1f}",
    )


STRIP_WIDTH, STRIP_HEIGHT, STRIP_FLAT = 240, 16, 4
"""Pixels: the width at most (few partitions take less), the height of a strip, of an empty one."""


def partitions(unread: Sequence[int], highest: int, old: bool = False) -> SafeString:
    """Messages that wait in each partition of a stage, a bar each, beside `highest`, the most in
    any partition of any stage. `old`: not how it is now. The label names every bar that is not
    empty, and each says its number under the pointer."""
    step = min(8.0, STRIP_WIDTH / max(len(unread), 1))
    high = STRIP_HEIGHT if any(unread) else STRIP_FLAT
    bars = format_html_join(
        "", "{}", ((_bar(at, n / max(highest, 10), n, step, high),) for at, n in enumerate(unread))
    )
    return format_html(
        '<svg class="strip{}" width="{w}" height="{h}" viewBox="0 0 {w} {h}" role="img" '
        'aria-label="{}">{}</svg>',
        " strip-old" if old else "",
        _in_words(unread),
        bars,
        w=_short(step * len(unread)),
        h=high,
    )


def _bar(at: int, part: float, n: int, step: float, high: int) -> SafeString:
    """The bar, and over its column a place for the pointer."""
    tall = max(2, round(high * part)) if n else 1
    wide = step - 1 if step > 3 else step * 0.75
    said = _("Partition %(at)s: %(n)s") % {"at": at, "n": n}
    return format_html(
        '<rect{} x="{x}" y="{}" width="{}" height="{}"/>'
        '<rect class="column" x="{x}" width="{}" height="{}"><title>{}</title></rect>',
        "" if n else SafeString(' class="quiet"'),
        high - tall,
        _short(wide),
        tall,
        _short(step),
        high,
        said,
        x=_short(at * step),
    )


def _short(number: float) -> str:
    return f"{number:.4g}"


def _in_words(unread: Sequence[int]) -> str:
    """Partition 3: 9, the other 11: 0."""
    said = [_("partition %(at)s: %(n)s") % {"at": at, "n": n} for at, n in enumerate(unread) if n]
    empty = len(unread) - len(said)
    if not said:
        return _("Unread messages: none in any partition")
    if empty:
        said.append(_("the other %(n)s: none") % {"n": empty})
    return _("Unread messages: %(list)s") % {"list": ", ".join(said)}
