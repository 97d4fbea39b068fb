"""What a draft on the confirm page still lacks, by field, in words (pure)."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from rrmm.web.staff.brief import Draft

MOST_PLACES = 12
SHORTEST_ANSWER, LONGEST_ANSWER = 5, 24 * 60
FARTHEST = timedelta(days=30)


def brief_problems(draft: Draft, now: datetime) -> dict[str, str]:
    """Problems of what experts read: lines, ask, deadline."""
    faults = {
        "lines": "" if draft.written else _("Write at least one sentence on what happened."),
        "ask": "" if draft.ask else _("Say what we ask people to write."),
        "deadline": _deadline(draft.deadline_at, now),
    }
    return {field: fault for field, fault in faults.items() if fault}


def problems(draft: Draft, now: datetime) -> dict[str, str]:
    """Problems of the whole page; empty where it can be confirmed."""
    faults = {
        "slots": _number(draft.slots, 1, MOST_PLACES, _("places")),
        "answer": _number(draft.answer, SHORTEST_ANSWER, LONGEST_ANSWER, _("minutes"))
        if draft.answer
        else "",
        "languages": "" if draft.languages else _("Choose at least one language to write in."),
        "picks": _slate(draft),
    }
    said = {field: fault for field, fault in faults.items() if fault}
    return brief_problems(draft, now) | said


def _deadline(at: datetime | None, now: datetime) -> str:
    if at is None:
        return _("Say the day and the time, in UTC.")
    if at <= now:
        return _("%(time)s UTC is over. Choose a later time.") % {"time": f"{at:%H:%M}"}
    return _("Choose a time within 30 days.") if at - now > FARTHEST else ""


def _number(typed: str, least: int, most: int, what: str) -> str:
    number = int(typed) if typed.isdigit() and len(typed) < 7 else 0
    if least <= number <= most:
        return ""
    return _("From %(least)d to %(most)d %(what)s.") % {"least": least, "most": most, "what": what}


def _slate(draft: Draft) -> str:
    if not draft.picks:
        return _("Nobody is on the slate. Add at least one person.")
    if all(pick.risk == "do_not_mail" for pick in draft.picks):
        return _("Our mail goes to nobody on this slate. Add somebody who may be mailed.")
    return ""
