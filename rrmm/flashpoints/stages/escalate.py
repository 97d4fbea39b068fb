"""StoryMoved -> FlashpointOpened, FlashpointGrew, FlashpointReturned: what staff must look at."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from rrmm.flashpoints import services
from rrmm.flashpoints.queries.look import look
from rrmm.flashpoints.queries.stories import root_of
from streams.events import StoryMoved


@dataclass(frozen=True, slots=True)
class Escalated:
    """What was decided on each story of the batch."""

    seen: tuple[services.Seen, ...]


def prepare(events: Sequence[StoryMoved]) -> Escalated:
    """Scores and pictures of the stories as their rows stand now; a part tells of the whole."""
    now = timezone.now()
    stories = dict.fromkeys(root_of(event.story) for event in events)
    found = [look(story, now) for story in stories]
    return Escalated(tuple(seen for seen in found if seen is not None))


def apply(prepared: Escalated) -> None:
    """Opens, grows and brings back cases."""
    for seen in prepared.seen:
        services.follow(seen)
