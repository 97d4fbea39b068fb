"""Fills a desk with something in every corner, or shows all of it:
`python -m tests.contracts.furnish fill|show`."""

import json
import os
import sys
from datetime import timedelta
from typing import Any

LONG_AGO = timedelta(days=3)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    {"fill": fill, "show": show}[sys.argv[1]]()


def fill() -> None:
    """The demonstration's experts, a case that asks them, staff, sessions, mails, open work."""
    from django.conf import settings
    from django.core.management import call_command

    settings.ASK_HOLD = 0
    settings.ALLOWED_HOSTS = ["testserver"]
    call_command("demo_network", verbosity=0)
    call_command("signin_link")
    _staff()
    _articles()
    _asks()
    _papers()
    _learning()
    _open_work()


def _staff() -> None:
    from django.contrib.auth.models import Group, Permission
    from django.test import Client

    from tests.staff import PASSWORD, make_staff, signed_in

    user = make_staff("Noor Ibarra", manages=True, on_duty=True, password=PASSWORD)
    group = Group.objects.create(name="editors")
    group.permissions.set(Permission.objects.order_by("-pk")[:3])
    user.groups.add(group)
    user.user_permissions.set(Permission.objects.order_by("pk")[:2])
    signed_in(user)  # leaves a session
    Client().post("/signin/", {"username": "noor@desk.example", "password": "wrong"})


def _articles() -> None:
    from rrmm.flashpoints.models import Flashpoint
    from tests.builders import drain
    from tests.watching import case, fetched, flagged

    for n in range(6):
        fetched(f"Feux et rumeurs à Porto Sereno \N{FIRE} {n}")
        flagged(owner=f"Owner {n}")
    drain()
    case(note="called by a partner")
    assert Flashpoint.objects.count() >= 1


def _asks() -> None:
    from tests.asking import asking, people

    asking(people(3))


def _papers() -> None:
    """What nothing else of the above leaves behind."""
    from axes.models import AccessAttempt, AccessAttemptExpiration, AccessFailureLog
    from django.utils import timezone

    from experts.models import Ask, Expert, ImportFile, Network, Suggestion
    from rrmm.flashpoints.models import Flashpoint, Seen, Told
    from streams import tally
    from streams.collectors.models import Entry, Feed, Inbox, Poll
    from streams.models import Heartbeat, Lease
    from tests.watching import staff

    now, feed = timezone.now(), Feed.objects.earliest("id")
    Feed.objects.filter(pk=feed.pk).update(window=bytes(range(256)), body_hash=b"\x00\x01\xff")
    Poll.objects.create(feed=feed, at=now, code="ok", detail="tab\tand\nline \\ back\\N")
    Entry.objects.create(key=-(2**63), feed=feed, seen_at=now)
    Inbox.objects.create(feed=feed, body=b"<rss>\x00\xfe</rss>", content_type="text/xml")
    ImportFile.objects.create(name="people.csv", body=b"ref,name\n", staff="staff:1")
    Suggestion.objects.create(ask=Ask.objects.earliest("id"), name="Émile Test", at=now)
    found = Flashpoint.objects.earliest("id")
    Seen.objects.get_or_create(staff=staff("Ann Reader"), flashpoint=found, defaults={"at": now})
    Told.objects.get_or_create(flashpoint=found, kind="opened", defaults={"at": now})
    later = now + timedelta(hours=1)
    Expert.objects.earliest("id").networks.set([Network.objects.create(code="global")])
    AccessFailureLog.objects.create(username="x", ip_address="2001:db8::1", user_agent="y")
    AccessAttemptExpiration.objects.create(
        access_attempt=AccessAttempt.objects.get(), expires_at=later
    )
    Lease.objects.create(name="waves", holder="gone:1", until=later, next_at=now, did=3)
    Heartbeat.objects.create(name="work@gone:1", at=now - LONG_AGO, says={"minute": {"assess": 1}})
    tally.count("test.counted", 41)
    tally.flush()


def _learning() -> None:
    """Verdicts with their examples, a model file, a replay that differs, a merge, usual levels."""
    from django.utils import timezone

    from rrmm.flashpoints.models import Flag, Flashpoint, VerdictKind
    from rrmm.flashpoints.models.learning import ModelBytes, ModelFile, ReplayDifference
    from rrmm.flashpoints.services import learning, merging
    from streams.collectors.models import Feed, FeedDay, FeedHour
    from tests.learned import finished
    from tests.watching import case, staff

    now, tamar = timezone.now(), staff()
    watched = Flashpoint.objects.filter(story__isnull=False).earliest("id")
    flag = Flag.objects.filter(story=watched.story_id).earliest("article_id")
    learning.mark(watched.id, flag.article_id, tamar, VerdictKind.NOT_FLASHPOINT)
    merging.merge(watched.id, case(tamar, headline="The same fire").id, tamar)
    content = bytes(range(256))
    made = ModelFile.objects.create(
        version="challenger-1",
        digest="00ff" * 16,
        size=len(content),
        made_at=now,
        made_from={"examples": 1},
    )
    ModelBytes.objects.create(model=made, content=content)
    ReplayDifference.objects.create(
        replay=finished(made),
        article_id=flag.article_id,
        language="de",
        change="unflagged",
        score=0.75,
        old={"score": 0.75, "words": ["Gebetshaus"]},
    )
    feed = Feed.objects.earliest("id")
    FeedDay.objects.create(feed=feed, day=now.date(), articles=3)
    FeedHour.objects.create(feed=feed, hour=now, articles=1)


def _open_work() -> None:
    """Deliveries in each state, one with a time that has come, one with a time to come."""
    from django.utils import timezone

    from streams.models import Delivery, State
    from tests.watching import fetched

    for n in range(5):
        fetched(f"Nobody has read this yet {n}")
    now = timezone.now()
    waiting = list(Delivery.objects.filter(state=State.PENDING).order_by("-id")[:4])
    states = (
        {"state": State.RETRY, "attempts": 2, "due_at": now, "error": "Transient: not yet"},
        {"state": State.RETRY, "attempts": 1, "due_at": now + LONG_AGO, "error": "later"},
        {"state": State.BURIED, "attempts": 8, "done_at": now, "error": "ValueError: poison"},
        {"state": State.PENDING, "due_at": now},
    )
    for row, fields in zip(waiting, states, strict=True):
        Delivery.objects.filter(pk=row.pk).update(**fields)


def show() -> None:
    """Every row of every table through the ORM, as JSON: table to sorted rows."""
    from django.apps import apps

    everything: dict[str, list[str]] = {}
    for model in apps.get_models(include_auto_created=True):
        rows = model._base_manager.values()
        everything[model._meta.label] = sorted(_line(row) for row in rows)
    json.dump(everything, sys.stdout)


def _line(row: dict[str, Any]) -> str:
    plain = {k: bytes(v).hex() if isinstance(v, memoryview | bytes) else v for k, v in row.items()}
    return json.dumps(plain, default=str, sort_keys=True)


if __name__ == "__main__":
    main()
