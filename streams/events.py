"""The vocabulary: every fact the mechanism publishes, in flow order.

An event is frozen, in the past tense, and carries ids, codes and public facts only: never
personal data, never free text of staff. Fields are only added, always with a default; a field
that would change its meaning is a new event.
"""

import uuid
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from streams.event import Event


class Place(BaseModel):
    """Where something happens: ISO 3166-1 alpha-2 country and a name; `main` marks the scene,
    `weak` a guess by the language alone, where the text names no place."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    country: str
    name: str
    main: bool = False
    weak: bool = False


class Reason(BaseModel):
    """Words of the article that spoke for (weight > 0) or against (weight < 0) the flag."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    words: str
    weight: float
    line: str = ""


# --- collecting ---------------------------------------------------------------------------------


class ArticleFetched(Event):
    """A feed brought an entry that we had not seen. Emitted once per article."""

    topic = "articles"
    key_field = "article"
    by_reference = ("url", "title", "summary")

    article: uuid.UUID
    feed: uuid.UUID
    outlet: str
    owner: str = ""
    country: str = ""
    language: str = ""
    """Language that the feed declares (ISO 639-1), a prior and no more."""
    url: str = ""
    title: str = ""
    summary: str = ""
    published_at: AwareDatetime
    """As the feed says; the time first seen where it says nothing or lies in the future."""
    seen_at: AwareDatetime
    backfill: bool = False
    """First poll of a feed or first after a gap: stored and clustered, never counted as speed."""
    fingerprint: str = ""
    """Hex SimHash-like fingerprint of title and summary; equal for syndicated copies."""


# --- detecting ----------------------------------------------------------------------------------


class ArticleFlagged(Event):
    """The classifier holds an article for a possible flashpoint."""

    topic = "flags"
    key_field = "stream"
    by_reference = ("url", "title", "summary")

    stream: str = "all"
    """One key for all: clustering is one partition by design."""
    article: uuid.UUID
    outlet: str
    owner: str = ""
    language: str
    url: str = ""
    title: str = ""
    summary: str = ""
    published_at: AwareDatetime
    seen_at: AwareDatetime
    backfill: bool = False
    fingerprint: str = ""
    score: float
    """Calibrated probability that this is a flashpoint."""
    lines: tuple[str, ...] = ()
    """Fault lines, most important first: religion, ethnicity, migration, culture."""
    trigger: str = "other"
    severity: int = 1
    """Of the article, 1 to 3 (codebook)."""
    places: tuple[Place, ...] = ()


class StoryMoved(Event):
    """A story was opened, grew, or was merged or split."""

    topic = "stories"
    key_field = "story"

    story: uuid.UUID
    articles: int = 0


class StorySplit(Event):
    """Staff said that articles of a story tell of another event."""

    topic = "stories"
    key_field = "story"

    story: uuid.UUID
    """Of the case from which they were taken."""
    into: uuid.UUID
    """The story made for them."""
    articles: tuple[uuid.UUID, ...] = ()


class CaseEvent(Event):
    """Everything that moves one case, in order."""

    topic = "flashpoints"
    key_field = "flashpoint"

    flashpoint: uuid.UUID


class CaseFacts(CaseEvent):
    """What the matcher needs of a case; shared by the events that announce one."""

    severity: int = 1
    """Of the case, 1 to 4."""
    lines: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    text: str = ""
    """Public words: headlines and places. Empty for a case opened by hand."""


class FlashpointOpened(CaseFacts):
    """A case came onto the desk."""

    by_hand: bool = False


class FlashpointGrew(CaseFacts):
    """A case on the desk got more articles, voices, languages or weight."""


class FlashpointReturned(CaseFacts):
    """The watch brought back a case that staff had dismissed or held: something is really new."""

    was: str = ""
    """Where it stood: dismissed or held."""
    why: tuple[str, ...] = ()
    """What is new: rose (severity), doubled (voices), languages, countries."""


# --- deciding -----------------------------------------------------------------------------------


class FlashpointTouched(CaseEvent):
    """Staff took, gave back, held, released or edited a case. For live pages and the record."""

    act: str


class FlashpointConfirmed(CaseEvent):
    """A person said: it is real, and we prepare. Nothing goes to journalists by this."""

    mobilisation: uuid.UUID


class FlashpointDismissed(CaseEvent):
    """A person said: this is not a flashpoint, or not one for us."""

    reason: Literal["not_real", "not_ours", "old", "duplicate", "other"] = "other"


class FlashpointReopened(CaseEvent):
    """A decision was undone, or a hold is over; the case is open again."""


class FlashpointMerged(CaseEvent):
    """Staff said that the case tells of the same event as another, in which it lives on."""

    into: uuid.UUID


class FlashpointRegrouped(CaseFacts):
    """Staff put articles into a case or took some out: what it tells of has changed."""


# --- mobilising ---------------------------------------------------------------------------------


class SlateProposed(Event):
    """The matcher stored a ranking and a slate for a case."""

    topic = "slates"
    key_field = "case"

    case: uuid.UUID


class MobilisationEvent(Event):
    """Everything that moves one mobilisation, in order."""

    topic = "mobilisations"
    key_field = "mobilisation"

    mobilisation: uuid.UUID


class MobilisationPrepared(MobilisationEvent):
    """Staff fixed brief, slots and slate. The first wave leaves when the hold has passed."""

    case: uuid.UUID


class WaveDue(MobilisationEvent):
    """The hold has passed, or the answer time of a wave ran out."""

    wave: int


class ExpertAsked(MobilisationEvent):
    """An expert was asked; the alert is queued."""

    ask: uuid.UUID


class ExpertAccepted(MobilisationEvent):
    """An expert said yes and holds a slot."""

    ask: uuid.UUID


class ExpertDeclined(MobilisationEvent):
    """An expert said no, asked to be asked later, or undid a yes."""

    ask: uuid.UUID


class SlotReopened(MobilisationEvent):
    """An accepted slot became free again (undo, or staff took it back)."""

    ask: uuid.UUID


class ExpertStoodDown(MobilisationEvent):
    """An open ask was closed with thanks: places filled, case withdrawn, or time over."""

    ask: uuid.UUID


class MobilisationStopped(MobilisationEvent):
    """Staff undid the confirmation: open asks are withdrawn."""

    case: uuid.UUID


# --- mail ---------------------------------------------------------------------------------------


class MailQueued(Event):
    """A message waits in the outbox."""

    topic = "mail"
    key_field = "message"

    message: uuid.UUID


class MailSent(Event):
    """A message left, or was withdrawn or refused for good; its row says which."""

    topic = "mail"
    key_field = "message"

    message: uuid.UUID
    state: str = "sent"
