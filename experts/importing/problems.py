"""What can be wrong with a list of experts, in words with a remedy. Pure; the web translates."""

from collections.abc import Callable
from dataclasses import dataclass


def _(words: str) -> str:
    """Marks words for gettext's extraction."""
    return words


FILE = {
    "too_big": _("The file has {0} MB; we read up to {1} MB. Split it into several files."),
    "not_text": _("This is not a text file. Save the list as CSV (UTF-8) and upload that."),
    "empty": _("The file is empty. The first line must name the columns."),
    "broken": _(
        "From line {0} on the quotes do not close ({1}). Check the quotes of that line: a quote "
        "inside a text is written twice."
    ),
    "columns": _("Missing columns: {0}. The first line has: {1}. Name the columns as listed here."),
    "twice": _("These columns are there twice: {0}. Keep one of each."),
}
WRONG = {
    "empty": _("is empty"),
    "duplicate": _("is already on line {0}"),
    "language": _("is not a language we know"),
    "country": _("is not a country we know"),
    "region": _("is not a region or country we know"),
    "line": _("is not one of our fault lines"),
    "gender": _("is not a word for gender that we know"),
    "email": _("is not an e-mail address"),
    "timezone": _("is not a time zone of the IANA database"),
    "timezone_missing": _("is missing, and {0} has more than one time zone"),
    "date": _("is not a date that can be read in only one way"),
    "future": _("lies in the future"),
    "too_long": _("is too long: {0} characters"),
    "surplus": _("the line has {0} cells more than the first line"),
}
REMEDY = {
    "empty": _("Fill it in."),
    "duplicate": _("Give each person an id of their own, or delete one of the lines."),
    "language": _("Write its code (ISO 639-1) or its English name."),
    "country": _("Write its code (ISO 3166, two letters) or its name."),
    "region": _("Write a country, or a region such as north-africa."),
    "line": _("Write religion, ethnicity, migration or culture."),
    "gender": _("Write woman, man or other, or leave it empty."),
    "email": _("Write one address, such as name@organisation.org."),
    "timezone": _("Write one such as Africa/Tunis."),
    "timezone_missing": _("Write the zone where the person lives: {1}."),
    "date": _("Write it as 2026-11-21."),
    "future": _("Write the day on which the person agreed."),
    "too_long": _("Shorten it to {1}."),
    "surplus": _("Put texts that contain the delimiter into quotes."),
}
REMARKS = {
    "no_email": _("no e-mail address: cannot be asked"),
    "no_consent": _("no consent on record: cannot be asked"),
    "half_consent": _("a consent counts only with both its date and its source: cannot be asked"),
    "refuses": _("does not want to be asked at all: will not be asked"),
    "same_email": _("same e-mail address as {0}"),
}
MAYBE = _("Did you mean {0}?")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that keeps a line out: column, the value as written, a code of WRONG, what fills
    its words, and what was perhaps meant."""

    column: str
    value: str
    code: str
    fill: tuple[str, ...] = ()
    maybe: tuple[str, ...] = ()

    def wrong(self, translate: Callable[[str], str] = str) -> str:
        """What is wrong, to be read after the column and the value."""
        return translate(WRONG[self.code]).format(*self.fill)

    def remedy(self, translate: Callable[[str], str] = str) -> str:
        """What to do."""
        told = translate(REMEDY[self.code]).format(*self.fill)
        if not self.maybe:
            return told
        return f"{translate(MAYBE).format(', '.join(self.maybe))} {told}"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a line that is imported all the same: a code of REMARKS."""

    code: str
    fill: tuple[str, ...] = ()

    def words(self, translate: Callable[[str], str] = str) -> str:
        return translate(REMARKS[self.code]).format(*self.fill)


def of_file(code: str, fill: tuple[str, ...], translate: Callable[[str], str] = str) -> str:
    """Why a file as a whole cannot be read, and what to do."""
    return translate(FILE[code]).format(*fill)
