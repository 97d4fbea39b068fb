"""Where two models say different things of one item. Light: the web reads it."""

from models.values import Assessment

CHANGES = ("flagged", "unflagged", "lines", "trigger", "severity", "place")
"""How an assessment may differ, in the order in which one change is named before another."""


def changes(old: Assessment, new: Assessment) -> tuple[str, ...]:
    """Codes of `CHANGES`. Lines, trigger, severity and place count where both flag the item."""
    if old.flagged != new.flagged:
        return ("flagged",) if new.flagged else ("unflagged",)
    if not old.flagged:
        return ()
    differs = {
        "lines": set(old.lines) != set(new.lines),
        "trigger": old.trigger != new.trigger,
        "severity": old.severity != new.severity,
        "place": main_country(old) != main_country(new),
    }
    return tuple(code for code in CHANGES if differs.get(code))


def main_country(said: Assessment) -> str:
    """Where it happens, as the assessment says; "" for nowhere."""
    return next((place.country for place in said.places if place.main), "")
