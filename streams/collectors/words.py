"""Why a feed fails, in plain words: what is wrong, and what we do about it."""

from datetime import datetime
from typing import Protocol

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop


class Failing(Protocol):
    """What `explain` reads of a feed."""

    active: bool
    last_error: str
    last_error_detail: str
    failure_class: str
    failing_since_at: datetime | None
    last_fetched_at: datetime | None
    muted_at: datetime | None
    next_at: datetime


WORDS = {
    "timeout": gettext_noop("The server did not answer in time."),
    "connection": gettext_noop("No connection to the server."),
    "dns": gettext_noop("The server's name is not known."),
    "tls": gettext_noop("The server's certificate is not valid."),
    "cut_off": gettext_noop("The answer broke off in the middle."),
    "server_error": gettext_noop("The server reports an error of its own."),
    "unavailable": gettext_noop("The server says it is not available now (503)."),
    "too_many_requests": gettext_noop("The server says we ask too often (429)."),
    "forbidden": gettext_noop("The server does not let us read the feed (401 or 403)."),
    "not_found": gettext_noop("There is no feed at this address any more (404)."),
    "gone": gettext_noop("The server says the feed is gone for good (410)."),
    "bad_request": gettext_noop("The server does not understand our request."),
    "bad_answer": gettext_noop("The server's answer cannot be read."),
    "bad_redirect": gettext_noop("The server sends us to something that is no web address."),
    "redirect_loop": gettext_noop("The server sends us round in a circle."),
    "too_many_redirects": gettext_noop("The server sends us on more than five times."),
    "bad_address": gettext_noop("The address is not a web address."),
    "private_address": gettext_noop(
        "The address leads into a private network. It was not asked, to keep that network safe."
    ),
    "too_big": gettext_noop("The document is larger than 10 MB. It was not taken."),
    "bomb": gettext_noop("The document unpacks to an absurd size. It was not taken."),
    "empty": gettext_noop("The document is empty."),
    "html_page": gettext_noop("There is a web page at the address, not a feed."),
    "not_a_feed": gettext_noop("The document is not a feed that we know."),
    "parser_failed": gettext_noop("The document cannot be read."),
    "parser_lost": gettext_noop("Reading the document took too long or too much. It was left."),
    "not_stored": gettext_noop("The document holds something the database refused."),
    "internal": gettext_noop("Something went wrong on our side."),
}


def explain(feed: Failing, now: datetime) -> str:
    """One or two sentences for people; "" for a feed that answers."""
    if not feed.active:
        return _("Switched off by staff.")
    if feed.muted_at:
        gone = _(WORDS["gone"])
        since = _("Muted since %(day)s; we do not ask again.")
        return f"{gone} {since % {'day': _day(feed.muted_at)}}"
    if not feed.last_error:
        return "" if feed.last_fetched_at else _("Not asked yet.")
    what = _(WORDS.get(feed.last_error, WORDS["internal"]))
    return f"{what} {_next(feed, now)}"


def _next(feed: Failing, now: datetime) -> str:
    moment = {"time": _moment(feed.next_at, now)}
    if feed.last_error in {"too_many_requests", "unavailable"}:
        return _("We wait until %(time)s.") % moment
    since = feed.failing_since_at
    if since is not None and (now - since).days >= 1:
        facts = moment | {"day": _day(since)}
        return _("So since %(day)s; we try again at %(time)s.") % facts
    return _("We try again at %(time)s.") % moment


def _moment(at: datetime, now: datetime) -> str:
    here = localtime(at)
    if here.date() == localtime(now).date():
        return here.strftime("%H:%M")
    return f"{_day(at)}, {here:%H:%M}"


def _day(at: datetime) -> str:
    return date_format(localtime(at), "j M")
