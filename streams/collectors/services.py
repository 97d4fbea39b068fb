"""What staff may do to feeds."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from streams import trail
from streams.collectors.models import Article, Entry, Feed


@transaction.atomic
def switch(feed_id: UUID, on: bool, actor: trail.Actor) -> None:
    """Switches polling of a feed on or off; on also ends a mute and forgets old failures."""
    feed = Feed.objects.select_for_update().get(pk=feed_id)
    values: dict[str, Any] = {"active": on}
    if on:
        values |= {"muted_at": None, "failures": 0, "failure_class": "", "failing_since_at": None}
        values |= {"last_error": "", "last_error_detail": "", "next_at": timezone.now()}
    Feed.objects.filter(pk=feed.pk).update(**values)
    trail.note(actor, "feed.switched_on" if on else "feed.switched_off", feed.pk, demo=feed.demo)


@transaction.atomic
def ask_now(feed_id: UUID, actor: trail.Actor) -> None:
    """Puts a feed in front of the line, whatever its back-off says (the host's gap still holds)."""
    feed = Feed.objects.select_for_update().get(pk=feed_id)
    Feed.objects.filter(pk=feed.pk).update(next_at=timezone.now())
    trail.note(actor, "feed.asked_now", feed.pk, demo=feed.demo)


def remove_demo() -> dict[str, int]:
    """Deletes the demonstration's feeds with all that they brought; how many rows, by name.

    Whatever refers to the articles (flags) goes first, by its own app's `remove_demo`.
    """
    with transaction.atomic():
        feeds = Feed.objects.filter(demo=True)
        removed = len(feeds.select_for_update().order_by("pk").values_list("pk"))
        articles = Article.objects.filter(demo=True).count()
        Article.objects.filter(demo=True).delete()
        Entry.objects.filter(feed__in=feeds).delete()
        feeds.delete()
    return {"articles": articles, "feeds": removed}
