"""What is drawn on the pages of models and replays: bars, each number also said in words."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from rrmm.flashpoints.queries import modelfiles
from rrmm.flashpoints.worse import Tally

register = template.Library()
WIDE, HIGH = 240, 12


@register.simple_tag
def versus(tally: Tally, top: int) -> SafeString:
    """Flags of a language: by both (full), by today's model alone (hollow), by the new one alone
    (marked). `top`: flags that fill the width."""
    drawn = _segments([(tally.both, "both"), (tally.only_old, "old"), (tally.only_new, "new")], top)
    said = _("Both %(both)d, only today’s %(old)d, only the new one %(new)d") % {
        "both": tally.both,
        "old": tally.only_old,
        "new": tally.only_new,
    }
    return _svg(drawn, said)


@register.simple_tag
def taught(flashpoints: int, others: int, top: int) -> SafeString:
    """Labelled articles of a language: flashpoints (full) and others (hollow)."""
    drawn = _segments([(flashpoints, "both"), (others, "old")], top)
    said = _("%(a)d flashpoints, %(b)d others") % {"a": flashpoints, "b": others}
    return _svg(drawn, said)


@register.simple_tag
def key_mark(kind: str) -> SafeString:
    """A patch for the legend."""
    return format_html(
        '<svg class="versus" width="18" height="12" aria-hidden="true">'
        '<rect class="{}" x=".5" y=".5" width="17" height="11"/></svg>',
        kind,
    )


def _segments(parts: list[tuple[int, str]], top: int) -> list[tuple[float, float, str]]:
    at, made = 0.0, []
    whole = max(top, sum(number for number, _kind in parts), 1)
    for number, kind in parts:
        wide = max(2.0, number / whole * (WIDE - 8)) if number else 0.0
        if wide:
            made.append((at, wide, kind))
            at += wide + 1
    return made


def _svg(segments: list[tuple[float, float, str]], said: str) -> SafeString:
    inner = SafeString("").join(
        format_html(
            '<rect class="{}" x="{}" y=".5" width="{}" height="11"/>',
            kind,
            f"{x + 0.5:.1f}",
            f"{wide:.1f}",
        )
        for x, wide, kind in segments
    )
    return format_html(
        '<svg class="versus" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        WIDE,
        HIGH,
        said,
        SafeString(inner),
    )


@register.inclusion_tag("staff/_model_trouble.html")
def model_trouble() -> dict[str, list[str]]:
    """Why workers do not use the promoted model; nothing while they do."""
    return {"troubles": modelfiles.troubles()}
