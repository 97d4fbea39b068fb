"""Nothing grows for ever: old articles, entries and poll lines go, in small batches."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Model, Q, QuerySet
from django.utils import timezone

from streams.collectors.models import Article, Entry, FeedDay, FeedHour, Page, Poll
from streams.collectors.usual import WEEKS
from streams.pruning import in_batches
from streams.tally import count

BATCH = 500
"""Rows deleted in one transaction: other writers wait for a few milliseconds at most."""
KEEP_FEED_DAYS = 7 * WEEKS + 2
"""Days whose counts say what is usual."""
KEEP_FEED_HOURS = 26
LINES = 200
"""Lines of history that a feed keeps."""


def prune() -> int:
    """Deletes what its time has run out for; how many rows went, each kind counted.

    Articles go when nothing refers to them (a flag, or whatever other table comes to); what
    stays of them is the entry's key, and the daily counts.
    """
    now = timezone.now()
    articles = _articles(now - timedelta(days=settings.KEEP_ARTICLES_DAYS))
    forgotten = now - timedelta(days=settings.KEEP_ENTRIES_DAYS)
    entries = _delete(Entry, Entry.objects.filter(seen_at__lt=forgotten).order_by("seen_at"))
    polls = _delete(
        Poll, Poll.objects.filter(at__lt=now - timedelta(days=settings.KEEP_POLLS_DAYS))
    )
    polls += _shorten()
    counted = now.date() - timedelta(days=KEEP_FEED_DAYS)
    days = _delete(FeedDay, FeedDay.objects.filter(day__lt=counted))
    over = now - timedelta(hours=KEEP_FEED_HOURS)
    days += _delete(FeedHour, FeedHour.objects.filter(hour__lt=over))
    count("prune.articles", articles)
    count("prune.entries", entries)
    count("prune.polls", polls)
    count("prune.feed_days", days)
    return articles + entries + polls + days


def _unused() -> Q:
    """Articles that no other table refers to, whichever tables there are; a page goes along."""
    names = [r.name for r in Article._meta.related_objects if r.related_model is not Page]
    return Q(**{f"{name}__isnull": True for name in names})


def _articles(before: datetime) -> int:
    """Deletes unused articles seen before then. Each batch goes on where the last one ended: the
    used ones that stay are passed over once, not once a batch."""
    rows = Article.objects.filter(_unused(), seen_at__lt=before).order_by("seen_at", "pk")
    begin: list[datetime] = []

    def some() -> int:
        here = rows.filter(seen_at__gte=begin[-1]) if begin else rows
        found = list(here.values_list("pk", "seen_at")[:BATCH])
        if found:
            begin.append(found[-1][1])
        keys = [pk for pk, _at in found]
        with transaction.atomic():
            _raw_delete(Page, keys)
            return _raw_delete(Article, keys)

    return in_batches(some)


def _delete(model: type[Model], rows: "QuerySet[Model]") -> int:
    return in_batches(lambda: _raw_delete(model, list(rows.values_list("pk", flat=True)[:BATCH])))


def _raw_delete(model: type[Model], keys: list[Any]) -> int:
    if not keys:
        return 0
    return int(model._default_manager.filter(pk__in=keys)._raw_delete("default"))


def _shorten() -> int:
    """Cuts the longest histories to their newest lines."""
    gone = 0
    long = Poll.objects.values("feed").annotate(n=Count("pk")).filter(n__gt=LINES * 2)
    for feed in long.values_list("feed", flat=True)[:50]:
        mine = Poll.objects.filter(feed=feed).order_by("-at", "-pk").values_list("pk", flat=True)
        surplus = list(mine[LINES : LINES + BATCH * 10])
        gone += _delete(Poll, Poll.objects.filter(pk__in=surplus))
    return gone
