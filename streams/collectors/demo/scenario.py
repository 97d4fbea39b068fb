"""The recorded scenario: invented outlets and their invented articles, read and checked. Pure."""

import tomllib
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

FILES = ("outlets.toml", "harbour.toml", "smaller.toml", "ordinary.toml")
"""Outlets and notices; the strong flashpoint; the smaller ones; what has nothing to do with us."""


class ScenarioError(Exception):
    """The scenario does not hold together; the message lists every fault."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Outlet(_Value):
    """An invented outlet with an invented owner, in a real country."""

    slug: str
    name: str
    owner: str
    country: str
    language: str
    format: Literal["rss", "atom"]


class Item(_Value):
    """An invented article. `at`: seconds after the first reader came; below zero it is old news
    that stands in the feed from the beginning."""

    slug: str
    outlet: str
    at: float
    title: str
    summary: str
    thread: str = ""
    """The event it is about; empty for ordinary news."""


class Scenario(_Value):
    """Everything that the demonstration's press will write."""

    outlets: tuple[Outlet, ...]
    items: tuple[Item, ...]
    notices: dict[str, str]
    """Per language: the sentence that says that all of this is invented."""

    def outlet(self, slug: str) -> Outlet:
        return next(outlet for outlet in self.outlets if outlet.slug == slug)

    def of(self, outlet: str) -> list[Item]:
        return [item for item in self.items if item.outlet == outlet]


@cache
def recorded() -> Scenario:
    """The scenario that lies beside this module. Raises ScenarioError, pydantic's errors."""
    tables: dict[str, list[dict[str, object]]] = {"outlet": [], "item": []}
    notices: dict[str, str] = {}
    for name in FILES:
        read = tomllib.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))
        notices |= read.get("notice", {})
        for kind, found in tables.items():
            found.extend(read.get(kind, []))
    scenario = Scenario.model_validate(
        {"outlets": tables["outlet"], "items": tables["item"], "notices": notices}
    )
    if faults := _faults(scenario):
        raise ScenarioError("; ".join(faults))
    return scenario


def _faults(scenario: Scenario) -> list[str]:
    outlets = {outlet.slug: outlet for outlet in scenario.outlets}
    names = Counter([*(item.slug for item in scenario.items), *outlets])
    faults = [f"{name} stands {n} times" for name, n in names.items() if n > 1]
    faults += [
        f"{item.slug}: there is no outlet {item.outlet}"
        for item in scenario.items
        if item.outlet not in outlets
    ]
    faults += [
        f"{outlet.slug}: no notice in {outlet.language}"
        for outlet in outlets.values()
        if outlet.language not in scenario.notices
    ]
    return faults
