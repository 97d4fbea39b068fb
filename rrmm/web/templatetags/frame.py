"""The frame around every page: brand, navigation, the watch strip, what the reader chose."""

from datetime import timedelta
from typing import Any

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rrmm.accounts import queries as accounts
from rrmm.web import words
from rrmm.web.staff import strip

register = template.Library()

LOGO = SafeString(
    '<svg viewBox="0 0 22 22" aria-hidden="true"><path d="M2 4.5h7.5v6c0 3-1.8 5.2-5 6.5v-6H2Z'
    'M20 4.5h-7.5v6c0 3 1.8 5.2 5 6.5v-6H20Z" fill="currentColor"/></svg>'
)
PLACES: tuple[tuple[str, Any, str, tuple[str, ...]], ...] = (
    ("desk", gettext_lazy("Desk"), "d", ()),
    ("cases", gettext_lazy("Cases"), "c", ("case", "confirm")),
    ("experts", gettext_lazy("Experts"), "e", ("expert",)),
    ("mailbox", gettext_lazy("Mailbox"), "m", ("message",)),
    ("health", gettext_lazy("Health"), "h", ("sources",)),
    ("seeing", gettext_lazy("How we see"), "s", ("models", "model", "replay")),
)


@register.simple_tag(takes_context=True)
def brand(context: Context) -> SafeString:
    """The logo and the name, a way home for staff, plain for everybody else."""
    user = context.get("user")
    if user is not None and user.is_authenticated:
        return format_html('<a class="brand" href="{}">{}RRMM</a>', reverse("staff:desk"), LOGO)
    return format_html('<span class="brand">{}RRMM</span>', LOGO)


@register.simple_tag(takes_context=True)
def nav(context: Context) -> SafeString:
    """The links to the places that exist, the one we are in marked; G and a letter goes there."""
    match = getattr(context.get("request"), "resolver_match", None)
    here = match.url_name or "" if match else ""
    return format_html_join(
        "",
        '<a href="{}" data-goto="{}"{}>{}</a>',
        (
            (reverse(f"staff:{name}"), letter, _mark(here, name, also), word)
            for name, word, letter, also in PLACES
        ),
    )


def _mark(here: str, name: str, also: tuple[str, ...]) -> SafeString:
    if here == name:
        return SafeString(' aria-current="page"')
    inside = any(here == part or here.startswith(f"{part}-") for part in (name, *also))
    return SafeString(' aria-current="true"' if inside else "")


@register.inclusion_tag("parts/watch.html", takes_context=True)
def watch(context: Context) -> dict[str, Any]:
    """The strip: what is measured, next to what is not."""
    return {"watch": strip.read(), "user": context["user"]}


@register.simple_tag(takes_context=True)
def shortcuts(context: Context) -> str:
    """ "on" or "off": whether single letters do something for this reader (WCAG 2.1.4)."""
    profile = accounts.profile_of(context["user"])
    return "on" if profile.shortcuts else "off"


@register.simple_tag(takes_context=True)
def duty(context: Context) -> str:
    """Whether the reader is on duty, in words."""
    profile = accounts.profile_of(context["user"])
    return _("On duty") if profile.is_on_duty else _("Not on duty")


@register.simple_tag
def watch_line() -> str:
    """One sentence for the sign-in page: whether the watch runs. Numbers only."""
    reading = strip.read()
    if not reading.sources:
        return ""
    line = _("The watch runs: %(alive)s of %(total)s sources alive") % {
        "alive": reading.alive,
        "total": reading.sources,
    }
    if reading.newest_at is None:
        return f"{line}."
    newest = words.span(max(timedelta(), reading.at - reading.newest_at))
    return _("%(line)s, newest article %(newest)s ago.") % {"line": line, "newest": newest}
