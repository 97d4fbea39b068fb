"""What tests of merging and splitting share: two cases of the watch; everything is invented."""

from rrmm.flashpoints.models import Flashpoint
from streams.events import Place
from streams.models import Record
from tests.builders import drain
from tests.watching import FIRE, flagged

WATCH = ["cluster", "escalate", "propose"]
AGAIN = "Prayer room fire in Porto Sereno harbour: groups call marches for Sunday"
MARCHES = "Porto Sereno: prayer room burnt down in harbour, groups call marches"
STATUE = "Statue of the founder gone by morning in Altwieden, mayor speaks of hatred"
ALTWIEDEN = (Place(country="FR", name="Altwieden", main=True),)


def cases() -> tuple[Flashpoint, Flashpoint]:
    """A fire (two articles of two owners) and a statue (one grave article)."""
    flagged(FIRE, owner="Ligustro", severity=3)
    flagged(MARCHES, owner="Al-Marsa", severity=2)
    flagged(STATUE, owner="Wire", severity=3, places=ALTWIEDEN, country="FR", trigger="heritage")
    drain(WATCH)
    fire = Flashpoint.objects.get(country="IT")
    statue = Flashpoint.objects.get(country="FR")
    assert (fire.article_count, statue.article_count) == (2, 1)
    return fire, statue


def case_of(found: Flashpoint) -> Flashpoint:
    """The row as it stands now."""
    return Flashpoint.objects.get(pk=found.pk)


def kinds(found: Flashpoint) -> list[str]:
    """The events of a case, oldest first."""
    rows = Record.objects.filter(key=str(found.pk)).order_by("id")
    return list(rows.values_list("kind", flat=True))


__all__ = ["AGAIN", "ALTWIEDEN", "FIRE", "MARCHES", "STATUE", "WATCH", "case_of", "cases", "kinds"]
