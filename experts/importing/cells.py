"""Reading the cells of a list of experts: text in, codes out, or the problem with it. Pure."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from difflib import get_close_matches

from experts.importing.problems import Problem
from experts.importing.zones import known, zones_of
from experts.matching.names import (
    country_codes,
    folded,
    language_codes,
    language_name,
    line_codes,
    place_name,
    region_codes,
)

EVERYTHING = "*"
LIMITS = {"id": 80, "name": 200, "title": 200, "affiliation": 200, "consent_source": 200}
LONG = 20_000
"""Characters of a biography or of media experience."""
_EMAIL = re.compile(r"[^\s@<>(),;:\"\[\]]+@[^\s@<>(),;:\"\[\].]+(\.[^\s@<>(),;:\"\[\].]+)+")
_GENDER_WORDS = {
    "woman": "woman women female f w femme mujer frau donna mulher امراه женщина",
    "man": "man men male m homme hombre mann uomo homem رجل мужчина",
    "other": "other x nb nonbinary non-binary diverse divers d autre otro",
}
_GENDERS = {word: gender for gender, words in _GENDER_WORDS.items() for word in words.split()}
_EVERYTHING = {"*", "all", "everything", "any", "yes", "true", "1"}


class Wrong(Exception):
    """A cell cannot be read; carries its Problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def text(column: str, value: str) -> str:
    """A text, without the quote that keeps spreadsheets from reading it as a formula."""
    plain = value[1:] if re.match(r"'[=+\-@]", value) else value
    limit = LIMITS.get(column, LONG)
    if len(plain) > limit:
        fill = (str(len(plain)), str(limit))
        raise Wrong(Problem(column, plain[:40] + "…", "too_long", fill))
    return plain


def needed(column: str, value: str) -> str:
    """A text that must be there."""
    if not value:
        raise Wrong(Problem(column, "", "empty"))
    return text(column, value)


def country(value: str) -> str:
    """ISO 3166-1 alpha-2 of a code or a name in any of our languages."""
    needed("country", value)
    return _code(country_codes(), "country", "country", value)


def languages(value: str) -> tuple[str, ...]:
    """ISO 639 codes of codes or names, as listed."""
    needed("languages", value)
    return _codes(language_codes(), "languages", "language", value)


def regions(value: str) -> tuple[str, ...]:
    """Codes of regions and countries."""
    return _codes(region_codes(), "regions", "region", value)


def fault_lines(value: str) -> tuple[str, ...]:
    """Our fault lines."""
    needed("fault_lines", value)
    return _codes(line_codes(), "fault_lines", "line", value)


def communities(value: str) -> tuple[str, ...]:
    """Communities, as the person names them."""
    return tuple(text("communities", piece)[:120] for piece in pieces(value))


def do_not_ask(value: str) -> tuple[str, ...]:
    """Refused topics as fault lines where they are such, outlets as written, `*` for all."""
    found = (folded(piece) for piece in pieces(value))
    written = dict(zip(found, pieces(value), strict=True))
    return tuple(
        EVERYTHING if plain in _EVERYTHING else line_codes().get(plain, as_written)
        for plain, as_written in written.items()
    )


def gender(value: str) -> str:
    """woman, man, other, or "" where nothing is said."""
    if not value:
        return ""
    if (found := _GENDERS.get(folded(value))) is None:
        raise Wrong(Problem("gender", value, "gender"))
    return found


def email(value: str) -> str:
    """One address; its host in lower case."""
    address = value.strip("<>").removeprefix("mailto:")
    if address and (not _EMAIL.fullmatch(address) or len(address) > 254):
        raise Wrong(Problem("email", value, "email"))
    local, at, host = address.partition("@")
    return f"{local}{at}{host.lower()}"


def timezone(value: str, country_code: str) -> str:
    """An IANA zone; the country's own where it has one only and the cell is empty."""
    theirs = zones_of(country_code)
    if value in known():
        return value
    if value:
        near = get_close_matches(value.replace(" ", "_"), known(), 2, 0.7) or list(theirs[:3])
        raise Wrong(Problem("timezone", value, "timezone", maybe=tuple(near)))
    if len(theirs) != 1:
        fill = (place_name(country_code), ", ".join(theirs[:6]) or "UTC")
        raise Wrong(Problem("timezone", "", "timezone_missing", fill))
    return theirs[0]


def moment(value: str, now: datetime) -> datetime | None:
    """A past moment (aware) of an ISO date or time, or of 21.11.2026; None of an empty cell."""
    if not value:
        return None
    found = _iso(value) or _german(value)
    if found is None:
        raise Wrong(Problem("consented_at", value, "date"))
    if found > now:
        raise Wrong(Problem("consented_at", value, "future"))
    return found


def pieces(value: str) -> tuple[str, ...]:
    """The entries of a list cell (separated by `;`, `|` or lines), each once."""
    return tuple(dict.fromkeys(p.strip() for p in re.split(r"[;|\n]", value) if p.strip()))


def finer(table: Mapping[str, str], value: str) -> Iterable[str]:
    """The entries of a list cell; one that is not known whole is cut at commas and slashes."""
    for piece in pieces(value):
        if folded(piece) in table or not re.search(r"[,/]", piece):
            yield piece
        else:
            yield from (part.strip() for part in re.split(r"[,/]", piece) if part.strip())


def _codes(table: Mapping[str, str], column: str, code: str, value: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_code(table, column, code, p) for p in finer(table, value)))


def _code(table: Mapping[str, str], column: str, code: str, value: str) -> str:
    if found := table.get(folded(value)):
        return found
    near = get_close_matches(folded(value), [n for n in table if len(n) > 2], 3, 0.75)
    maybe = tuple(dict.fromkeys(_shown(column, table[name]) for name in near))
    raise Wrong(Problem(column, value, code, maybe=maybe[:2]))


def _shown(column: str, code: str) -> str:
    if column == "languages":
        return f"{language_name(code)} ({code})"
    return f"{place_name(code)} ({code})" if column in {"country", "regions"} else code


def _iso(value: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _german(value: str) -> datetime | None:
    parts = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", value)
    try:
        return datetime(int(parts[3]), int(parts[2]), int(parts[1]), tzinfo=UTC) if parts else None
    except ValueError:
        return None
