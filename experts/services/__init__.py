"""The doors to mobilising: what staff do, what experts answer, what the stage settles."""

from experts.services.alerts import alert_preview, send_me_alert
from experts.services.answering import (
    UnknownLink,
    accept,
    decline,
    later,
    never,
    suggest,
    undo,
    wait_in_reserve,
)
from experts.services.demo import remove_demo
from experts.services.guard import Conflict
from experts.services.preparing import (
    add_to_slate,
    ask_one_more,
    new_brief_version,
    prepare_mobilisation,
    release_slot,
    remove_from_slate,
    set_risk,
    stop_mobilisation,
)

__all__ = [
    "Conflict",
    "UnknownLink",
    "accept",
    "add_to_slate",
    "alert_preview",
    "ask_one_more",
    "decline",
    "later",
    "never",
    "new_brief_version",
    "prepare_mobilisation",
    "release_slot",
    "remove_demo",
    "remove_from_slate",
    "send_me_alert",
    "set_risk",
    "stop_mobilisation",
    "suggest",
    "undo",
    "wait_in_reserve",
]
