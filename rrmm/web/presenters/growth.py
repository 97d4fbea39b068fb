"""What the small line of growth says in words, for those who do not see it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rrmm.web import words


def trend(counts: Sequence[int]) -> str:
    """One word for the shape: the last third of the buckets against what came before it."""
    if not any(counts):
        return _("quiet")
    third = max(1, len(counts) // 3)
    late, early = counts[-third:], counts[:-third] or [0]
    now, before = sum(late) / len(late), sum(early) / len(early)
    if now == 0:
        return _("over")
    if now >= 3 * before:
        return _("steep")
    if now > 1.25 * before:
        return _("rising")
    return _("falling") if now < 0.8 * before else _("steady")


def speed(articles: int, first: datetime, last: datetime) -> str:
    """ "14 articles in 28 min"; from the first to the last article, at least 1 min."""
    said = ngettext("%(n)d article in %(length)s", "%(n)d articles in %(length)s", articles)
    return said % {"n": articles, "length": words.span(max(timedelta(minutes=1), last - first))}


def growth(counts: Sequence[int], articles: int, first: datetime, last: datetime) -> str:
    """The line in words: "14 articles in 28 min, rising"."""
    return f"{speed(articles, first, last)}, {trend(counts)}"
