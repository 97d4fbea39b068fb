"""What every event is: frozen, with an id, a time, a topic and a key."""

import uuid
from datetime import UTC, datetime
from functools import cache
from typing import ClassVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from uuid_utils.compat import uuid7


def _now() -> datetime:
    return datetime.now(UTC)


class Event(BaseModel):
    """What happened, once. `key` orders it: records of one key are handled in commit order."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    topic: ClassVar[str]
    key_field: ClassVar[str]
    by_reference: ClassVar[tuple[str, ...]] = ()
    """Fields that the log leaves out because a row elsewhere holds them (see `log.hydrators`)."""

    id: uuid.UUID = Field(default_factory=uuid7)
    at: AwareDatetime = Field(default_factory=_now)
    demo: bool = False

    @property
    def key(self) -> str:
        return str(getattr(self, self.key_field))

    @classmethod
    def kind(cls) -> str:
        """The name under which the log and the wire know this event."""
        return cls.__name__

    @staticmethod
    def vocabulary() -> "dict[str, type[Event]]":
        """Every event by its kind."""
        return _vocabulary()


@cache
def _vocabulary() -> dict[str, type[Event]]:
    import streams.events  # noqa: F401  defines them

    return {found.kind(): found for found in _leaves(Event)}


def _leaves(cls: type[Event]) -> list[type[Event]]:
    below = cls.__subclasses__()
    return [leaf for child in below for leaf in _leaves(child)] if below else [cls]
