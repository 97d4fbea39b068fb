"""What editors said of single articles, in words."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from rrmm.flashpoints.models import Example, Verdict, VerdictKind
from rrmm.web import words


@dataclass(frozen=True, slots=True)
class Corrected:
    """One correction: its kind (to take it back) and its words."""

    kind: str
    words: str


def corrected(verdict: Verdict) -> Corrected:
    """A verdict with its examples (prefetched), as a chip says it."""
    example: Example | None = next(iter(verdict.examples.all()), None)
    said = str(VerdictKind(verdict.kind).label)
    if example and example.country:
        said = _("Happens in %(country)s") % {"country": words.country(example.country)}
    elif example and example.lines:
        lines = ", ".join(words.fault_line(line) for line in example.lines)
        said = _("Runs along: %(lines)s") % {"lines": lines}
    return Corrected(verdict.kind, said)
