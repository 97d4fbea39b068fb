"""Nothing grows for ever: old articles, entries and poll lines go, in small batches."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Model, Q, QuerySet
from django.utils import timezone

from streams.collectors.models import Article, Entry, Poll
from streams.tally import count

BATCH = 500
"""Rows deleted in one transaction: other writers wait for a few milliseconds at most."""
ROUNDS = 40
LINES = 200
"""Lines of history that a feed keeps."""


def prune() -> int:
    """Deletes what its time has run out for; how many rows went, each kind counted.

    Articles go when nothing refers to them (a flag, or whatever other table comes to); what
    stays of them is the entry's key, and the daily counts.
    """
    now = timezone.now()
    old = Article.objects.filter(seen_at__lt=now - timedelta(days=settings.KEEP_ARTICLES_DAYS))
    articles = _delete(Article, old.filter(_unused()).order_by("seen_at"))
    forgotten = now - timedelta(days=settings.KEEP_ENTRIES_DAYS)
    entries = _delete(Entry, Entry.objects.filter(seen_at__lt=forgotten).order_by("seen_at"))
    polls = _delete(
        Poll, Poll.objects.filter(at__lt=now - timedelta(days=settings.KEEP_POLLS_DAYS))
    )
    polls += _shorten()
    count("prune.articles", articles)
    count("prune.entries", entries)
    count("prune.polls", polls)
    return articles + entries + polls


def _unused() -> Q:
    """Articles that no other table refers to, whichever tables there are."""
    names = [related.name for related in Article._meta.related_objects]
    return Q(**{f"{name}__isnull": True for name in names})


def _delete(model: type[Model], rows: "QuerySet[Model]") -> int:
    gone = 0
    for _ in range(ROUNDS):
        keys = list(rows.values_list("pk", flat=True)[:BATCH])
        if not keys:
            break
        gone += model._default_manager.filter(pk__in=keys)._raw_delete("default")
    return gone


def _shorten() -> int:
    """Cuts the longest histories to their newest lines."""
    gone = 0
    long = Poll.objects.values("feed").annotate(n=Count("pk")).filter(n__gt=LINES * 2)
    for feed in long.values_list("feed", flat=True)[:50]:
        mine = Poll.objects.filter(feed=feed).order_by("-at", "-pk").values_list("pk", flat=True)
        surplus = list(mine[LINES : LINES + BATCH * 10])
        gone += _delete(Poll, Poll.objects.filter(pk__in=surplus))
    return gone
