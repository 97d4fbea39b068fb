"""The two steps of an answer: each POST carries a token that only the step before it gave.

The second step is good 0.8 s after it was given at the earliest. A mail filter that opens a
link, or presses every button of a page once, gives no answer; a forger has no token.
"""

import math
from datetime import datetime, timedelta
from enum import StrEnum

from django.core import signing

from experts.queries.page import Page

SALT = "rrmm.web.experts.steps"
APART = timedelta(seconds=0.8)
GOOD_FOR = timedelta(hours=1)


class Verdict(StrEnum):
    """What a second step is worth."""

    GOOD = "good"
    TOO_FAST = "too_fast"
    STALE = "stale"
    NOT_OURS = "not_ours"


def first(page: Page) -> str:
    """The token of the first step, drawn into the page."""
    return signing.dumps({"step": 1, "link": page.link}, salt=SALT)


def second(page: Page, answer: str, now: datetime) -> str:
    """The token of the second step, for one answer to the question as it now stands."""
    said = {"step": 2, "link": page.link, "answer": answer, "stamp": page.stamp}
    return signing.dumps({**said, "ms": math.ceil(now.timestamp() * 1000)}, salt=SALT)


def is_first(token: str, page: Page) -> bool:
    """Whether the first step was drawn by us, into a page of this link."""
    return _read(token) == {"step": 1, "link": page.link}


def judge(token: str, page: Page, answer: str, now: datetime) -> Verdict:
    """What the second step is worth now. STALE: an hour old, or something was answered since."""
    said = _read(token)
    expected = {"step": 2, "link": page.link, "answer": answer}
    if any(said.get(key) != value for key, value in expected.items()):
        return Verdict.NOT_OURS
    age = now.timestamp() * 1000 - int(str(said.get("ms", 0)))
    if age > GOOD_FOR.total_seconds() * 1000 or said.get("stamp") != page.stamp:
        return Verdict.STALE
    return Verdict.TOO_FAST if age < APART.total_seconds() * 1000 else Verdict.GOOD


def _read(token: str) -> dict[str, object]:
    try:
        found: dict[str, object] = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return {}
    return found
