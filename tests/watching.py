"""Builders for flags, stories and cases; everything in them is invented."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from rrmm.accounts.models import Profile
from rrmm.flashpoints import services
from rrmm.flashpoints.models import Flashpoint
from streams.collectors.models import Article, Feed
from streams.events import ArticleFetched, ArticleFlagged, Place
from streams.log import append

_numbers = count(1)

FIRE = "Fire destroys prayer room in the harbour of Porto Sereno, two groups call marches"
SERENO = (Place(country="IT", name="Porto Sereno", main=True),)


def staff(name: str = "Tamar Olin", on_duty: bool = False) -> User:
    """A member of staff; the address lies in a domain that nobody can own."""
    first, last = name.split(" ", 1)
    user = User.objects.create_user(
        f"{first.lower()}{next(_numbers)}",
        f"{first.lower()}@desk.example",
        first_name=first,
        last_name=last,
        is_staff=True,
    )
    Profile.objects.update_or_create(user=user, defaults={"on_duty": on_duty})
    return user


def case(by: User | None = None, **given: Any) -> Flashpoint:
    """A case opened by hand, then set to what the test needs."""
    found = services.open_by_hand(
        by or staff(),
        headline="Fire in harbour prayer room",
        country="IT",
        place="Porto Sereno",
        lines=["religion"],
        severity=2,
        note="",
        origin="staff",
        languages=["it"],
    )
    Flashpoint.objects.filter(pk=found).update(**given)
    return Flashpoint.objects.get(pk=found)


def article(title: str = FIRE, summary: str = "", **given: Any) -> Article:
    """An article of a feed of its own, unless a feed is given."""
    n = next(_numbers)
    demo = given.get("demo", False)
    feed = given.pop("feed", None) or Feed.objects.create(
        url=f"https://outlet{n}.example/feed", outlet=f"Outlet {n}", demo=demo
    )
    now = timezone.now()
    return Article.objects.create(
        **{
            "feed": feed,
            "url": f"https://outlet{n}.example/{n}",
            "url_key": n,
            "title": title,
            "summary": summary,
            "published_at": now,
            "seen_at": now,
        }
        | given
    )


def fetched(title: str = FIRE, *, owner: str = "", **given: Any) -> UUID:
    """An article and its ArticleFetched; returns the article's id."""
    backfill, demo = given.pop("backfill", False), given.get("demo", False)
    country = given.pop("country", "IT")
    row = article(title, **given)
    with transaction.atomic():
        append(
            ArticleFetched(
                article=row.pk,
                feed=row.feed_id,
                outlet=row.feed.outlet,
                owner=owner,
                country=country,
                language=row.language,
                published_at=row.published_at,
                seen_at=row.seen_at,
                backfill=backfill,
                demo=demo,
            )
        )
    return row.pk


def flagged(
    title: str = FIRE,
    *,
    owner: str = "",
    language: str = "en",
    severity: int = 2,
    score: float = 0.95,
    lines: Sequence[str] = ("religion",),
    trigger: str = "worship",
    places: Sequence[Place] = SERENO,
    minutes_ago: float = 5,
    country: str = "IT",
    backfill: bool = False,
    demo: bool = False,
    now: datetime | None = None,
    summary: str = "",
) -> UUID:
    """An article that the classifier has flagged: row, flag and ArticleFlagged, as the stage
    writes them; returns the article's id."""
    at = (now or timezone.now()) - timedelta(minutes=minutes_ago)
    row = article(title, summary, published_at=at, seen_at=at, backfill=backfill, demo=demo)
    event = ArticleFetched(
        article=row.pk,
        feed=row.feed_id,
        outlet=row.feed.outlet,
        owner=owner,
        country=country,
        title=title,
        summary=summary,
        published_at=at,
        seen_at=at,
        backfill=backfill,
        demo=demo,
    )
    flag = services.NewFlag(
        event=event,
        language=language,
        score=score,
        lines=tuple(lines),
        trigger=trigger,
        severity=severity,
        places=tuple(place.model_dump() for place in places),
        reasons=({"words": "prayer room", "weight": 1.5, "line": "religion"},),
        version="test",
    )
    with transaction.atomic():
        services.keep_flags([flag], not_flagged=0)
    return row.pk


__all__ = ["FIRE", "SERENO", "ArticleFlagged", "article", "case", "fetched", "flagged", "staff"]
