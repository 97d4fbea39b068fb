"""The doors to cases. Each call is one transaction; `Conflict` says why one was refused."""

from rrmm.flashpoints.services.deciding import (
    ConfirmPlan,
    close,
    confirm,
    dismiss,
    reopen,
    set_severity,
    undo_confirm,
)
from rrmm.flashpoints.services.demo import remove_demo
from rrmm.flashpoints.services.guard import Conflict
from rrmm.flashpoints.services.holding import hold, release, take, unhold, wake
from rrmm.flashpoints.services.opening import open_by_hand
from rrmm.flashpoints.services.reading import mark_seen

__all__ = [
    "ConfirmPlan",
    "Conflict",
    "close",
    "confirm",
    "dismiss",
    "hold",
    "mark_seen",
    "open_by_hand",
    "release",
    "remove_demo",
    "reopen",
    "set_severity",
    "take",
    "undo_confirm",
    "unhold",
    "wake",
]
