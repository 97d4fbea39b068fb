"""The demonstration as a whole: what there is of it, and taking all of it away."""

from django.conf import settings
from django.db import transaction

from experts import services as experts
from experts.models import Expert
from rrmm.flashpoints import services as flashpoints
from rrmm.flashpoints.models import Flashpoint
from streams import gate, trail
from streams.collectors import services as collectors
from streams.collectors.models import Article, Feed
from streams.mail import services as mail
from streams.mail.models import Message
from streams.models import Record, Trail


def counts() -> dict[str, int]:
    """How many rows of each sort the demonstration has now; all zero when it is gone."""
    return {
        "feeds": Feed.objects.filter(demo=True).count(),
        "articles": Article.objects.filter(demo=True).count(),
        "flashpoints": Flashpoint.objects.filter(demo=True).count(),
        "experts": Expert.objects.filter(demo=True).count(),
        "messages": Message.objects.filter(demo=True).count(),
    }


@transaction.atomic
def remove(actor: trail.Actor) -> dict[str, int]:
    """Deletes everything that carries the demo flag; returns counts by name.

    Locks are taken in the order of everybody else (cases before whom they ask), what refers goes
    before what is referred to. The log goes last: by then whoever was at work on a part has ended,
    and what they wrote goes, too. That it was removed, and by whom, stays on record.
    """
    gate.shut()
    gone: dict[str, int] = {}
    for part in (flashpoints, experts, mail, collectors):
        gone.update(part.remove_demo())
    gone["records"] = Record.objects.filter(demo=True).delete()[1].get("streams.Record", 0)
    gone["trail"] = Trail.objects.filter(demo=True).delete()[0]
    trail.note(actor, settings.DEMO_REMOVED, "demo", gone=gone)
    return gone
