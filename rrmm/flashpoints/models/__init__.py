"""Flags (what the detector kept), stories (how it grouped), cases (what the desk decides)."""

from rrmm.flashpoints.models.cases import DayNumber, Flashpoint, Seen, Told
from rrmm.flashpoints.models.choices import Dismissal, FaultLine, Origin, State
from rrmm.flashpoints.models.learning import (
    Example,
    ModelBytes,
    ModelFile,
    ModelInUse,
    ModelState,
    Replay,
    ReplayDifference,
    ReplayState,
    Verdict,
    VerdictKind,
)
from rrmm.flashpoints.models.regrouping import Regrouping
from rrmm.flashpoints.models.stories import Flag, Generation, Level, Story

__all__ = [
    "DayNumber",
    "Dismissal",
    "Example",
    "FaultLine",
    "Flag",
    "Flashpoint",
    "Generation",
    "Level",
    "ModelBytes",
    "ModelFile",
    "ModelInUse",
    "ModelState",
    "Origin",
    "Regrouping",
    "Replay",
    "ReplayDifference",
    "ReplayState",
    "Seen",
    "State",
    "Story",
    "Told",
    "Verdict",
    "VerdictKind",
]
