"""How codes, people and times read in the reader's language."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from streams.collectors import words as collected

FAULT_LINES = {
    "religion": gettext_lazy("Religion"),
    "ethnicity": gettext_lazy("Ethnicity"),
    "migration": gettext_lazy("Migration"),
    "culture": gettext_lazy("Culture"),
}
SEVERITIES = {
    1: gettext_lazy("low"),
    2: gettext_lazy("raised"),
    3: gettext_lazy("serious"),
    4: gettext_lazy("grave"),
}
TRIGGERS = {
    "worship": gettext_lazy("Something done to a place of worship"),
    "sacred": gettext_lazy("Something done to what is held sacred"),
    "hatecrime": gettext_lazy("A crime out of hatred for a group"),
    "violence": gettext_lazy("Violence between groups"),
    "law": gettext_lazy("A law, a ruling or an order"),
    "speech": gettext_lazy("Words against a group"),
    "protest": gettext_lazy("A protest, a march or a boycott"),
    "heritage": gettext_lazy("Something done to heritage, a language or a symbol"),
    "discrim": gettext_lazy("Unequal treatment of a group"),
    "other": gettext_lazy("Another trigger"),
}


SEVERITY_WHY = {
    1: gettext_lazy("local or symbolic, little sign of spreading"),
    2: gettext_lazy("national attention, or injuries, arrests, official reactions"),
    3: gettext_lazy("deaths on a communal line, or repercussions across borders likely"),
}
"""What an article's severity means in the codebook."""
STRENGTHS = {
    "strong": gettext_lazy("strongly"),
    "clear": gettext_lazy("clearly"),
    "slight": gettext_lazy("a little"),
}
SURE = {
    "very": gettext_lazy("Very likely"),
    "likely": gettext_lazy("Likely"),
    "rather": gettext_lazy("More likely than not"),
    "maybe": gettext_lazy("Possible"),
    "little": gettext_lazy("Less likely than not, kept so that little is missed"),
}


def fault_line(code: str) -> str:
    """religion -> Religion, in the reader's language; an unknown code is given back."""
    return str(FAULT_LINES.get(code, code))


def severity(level: int) -> str:
    """The word for a severity from 1 to 4."""
    return str(SEVERITIES.get(level, level))


def severity_why(level: int) -> str:
    """What the codebook means by an article's severity from 1 to 3."""
    return str(SEVERITY_WHY.get(level, ""))


def strength(code: str) -> str:
    """How strongly words spoke: strong, clear, slight."""
    return str(STRENGTHS.get(code, code))


def sure(code: str) -> str:
    """How sure a flag is, as a word."""
    return str(SURE.get(code, code))


POLLS = {
    "ok": gettext_lazy("Read."),
    "unchanged": gettext_lazy("Nothing new."),
}


def poll(code: str) -> str:
    """The outcome of a poll in words: as the collector explains it, or the code itself."""
    if code in POLLS:
        return str(POLLS[code])
    return _(collected.WORDS[code]) if code in collected.WORDS else code.replace("_", " ")


PAGES = {
    "robots": gettext_lazy("The site asks machines not to read this page."),
    "robots_unreachable": gettext_lazy("The site did not say whether machines may read it."),
    "paywall": gettext_lazy("The page is for subscribers."),
    "consent": gettext_lazy("The page showed a question about consent instead of the text."),
    "nothing": gettext_lazy("The page held no text that looks like an article."),
    "not_html": gettext_lazy("The address leads to something that is no page."),
    "reserved": gettext_lazy("The outlet is invented; nothing was asked of it."),
    "given_up": gettext_lazy("Reading it was broken off twice."),
}


def page(code: str) -> str:
    """What kept us from an article's page, in words."""
    return str(PAGES[code]) if code in PAGES else poll(code)


STAGES = {
    "assess": gettext_lazy("Assess"),
    "read": gettext_lazy("Read pages"),
    "cluster": gettext_lazy("Cluster"),
    "escalate": gettext_lazy("Escalate"),
    "propose": gettext_lazy("Propose"),
    "mobilise": gettext_lazy("Mobilise"),
    "tell": gettext_lazy("Tell staff"),
    "send": gettext_lazy("Send mail"),
}


def stage(name: str) -> str:
    """A stage of the flow in words; an unknown one is given back."""
    return str(STAGES.get(name, name))


def trigger(code: str) -> str:
    """The codebook's trigger in words."""
    return str(TRIGGERS.get(code, code))


@lru_cache(maxsize=32)
def _locale(code: str) -> Locale:
    try:
        return Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def country(code: str) -> str:
    """IT -> Italy (CLDR); an unknown code is given back."""
    return _locale(get_language() or "en").territories.get(code.upper(), code) if code else ""


def country_in_english(code: str) -> str:
    """The country as the gazetteer writes it, to be compared, never shown."""
    return _locale("en").territories.get(code.upper(), code) if code else ""


def language(code: str) -> str:
    """it -> Italian (CLDR); an unknown code is given back."""
    return _locale(get_language() or "en").languages.get(code.lower(), code) if code else ""


def person(user: Any) -> str:
    """A user's name; the part before the @ for one who has none yet; a plain name as it is."""
    if user is None:
        return _("nobody")
    if isinstance(user, str):
        return user
    full = f"{user.first_name} {user.last_name}".strip()
    return full or str(user.get_username()).split("@")[0]


def short_person(user: Any) -> str:
    """Tamar Olin -> Tamar O."""
    first, _space, last = person(user).partition(" ")
    return f"{first} {last[0]}." if last else first


def initials(name: str) -> str:
    """Tamar Olin -> TO; one letter for a single name."""
    parts = name.split()
    return (parts[0][:1] + (parts[-1][:1] if len(parts) > 1 else "")).upper() if parts else "?"


def span(length: timedelta | float | None) -> str:
    """Seconds or a timedelta in at most two units: 4 s, 28 min, 1 h 07, 3 d."""
    if length is None:
        return ""
    seconds = length.total_seconds() if isinstance(length, timedelta) else float(length)
    if 0 < seconds < 1:
        return _("%(n)s s") % {"n": f"{seconds:.1f}"}
    if seconds < 60:
        return _("%(n)s s") % {"n": int(seconds)}
    if seconds < 3600:
        return _("%(n)s min") % {"n": int(seconds // 60)}
    if seconds < 86_400:
        hours, rest = divmod(int(seconds), 3600)
        return _("%(h)s h %(m)s") % {"h": hours, "m": f"{rest // 60:02d}"}
    return _("%(n)s d") % {"n": int(seconds // 86_400)}


def clock(at: datetime, now: datetime, *, seconds: bool = False) -> str:
    """24 h and UTC: 11:31 today, Fri 11:31 within six days, 3 Nov 11:31, else with the year."""
    at, now = at.astimezone(UTC), now.astimezone(UTC)
    hour = at.strftime("%H:%M:%S" if seconds else "%H:%M")
    if at.date() == now.date():
        return hour
    if abs(at.date() - now.date()) < timedelta(days=7):
        return f"{date_format(at, 'D')} {hour}"
    if at.year == now.year:
        return f"{date_format(at, 'j M')} {hour}"
    return f"{date_format(at, 'j M Y')} {hour}"
