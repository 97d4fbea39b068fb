"""Who did what, in words: the acts of the trail that concern people who are asked."""

from django.utils.translation import gettext as _


def act(code: str, said: str) -> str:
    """`said` where somebody upstream put the act into words; else ours; else the code itself."""
    if said != code:
        return said
    return _words().get(code, code.partition(".")[2].replace("_", " ") or code)


def _words() -> dict[str, str]:
    return {
        "ask.accepted": _("said yes"),
        "ask.declined": _("said no"),
        "ask.came_too_late": _("said yes when the places were filled"),
        "ask.in_reserve": _("stays in reserve"),
        "ask.left_reserve": _("left the reserve"),
        "ask.no_undone": _("took the no back"),
        "ask.suggested": _("suggested somebody else"),
        "brief.changed": _("changed the brief"),
        "communities.viewed": _("saw communities (need to know)"),
        "expert.refused_all": _("does not want to be asked again"),
        "flashpoint.confirmed": _("confirmed it"),
        "mobilisation.one_more": _("asked for one more"),
        "mobilisation.prepared": _("prepared the asks"),
        "mobilisation.stopped": _("stopped the asks"),
        "slate.added": _("put somebody on the slate"),
        "slate.removed": _("took somebody off the slate"),
        "slate.risk": _("set how somebody is reached"),
        "slot.released": _("freed a place"),
    }
