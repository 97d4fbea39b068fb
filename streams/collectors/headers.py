"""What an answer's headers ask of us; pure."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})", re.I)
_LINK = re.compile(r"<([^>]*)>\s*((?:;\s*[\w*-]+\s*=\s*(?:\"[^\"]*\"|[^\s;,]+)\s*)*)")
_REL = re.compile(r"rel\s*=\s*\"?([^\";,]+)", re.I)


def retry_after(value: str, now: datetime) -> float:
    """Seconds that a Retry-After asks for, in both its forms (RFC 9110 10.2.3); 0 for none."""
    value = value.strip()
    if value.isdecimal():
        return float(value[:9])
    at = http_date(value)
    return max(0.0, (at - now).total_seconds()) if at else 0.0


def http_date(value: str) -> datetime | None:
    """An HTTP date as an aware time; None when it is none."""
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def max_age(value: str) -> int:
    """Seconds of Cache-Control's max-age; 0 where there is none, or no-cache beside it."""
    lowered = value.lower()
    if "no-cache" in lowered or "no-store" in lowered:
        return 0
    found = _MAX_AGE.search(lowered)
    return int(found.group(1)) if found else 0


def last_modified(value: str, now: datetime) -> str:
    """The header as it came, or "" when it is no date or lies in the future (then it would make
    every later answer a 304)."""
    at = http_date(value)
    return value[:100] if at is not None and at <= now else ""


def links(values: list[str]) -> Mapping[str, str]:
    """Addresses of Link headers by rel (RFC 8288), the first of each."""
    found: dict[str, str] = {}
    for value in values:
        for url, parameters in _LINK.findall(value):
            rel = _REL.search(parameters)
            for name in rel.group(1).lower().split() if rel else ():
                found.setdefault(name, url)
    return found
