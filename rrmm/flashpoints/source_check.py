"""Checks sources: asked through the collector's own guard, read by its parsers, and the language
they declare compared with the language they write."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter

from django.utils import timezone
from django.utils.translation import gettext as _

from models.language import LANGUAGES, detect
from streams.collectors.fetch import Fetched, Fetcher, Wanted
from streams.collectors.limits import from_settings
from streams.collectors.parse import Fresh, Job, Parsed
from streams.collectors.sources import SourceRow
from streams.collectors.words import WORDS
from streams.collectors.workers import Parsers

ENOUGH = 20
"""Entries whose language is looked at."""
CLEAR = 0.6
"""Share of them that must agree before we say what a feed writes."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of one source.

    verdict: ok, language (it writes another than it declares), silent (nothing of the last three
    days), or a failure's code; words: what that means; detected: "" where unclear or not looked
    at; entries: in the document; newest_at: publication time of its newest young entry.
    """

    row: SourceRow
    verdict: str
    words: str = ""
    status: int = 0
    entries: int = 0
    detected: str = ""
    newest_at: datetime | None = None
    detail: str = ""


async def check(
    rows: Sequence[SourceRow], told: Callable[[Checked], None], fetcher: Fetcher | None = None
) -> list[Checked]:
    """Asks every source once, politely; `told` hears of each as it comes. In the rows' order."""
    async with fetcher or Fetcher(from_settings()) as client, Parsers(1) as parsers:

        async def one(number: int, row: SourceRow) -> tuple[int, Checked]:
            found = await _look(row, client, parsers)
            told(found)
            return number, found

        tasks = [one(number, row) for number, row in enumerate(rows)]
        done = await asyncio.gather(*tasks)
    return [found for _number, found in sorted(done, key=itemgetter(0))]


async def _look(row: SourceRow, client: Fetcher, parsers: Parsers) -> Checked:
    fetched = await client.fetch(Wanted(row.url))
    if fetched.code != "ok":
        return _failed(row, fetched.code, fetched)
    job = Job(b"\0" * 16, fetched.url, fetched.body, timezone.now(), fetched.content_type)
    parsed = await parsers.parse(job)
    if parsed.code:
        return _failed(row, parsed.code, fetched)
    return judge(row, parsed, fetched.status)


def _failed(row: SourceRow, code: str, fetched: Fetched) -> Checked:
    words = _(WORDS.get(code, WORDS["internal"]))
    return Checked(row, code, words, status=fetched.status, detail=fetched.detail)


def judge(row: SourceRow, parsed: Parsed, status: int = 200) -> Checked:
    """What a document that was read says of its source. Pure."""
    entries = len(parsed.fresh) + sum(n for _name, n in parsed.dropped)
    if not entries:
        return Checked(row, "empty", _(WORDS["empty"]), status=status)
    if not parsed.fresh:
        words = _("It answers, but holds nothing of the last three days that we can read.")
        detail = ", ".join(f"{name} {n}" for name, n in parsed.dropped)
        return Checked(row, "silent", words, status, entries, detail=detail)
    detected = language_of(parsed.fresh)
    verdict, words = "ok", ""
    if detected and detected != row.language:
        verdict = "language"
        facts = {"declared": row.language, "detected": detected}
        words = _("The list says %(declared)s, the articles are in %(detected)s.") % facts
    elif row.language not in LANGUAGES:
        words = _("Our detector does not know this language; it was not compared.")
    return Checked(row, verdict, words, status, entries, detected, parsed.newest_at)


def language_of(entries: Iterable[Fresh]) -> str:
    """The language that most of the entries are written in; "" when they do not agree."""
    texts = [f"{entry.title} — {entry.summary}" for entry in list(entries)[:ENOUGH]]
    found = Counter(code for code in map(detect, texts) if code)
    if not found:
        return ""
    code, n = found.most_common(1)[0]
    return code if n >= CLEAR * found.total() else ""
