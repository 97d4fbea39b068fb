"""The doors to cases. Each call is one transaction; `Conflict` says why one was refused."""

from experts.plan import MobilisationPlan as ConfirmPlan
from rrmm.flashpoints.queries.look import Seen
from rrmm.flashpoints.services.deciding import (
    close,
    confirm,
    dismiss,
    reopen,
    set_severity,
    undo_confirm,
)
from rrmm.flashpoints.services.demo import remove_demo
from rrmm.flashpoints.services.flagging import NewFlag, keep_flags
from rrmm.flashpoints.services.grouping import Membership, keep_stories
from rrmm.flashpoints.services.guard import Conflict
from rrmm.flashpoints.services.holding import hold, release, take, unhold, wake
from rrmm.flashpoints.services.merging import merge
from rrmm.flashpoints.services.opening import open_by_hand
from rrmm.flashpoints.services.reading import mark_seen
from rrmm.flashpoints.services.splitting import split
from rrmm.flashpoints.services.telling import BUNDLE, tell, tell_bundled
from rrmm.flashpoints.services.undoing import undo_regrouping
from rrmm.flashpoints.services.watching import follow

__all__ = [
    "BUNDLE",
    "ConfirmPlan",
    "Conflict",
    "Membership",
    "NewFlag",
    "Seen",
    "close",
    "confirm",
    "dismiss",
    "follow",
    "hold",
    "keep_flags",
    "keep_stories",
    "mark_seen",
    "merge",
    "open_by_hand",
    "release",
    "remove_demo",
    "reopen",
    "set_severity",
    "split",
    "take",
    "tell",
    "tell_bundled",
    "undo_confirm",
    "undo_regrouping",
    "unhold",
    "wake",
]
