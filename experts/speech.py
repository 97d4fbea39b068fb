"""How we say languages, places and times to one person: in their language, in their own day."""

from collections.abc import Iterable
from datetime import datetime, tzinfo
from pathlib import Path

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_datetime, format_timedelta, get_timezone_location
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from experts.schedule import local


def language_for(spoken: Iterable[str]) -> str:
    """The first of these languages (ISO 639-1) into which our texts are translated, else "en"."""
    return next((code for code in spoken if code == "en" or _is_translated(code)), "en")


def _is_translated(code: str) -> bool:
    catalogue = Path("LC_MESSAGES") / "django.mo"
    return code.isalpha() and any(
        (Path(folder) / code / catalogue).is_file() for folder in settings.LOCALE_PATHS
    )


def hour(at: datetime, timezone: str, language: str) -> str:
    """The time of day with its place: 18:00 in Tunis."""
    here = local(at, timezone)
    clock = format_datetime(here, "HH:mm", locale=_locale(language))
    return _at_place(clock, here.tzinfo, language)


def day_and_hour(at: datetime, now: datetime, timezone: str, language: str) -> str:
    """Day and time with the place: today or tomorrow, 18:00 in Tunis, or the date before it."""
    days = (local(at, timezone).date() - local(now, timezone).date()).days
    with override(language):
        if days == 0:
            return _("today, %(hour)s") % {"hour": hour(at, timezone, language)}
        if days == 1:
            return _("tomorrow, %(hour)s") % {"hour": hour(at, timezone, language)}
        day = format_datetime(local(at, timezone), "EEEE d MMMM", locale=_locale(language))
        return f"{day}, {hour(at, timezone, language)}"


def is_today(at: datetime, now: datetime, timezone: str) -> bool:
    """Whether both moments lie in the same day of that place."""
    return local(at, timezone).date() == local(now, timezone).date()


def time_left(at: datetime, now: datetime, language: str) -> str:
    """How long until then, rounded (5 hours): for orientation beside the exact time."""
    return str(format_timedelta(at - now, threshold=1.2, locale=_locale(language)))


def name_of_language(code: str, language: str) -> str:
    """The language's name, for the `title` of its mark."""
    return str(_locale(language).languages.get(code, code))


def _at_place(clock: str, zone: tzinfo | None, language: str) -> str:
    city = get_timezone_location(zone, locale=_locale(language), return_city=True)
    city = city.rsplit("/", 1)[-1]
    with override(language):
        if city == "UTC":
            return f"{clock} UTC"
        return _("%(time)s in %(city)s") % {"time": clock, "city": city}


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")
