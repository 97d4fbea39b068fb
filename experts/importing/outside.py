"""Lists and needs of outsiders (`manage.py match`): as much of them as can be understood. Pure."""

import json
from typing import Any

from experts.importing import cells
from experts.importing.sheet import Line, opened
from experts.importing.zones import zones_of
from experts.matching.names import (
    country_codes,
    folded,
    language_codes,
    line_codes,
    region_codes,
)
from experts.matching.values import Need, Profile


class MalformedNeed(Exception):
    """A line is no need. `ident`: its id, where it has one."""

    def __init__(self, message: str, ident: Any = None) -> None:
        super().__init__(message)
        self.ident = ident


def profiles_of(body: bytes) -> tuple[list[Profile], list[str]]:
    """The people of a list, and remarks on what was not understood. Only an id is needed; codes
    that we do not know are read as words of the profile. Raises `sheet.Unreadable`."""
    sheet = opened(body, required=("id",))
    found: dict[str, Profile] = {}
    remarks: list[str] = []
    for line in sheet.lines:
        ident = line.cells.get("id", "")
        if not ident:
            remarks.append(f"line {line.number}: no id, left out")
        elif ident in found:
            remarks.append(f"line {line.number}: id {ident} is there twice, left out")
        else:
            found[ident] = _profile(ident, line)
    return list(found.values()), remarks


def need_of(raw: bytes) -> tuple[Any, Need]:
    """The id and the need of a JSON line; raises MalformedNeed."""
    try:
        told = json.loads(raw)
    except ValueError as error:
        raise MalformedNeed(f"not JSON: {error}") from error
    if not isinstance(told, dict):
        raise MalformedNeed("not a JSON object")
    ident = told.get("id")
    if not isinstance(ident, str | int) or isinstance(ident, bool):
        raise MalformedNeed("id is missing: a text or a number is needed")
    if not isinstance(told.get("text"), str) or not told["text"].strip():
        raise MalformedNeed("text is missing", ident)
    required = tuple(_language(code, ident) for code in _listed(told, "languages", ident))
    regions = tuple(_place(code, ident) for code in _listed(told, "regions", ident))
    return ident, Need(text=told["text"], required=required, regions=regions)


def _profile(ident: str, line: Line) -> Profile:
    cell = line.cells.get
    country = country_codes().get(folded(cell("country", "")), "")
    regions, unknown = _known(region_codes(), cell("regions", ""))
    texts = [cell(name, "") for name in ("title", "affiliation", "bio", "media_experience")]
    zones = zones_of(country) if country else ()
    return Profile(
        id=ident,
        text=". ".join(filter(None, [*texts, *unknown])),
        country=country,
        languages=_known(language_codes(), cell("languages", ""))[0],
        regions=regions,
        fault_lines=_known(line_codes(), cell("fault_lines", ""))[0],
        communities=cells.pieces(cell("communities", "")),
        gender=cell("gender", "").casefold(),
        affiliation=cell("affiliation", ""),
        timezone=cell("timezone", "") or (zones[0] if len(zones) == 1 else ""),
    )


def _known(table: Any, value: str) -> tuple[tuple[str, ...], list[str]]:
    parts = list(cells.finer(table, value))
    codes = [table[folded(part)] for part in parts if folded(part) in table]
    unknown = [part for part in parts if folded(part) not in table]
    return tuple(dict.fromkeys(codes)), unknown


def _listed(told: dict[str, Any], name: str, ident: Any) -> list[str]:
    values = told.get(name) or []
    values = [values] if isinstance(values, str) else values
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise MalformedNeed(f"{name} must be a list of texts", ident)
    return values


def _language(code: str, ident: Any) -> str:
    if found := language_codes().get(folded(code)):
        return found
    raise MalformedNeed(f"languages: {code!r} is not a language we know (ISO 639-1)", ident)


def _place(code: str, ident: Any) -> str:
    if found := region_codes().get(folded(code)):
        return found
    raise MalformedNeed(f"regions: {code!r} is not a region or country we know", ident)
