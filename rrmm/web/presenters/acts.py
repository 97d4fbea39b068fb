"""Who did what, in words: the acts of the trail that concern people who are asked."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _


def act(code: str, said: str) -> str:
    """`said` where somebody upstream put the act into words; else ours; else the code itself."""
    if said != code:
        return said
    return _words().get(code, code.partition(".")[2].replace("_", " ") or code)


@dataclass(frozen=True)
class Line:
    """One line of the trail; `times` says how often the same was done in a row, `of` on which
    case, where that was merged into this one."""

    at: datetime
    who: str
    said: str
    words: str
    times: int = 1
    of: str = ""


def folded(trail: Iterable[Any]) -> list[Line]:
    """The trail (`rrmm.flashpoints.queries.TrailLine`, newest first) with repetitions as one."""
    lines: list[Line] = []
    for found in trail:
        said, words = act(found.act, found.words), found.detail.get("words", "")
        line = Line(found.at, found.who, said, words, of=getattr(found, "of", ""))
        last = lines[-1] if lines else None
        if last and replace(last, at=line.at, times=1) == line:
            lines[-1] = replace(last, times=last.times + 1)
        else:
            lines.append(line)
    return lines


def _words() -> dict[str, str]:
    return {
        "ask.accepted": _("said yes"),
        "ask.declined": _("said no"),
        "ask.came_too_late": _("said yes when the places were filled"),
        "ask.expired": _("heard no answer in time"),
        "ask.stood_down": _("stood somebody down, with thanks"),
        "ask.in_reserve": _("stays in reserve"),
        "ask.left_reserve": _("left the reserve"),
        "ask.no_undone": _("took the no back"),
        "ask.suggested": _("suggested somebody else"),
        "ask.sent": _("asked an expert"),
        "brief.changed": _("changed the brief"),
        "communities.viewed": _("saw communities (need to know)"),
        "expert.refused_all": _("does not want to be asked again"),
        "flashpoint.confirmed": _("confirmed it"),
        "mobilisation.began": _("began to ask"),
        "mobilisation.ended": _("ended the asks: the deadline came"),
        "mobilisation.exhausted": _("found nobody left to ask"),
        "mobilisation.one_more": _("asked for one more"),
        "mobilisation.prepared": _("prepared the asks"),
        "mobilisation.stopped": _("stopped the asks"),
        "slate.added": _("put somebody on the slate"),
        "slate.removed": _("took somebody off the slate"),
        "slate.risk": _("set how somebody is reached"),
        "slot.released": _("freed a place"),
    }
