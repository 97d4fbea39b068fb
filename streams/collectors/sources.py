"""The starter list: reads `config/feeds.toml`, checks every table, and seeds the feeds' rows.

An owner stands here only where anyone can check it (`owner_source`); an unknown owner stays empty
and is never counted as independent of another unknown one.
"""

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from babel import Locale
from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator, model_validator

from streams.collectors.models import Feed

UNVERIFIED = "unverified"
FIRST_POLLS_WITHIN = timedelta(seconds=60)
"""The first polls of a freshly seeded list are spread over this time, so that neither this
machine nor anybody's server meets all of them at once."""
ONE_AFTER_ANOTHER = timedelta(milliseconds=1)
_NO_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
_DATED = re.compile(r"\d{4}-\d{2}-\d{2} \S")


_UNREADABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What neither XML nor a database's text may hold (XML 1.0, production 2)."""


class SourcesError(Exception):
    """A list of sources cannot be used; the message names every table and what is wrong in it."""


def readable(value: str) -> str:
    """The text on one line, without characters that no document may hold."""
    return " ".join(_UNREADABLE.sub("", value).split())


@cache
def country_codes() -> frozenset[str]:
    """ISO 3166-1 alpha-2 codes (with XK for Kosovo), from CLDR."""
    codes = map(str, Locale("en").territories)
    known = {code for code in codes if re.fullmatch(r"[A-Z]{2}", code)}
    return frozenset(known - _NO_COUNTRIES)


@cache
def language_codes() -> frozenset[str]:
    """ISO 639-1 codes, from CLDR."""
    codes = map(str, Locale("en").languages)
    return frozenset(code for code in codes if re.fullmatch(r"[a-z]{2}", code))


class Subscription(BaseModel):
    """A feed as somebody hands it to us: the address is a must, the rest may be unknown ("")."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    url: str
    outlet: str = ""
    country: str = ""
    language: str = ""
    owner: str = ""
    owner_source: str = ""
    checked: str = UNVERIFIED

    @field_validator("outlet", "owner", "owner_source", "checked")
    @classmethod
    def _one_line(cls, value: str, info: Any) -> str:
        value = readable(value)
        limit = 500 if info.field_name == "owner_source" else 200
        if len(value) > limit:
            raise ValueError(_("is longer than %(limit)d characters") % {"limit": limit})
        return value

    @field_validator("url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            port_is_fine = parts.port is None or parts.port > 0
        except ValueError:
            raise ValueError(_("is not a web address: %(url)s") % {"url": value[:100]}) from None
        if parts.scheme not in {"http", "https"} or not parts.hostname or not port_is_fine:
            raise ValueError(_("must be an http or https address: %(url)s") % {"url": value[:100]})
        if parts.username or parts.password:
            raise ValueError(_("must not carry a name or a password"))
        if len(value) > 1000 or any(ord(sign) <= 32 for sign in value):
            raise ValueError(_("is longer than 1000 characters or has blanks inside"))
        return value

    @field_validator("country")
    @classmethod
    def _country(cls, value: str) -> str:
        if value and value not in country_codes():
            hint = _("%(given)r is not an ISO 3166 code; write two capitals, such as FR")
            raise ValueError(hint % {"given": value})
        return value

    @field_validator("language")
    @classmethod
    def _language(cls, value: str) -> str:
        if value and value not in language_codes():
            hint = _("%(given)r is not an ISO 639-1 code; write two small letters, such as fr")
            raise ValueError(hint % {"given": value})
        return value


class SourceRow(Subscription):
    """One `[[feed]]` table of the starter list: everything is said, except an unknown owner."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        empty = [name for name in ("outlet", "country", "language") if not getattr(self, name)]
        if empty:
            raise ValueError(_("%(fields)s must not be empty") % {"fields": ", ".join(empty)})
        if bool(self.owner) != bool(self.owner_source):
            raise ValueError(_("owner and owner_source go together: fill both or neither"))
        if self.checked != UNVERIFIED and not _DATED.match(self.checked):
            hint = _('checked must be "unverified" or a date and by what, not %(given)r')
            raise ValueError(hint % {"given": self.checked})
        return self


@dataclass(frozen=True, slots=True)
class Counts:
    """What seeding did: rows made, and rows that were there and stay as staff left them."""

    created: int
    kept: int


def load(path: Path) -> list[SourceRow]:
    """The tables of the file, in its order; SourcesError lists every fault with its table."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SourcesError(f"{path.name}: {error}") from error
    tables = document.get("feed")
    if not isinstance(tables, list) or set(document) != {"feed"}:
        raise SourcesError(_("%(file)s: it must hold [[feed]] tables") % {"file": path.name})
    rows, faults = _read_tables(tables)
    faults += _twice(rows)
    if faults:
        raise SourcesError("\n".join(f"{path.name}, {fault}" for fault in faults))
    return rows


def _read_tables(tables: Sequence[Any]) -> tuple[list[SourceRow], list[str]]:
    rows, faults = [], []
    for number, table in enumerate(tables, 1):
        try:
            rows.append(SourceRow.model_validate(table))
        except ValidationError as error:
            name = table.get("outlet") if isinstance(table, dict) else ""
            where = _("feed %(number)d (%(name)s)") % {"number": number, "name": name or "?"}
            faults += [f"{where}: {words}" for words in said(error)]
    return rows, faults


def said(error: ValidationError) -> list[str]:
    """A validation error in words, one line a fault: "country: 'UK' is not an ISO code…"."""
    lines = []
    for fault in error.errors(include_url=False):
        where = ".".join(str(part) for part in fault["loc"])
        what = fault["msg"].removeprefix("Value error, ")
        lines.append(f"{where}: {what}" if where else what)
    return lines


def _twice(rows: Iterable[SourceRow]) -> list[str]:
    seen: dict[str, str] = {}
    faults = []
    for row in rows:
        if row.url in seen:
            facts = {"url": row.url, "one": seen[row.url], "other": row.outlet}
            faults.append(_("%(url)s stands twice: %(one)s, %(other)s") % facts)
        seen[row.url] = row.outlet
    return faults


def seed(path: Path) -> Counts:
    """Makes a row for every source of the file that has none; rows that exist are left alone.

    A feed that staff changed, switched off or that moved (`moved_to`) is known and kept.
    """
    return create(load(path))


def create(
    rows: Sequence[Subscription], *, demo: bool = False, at: datetime | None = None
) -> Counts:
    """Feed rows for the addresses not known yet; their first polls are spread over a minute.

    `demo` marks the rows as the demonstration's; those are polled at once, in their order.
    """
    at = at or timezone.now()
    known = known_addresses()
    fresh = [row for row in rows if row.url not in known]
    step = ONE_AFTER_ANOTHER if demo else FIRST_POLLS_WITHIN / max(len(fresh), 1)
    feeds = [_feed(row, demo, at + number * step) for number, row in enumerate(fresh)]
    Feed.objects.bulk_create(feeds, ignore_conflicts=True, batch_size=500)
    return Counts(created=len(feeds), kept=len(rows) - len(feeds))


def known_addresses() -> set[str]:
    """Every address that a feed has or has moved to."""
    rows = Feed.objects.values_list("url", "moved_to")
    return {address for row in rows for address in row if address}


def _feed(row: Subscription, demo: bool, first_poll_at: datetime) -> Feed:
    return Feed(**row.model_dump(), demo=demo, next_at=first_poll_at)
