"""A CSV file as people send it: its encoding, its delimiter, its headers. Pure."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from experts.matching.names import folded

REQUIRED = ("id", "name", "country", "languages", "fault_lines")
COLUMNS = (
    "id", "name", "title", "affiliation", "country", "languages", "regions", "fault_lines",
    "communities", "gender", "bio", "email", "timezone", "consented_at", "consent_source",
    "media_experience", "do_not_ask",
)  # fmt: skip
LISTS = frozenset({"languages", "regions", "fault_lines", "communities", "do_not_ask"})
LIMIT = 50 * 1024 * 1024
"""Bytes of a list that we read: room for 100,000 people."""
_ALIASES = {
    "id": "ref, identifier, expert id, key, no, nr, number",
    "name": "full name, nom, nombre, expert",
    "title": "position, role, function, job title, titre, cargo",
    "affiliation": "organisation, organization, institution, employer, org",
    "country": "country code, pays, país, land, country of residence",
    "languages": "language, langues, idiomas, sprachen, spoken languages",
    "regions": "region, areas, area, régions, regiones, regions of expertise",
    "fault_lines": "fault lines, fault line, lines, topics, themes",
    "communities": "community, communautés, comunidades",
    "gender": "sex, genre, género",
    "bio": "biography, profile, about, description, biographie, biografía",
    "email": "e-mail, mail, e-mail address, email address, courriel, correo",
    "timezone": "time zone, tz, zone",
    "consented_at": "consent, consent date, consented, date of consent",
    "consent_source": "source of consent, consent by, consented how",
    "media_experience": "media experience, media, press experience",
    "do_not_ask": "do not ask, refuses, refused topics, exclusions",
}
_NAMES = {folded(a): column for column, names in _ALIASES.items() for a in names.split(",")} | {
    column: column for column in COLUMNS
}


class Unreadable(Exception):
    """The file as a whole cannot be read. First argument: a code of `problems.FILE`; the others
    fill its places."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the sheet: its number in the file (the header is 1), its cells by column."""

    number: int
    cells: dict[str, str]
    surplus: int = 0
    """Cells beyond the header's: a delimiter inside an unquoted text."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file that was read: what its columns are, which headers we do not know, what we took for
    its encoding (cp1252 is a guess) and its delimiter."""

    lines: tuple[Line, ...]
    columns: tuple[str, ...]
    unknown: tuple[str, ...]
    encoding: str
    delimiter: str


def opened(body: bytes, required: Sequence[str] = REQUIRED) -> Sheet:
    """A sheet from the bytes of a CSV file; raises Unreadable."""
    if len(body) > LIMIT:
        raise Unreadable("too_big", str(len(body) // 2**20), str(LIMIT // 2**20))
    text, encoding = decoded(body)
    delimiter = delimiter_of(text)
    rows = _rows(text, delimiter)
    if not rows:
        raise Unreadable("empty")
    header = [_NAMES.get(_header(cell), "") for cell in rows[0][1]]
    _refuse(header, rows[0][1], required)
    unknown = tuple(cell for cell, known in zip(rows[0][1], header, strict=True) if not known)
    lines = tuple(_line(number, cells, header) for number, cells in rows[1:] if any(cells))
    return Sheet(lines, tuple(filter(None, header)), unknown, encoding, delimiter)


def decoded(body: bytes) -> tuple[str, str]:
    """The text and the encoding: UTF-8 or UTF-16 by their marks, else UTF-8, else the Windows
    code page, which is a guess; raises Unreadable where the bytes are no text."""
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _decoded_as(body, "utf-16"), "utf-16"
    if b"\0" in body:
        raise Unreadable("not_text")
    try:
        return body.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        return body.decode("cp1252", errors="replace"), "cp1252"


def delimiter_of(text: str) -> str:
    """Comma, semicolon or tab: the one whose header row holds the most columns that we know.
    (Counting characters fails here: our lists are written with semicolons.)"""
    first = text.lstrip().split("\n", 1)[0]
    return max(",;\t", key=lambda mark: _known(first, mark))


def _decoded_as(body: bytes, encoding: str) -> str:
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable("not_text") from error
    if "\0" in text:
        raise Unreadable("not_text")
    return text


def _known(first: str, mark: str) -> int:
    cells = next(csv.reader([first], delimiter=mark), [])
    return sum(_header(cell) in _NAMES for cell in cells)


def _header(cell: str) -> str:
    plain = folded(cell).strip(" *:")
    return plain if plain in _NAMES else plain.replace("_", " ").replace("-", " ")


def _rows(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """Rows with the number of the line on which each begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found: list[tuple[int, list[str]]] = []
    begins = 1
    try:
        for cells in reader:
            found.append((begins, [cell.strip() for cell in cells]))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise Unreadable("broken", str(begins), str(error)) from error
    while found and not any(found[0][1]):
        found.pop(0)
    return found


def _refuse(header: Sequence[str], written: Sequence[str], required: Sequence[str]) -> None:
    missing = [column for column in required if column not in header]
    if missing:
        raise Unreadable("columns", ", ".join(missing), ", ".join(filter(None, written)))
    twice = sorted({column for column in header if column and header.count(column) > 1})
    if twice:
        raise Unreadable("twice", ", ".join(twice))


def _line(number: int, cells: Sequence[str], header: Sequence[str]) -> Line:
    named = {column: cell for column, cell in zip(header, cells, strict=False) if column}
    return Line(number, named, surplus=sum(1 for cell in cells[len(header) :] if cell))
