"""Which model works, which might, and whether a challenger may be promoted without a reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from rrmm.flashpoints.models import ModelFile, ModelInUse, ModelState, Replay, ReplayState
from rrmm.flashpoints.worse import ENOUGH_HOURS, Finding

FRESH = timedelta(minutes=2)
"""Workers that have not told for longer are not counted."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a challenger stands against today's champion. `gap`: why no replay speaks for it: none,
    running, other (it was held against another champion), short, or "" where one does."""

    replay: Replay | None
    findings: tuple[Finding, ...]
    gap: str

    @property
    def good(self) -> bool:
        """Whether it may be promoted without a word."""
        return not self.gap and not self.findings


def champion() -> ModelFile | None:
    """The promoted model; None while the shipped one works."""
    return ModelFile.objects.select_related("promoted_by").filter(state=ModelState.CHAMPION).first()


def champion_digest() -> str:
    """SHA-256 of the file that ought to work now; "" where the shipped one is missing."""
    found = champion()
    return found.digest if found else shipped_digest()


def shipped_digest() -> str:
    """SHA-256 of the shipped model's file; "" where it is missing."""
    path = Path(settings.MODEL_FILE)
    try:
        made = path.stat()
    except OSError:
        return ""
    return _digest_of_file(path, made.st_mtime_ns, made.st_size)


def digest_of(content: bytes) -> str:
    """SHA-256, in hexadecimal."""
    return sha256(content).hexdigest()


def standing(model: ModelFile) -> Standing:
    """What the newest replay against today's champion says of a challenger."""
    replays = list(model.replays.order_by("-started_at")[:20])
    now = champion_digest()
    finished = [replay for replay in replays if replay.state == ReplayState.FINISHED]
    fitting = [replay for replay in finished if replay.champion_digest == now]
    if fitting:
        replay = fitting[0]
        gap = "" if hours_of(replay) >= ENOUGH_HOURS else "short"
        return Standing(replay, findings_of(replay.figures), gap)
    if any(replay.state == ReplayState.RUNNING for replay in replays):
        return Standing(replays[0], (), "running")
    if finished:
        return Standing(finished[0], findings_of(finished[0].figures), "other")
    return Standing(replays[0] if replays else None, (), "none")


def findings_of(figures: Mapping[str, Any]) -> tuple[Finding, ...]:
    """The rule's findings as a finished replay keeps them."""
    return tuple(Finding(**row) for row in figures.get("findings", ()))


def hours_of(replay: Replay) -> float:
    """Hours between the first and the last article that the replay has read."""
    if replay.first_at is None or replay.last_at is None:
        return 0.0
    return (replay.last_at - replay.first_at).total_seconds() / 3600


def in_use() -> Sequence[ModelInUse]:
    """What each worker that assesses said in the last two minutes."""
    return list(ModelInUse.objects.filter(at__gte=timezone.now() - FRESH).order_by("process"))


def troubles() -> list[str]:
    """Why workers do not use the champion, each reason once."""
    return sorted({row.trouble for row in in_use() if row.trouble})


@lru_cache(maxsize=4)
def _digest_of_file(path: Path, _changed: int, _size: int) -> str:
    return digest_of(path.read_bytes())
