"""Marks of the look: every drawn value is an SVG attribute, every mark also a word."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from rrmm.web import drawing, plots, words

register = template.Library()


@register.simple_tag
def icon(name: str, turns: bool = False) -> SafeString:
    """A line icon of icons.svg, silent for screen readers; `turns` mirrors it right to left."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        " icon-turns" if turns else "",
        static("rrmm/icons.svg"),
        name,
    )


@register.simple_tag
def severity(level: int, in_words: bool = False) -> SafeString:
    """Bars and digit for lists, bars and words (`in_words=True`) for a case. `level`: 1 to 4."""
    bars = format_html_join(
        "",
        '<rect x="{}" y="{}" width="3" height="{}" rx=".5"{}/>',
        (
            (f"{4.5 * n:g}", 9 - 3 * n, 3 + 3 * n, "" if n < level else SafeString(' class="off"'))
            for n in range(4)
        ),
    )
    drawn = format_html('<svg width="17" height="12" aria-hidden="true">{}</svg>', bars)
    said = _("Severity %(level)s of 4, %(word)s") % {
        "level": level,
        "word": words.severity(level),
    }
    if in_words:
        inner = format_html("{}<span>{}</span>", drawn, said)
    else:
        inner = format_html(
            '{}<span aria-hidden="true">{}</span><span class="only-read-aloud">{}</span>',
            drawn,
            level,
            said,
        )
    return format_html('<span class="severity severity-{}">{}</span>', level, inner)


@register.simple_tag
def fault(line: str, glyph_only: bool = False) -> SafeString:
    """One fault line: glyph and word. `glyph_only` hides the word from the eye, not the ear."""
    word = words.fault_line(line)
    shown = format_html('<span class="only-read-aloud">{}</span>', word) if glyph_only else word
    return format_html('<span class="fault {}">{}{}</span>', line, icon(line), shown)


@register.simple_tag
def faults(lines: Iterable[str]) -> SafeString:
    """All fault lines of a case, most important first."""
    marks = format_html_join("", "{}", ((fault(line),) for line in lines))
    return format_html('<span class="faults">{}</span>', marks) if marks else SafeString("")


@register.simple_tag
def lang(code: str) -> SafeString:
    """The code of the original language, its name in the title. Empty for an unknown one."""
    if not code:
        return SafeString("")
    return format_html(
        '<abbr class="lang" title="{}" translate="no">{}</abbr>', words.language(code), code
    )


@register.simple_tag
def langs(codes: Iterable[str]) -> SafeString:
    """The languages of a case or a person, in a line."""
    marks = format_html_join("", "{}", ((lang(code),) for code in codes))
    return format_html('<span class="langs">{}</span>', marks)


for draw in (drawing.spark, drawing.hours, drawing.gauge, drawing.blocks, drawing.lagbar,
             drawing.of_ten, drawing.partitions, plots.whisker, plots.reliability):  # fmt: skip
    register.simple_tag(draw)


@register.simple_tag
def initials(person: Any, title: bool = True) -> SafeString:
    """The round mark of a person: a user, or a name."""
    name = words.person(person)
    short = words.initials(name)
    if not title:
        return format_html('<span class="initials" aria-hidden="true">{}</span>', short)
    return format_html('<span class="initials" title="{}" dir="auto">{}</span>', name, short)


@register.filter
def person(user: Any) -> str:
    """A staff member's name as colleagues read it; never an address."""
    return words.person(user)


@register.filter
def country(code: str) -> str:
    """ISO 3166 code to the country's name in the reader's language."""
    return words.country(code)


@register.filter
def language(code: str) -> str:
    """ISO 639-1 code to the language's name in the reader's language."""
    return words.language(code)


@register.filter
def fault_word(line: str) -> str:
    """The fault line's word alone, for sentences."""
    return words.fault_line(line)


@register.filter
def strength_word(code: str) -> str:
    """strong -> strongly: how words of a flag spoke, for sentences."""
    return words.strength(code)


@register.filter
def grouped(number: float | None) -> str:
    """18412 -> 18,412, as the reader's language writes it."""
    return "" if number is None else number_format(number, use_l10n=True, force_grouping=True)


@register.filter
def percent(share: float, places: int = 0) -> str:
    """0.84 -> 84 %, as the reader's language writes the number; `places` after the point."""
    # number_format cuts off what is beyond the places; it does not round.
    return f"{number_format(round(100 * share, places), places, use_l10n=True)} %"


@register.filter
def span(length: timedelta | float | None) -> str:
    """A length of time in at most two units: 4 s, 28 min, 1 h 07, 3 d."""
    return words.span(length)


@register.filter
def since(at: datetime | None) -> str:
    """How long ago, as `span`; a moment in the future reads as 0 s."""
    return "" if at is None else words.span(max(timedelta(), timezone.now() - at))


@register.filter
def ahead(at: datetime | None) -> str:
    """How long until then, as `span`; a moment in the past reads as 0 s."""
    return "" if at is None else words.span(max(timedelta(), at - timezone.now()))


@register.simple_tag
def clock(at: datetime | None, seconds: bool = False) -> SafeString:
    """A `<time>` in UTC: 11:31 today, "Fri 11:31" within a week, the date before that."""
    if at is None:
        return SafeString("")
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        at.astimezone(UTC).isoformat(timespec="seconds"),
        at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC"),
        words.clock(at, timezone.now(), seconds=seconds),
    )


@register.simple_tag
def ago(at: datetime | None) -> SafeString:
    """A `<time>` that counts up by itself in the browser (app.js reads data-since)."""
    if at is None:
        return SafeString("")
    stamp = at.astimezone(UTC).isoformat(timespec="milliseconds")
    return format_html('<time datetime="{0}" data-since="{0}">{1}</time>', stamp, since(at))


@register.simple_tag
def until(at: datetime | None) -> SafeString:
    """A `<time>` that counts down by itself in the browser (app.js reads data-until)."""
    if at is None:
        return SafeString("")
    stamp = at.astimezone(UTC).isoformat(timespec="milliseconds")
    return format_html(
        '<time datetime="{0}" data-until="{0}" role="timer">{1}</time>', stamp, ahead(at)
    )


@register.simple_tag
def key(letter: str) -> SafeString:
    """The key that does the same; hidden where single letters are switched off."""
    return format_html("<kbd>{}</kbd>", letter)


@register.simple_tag
def counted(number: int, one: str, many: str) -> str:
    """`{% counted 3 "article" "articles" %}`: number and noun in the reader's language."""
    return f"{grouped(number)} {ngettext(one, many, number)}"


@register.simple_tag
def ours() -> SafeString:
    """`lang` and `dir` of our own words inside somebody else's text."""
    return format_html('lang="{}" dir="{}"', get_language() or "en", direction())


@register.simple_tag
def direction() -> str:
    """Right to left or left to right, for `<html dir>`."""
    known = {code for code, _name in settings.LANGUAGES}
    here = get_language() or "en"
    rtl = {"ar", "fa", "he", "ur"}
    return "rtl" if here in known and here.split("-")[0] in rtl else "ltr"


@register.filter
def poll_words(code: str) -> str:
    """The code of a poll's outcome in plain words."""
    return words.poll(code)


@register.filter
def process_name(name: str) -> str:
    """work@host:4711 -> work; the host's name says nothing to a reader of one machine."""
    return name.partition("@")[0]


@register.filter
def process_host(name: str) -> str:
    """work@host:4711 -> host, where there may be several."""
    return name.partition("@")[2].rpartition(":")[0]
