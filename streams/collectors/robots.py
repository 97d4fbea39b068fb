"""What a site's robots.txt lets us read (RFC 9309). Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self
from urllib.parse import quote, urlsplit

MOST_BYTES = 512_000
"""Bytes of a robots.txt that are read; the RFC asks for 500 KiB at least."""
_LINE = re.compile(r"^\s*([A-Za-z-]+)\s*:\s*([^#]*)")
_TOKEN = re.compile(r"[A-Za-z_-]+")


@dataclass(frozen=True, slots=True)
class Rule:
    allow: bool
    path: str

    def fits(self, path: str) -> bool:
        """`*` stands for any characters, `$` at the end for the end (section 2.2.3)."""
        body, end = (self.path[:-1], "$") if self.path.endswith("$") else (self.path, "")
        pattern = ".*".join(re.escape(part) for part in re.split(r"\*+", body))
        return re.match(pattern + end, path) is not None


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for us. `reached`: False while the file could not be had for the server's fault:
    then nothing may be read (section 2.3.1.4)."""

    rules: tuple[Rule, ...] = ()
    reached: bool = True

    @classmethod
    def of(cls, body: bytes, agent: str) -> Self:
        """From the file; agent: our whole name, of which the first word counts."""
        return cls(tuple(_ours(_groups(body[:MOST_BYTES]), product(agent))))

    def may(self, url: str) -> bool:
        """Whether the address may be read: the longest rule that fits decides, allowing before
        forbidding where two are as long (section 2.2.2). Its own address may always be read."""
        path = _path(url)
        if path == "/robots.txt":
            return True
        if not self.reached:
            return False
        fitting = [rule for rule in self.rules if rule.fits(path)]
        best = max(fitting, key=lambda rule: (len(rule.path), rule.allow), default=None)
        return best is None or best.allow


def answered(status: int, body: bytes, agent: str) -> Rules:
    """The rules that an answer means (section 2.3.1): 2xx its body; 4xx that there are none; the
    server's errors, no answer (status 0), and 429, that nothing may be read for now."""
    if 200 <= status < 300:
        return Rules.of(body, agent)
    return Rules(reached=300 <= status < 500 and status != 429)


def product(agent: str) -> str:
    """RRMM/0.1 (...) -> rrmm: the token that groups name."""
    found = _TOKEN.match(agent)
    return found.group().lower() if found else ""


def _groups(body: bytes) -> list[tuple[set[str], list[Rule]]]:
    groups: list[tuple[set[str], list[Rule]]] = []
    naming = False
    for line in body.decode("utf-8", "replace").lstrip("\ufeff").splitlines():
        found = _LINE.match(line)
        key, value = (found[1].lower(), found[2].strip()) if found else ("", "")
        if key == "user-agent":
            if not naming:
                groups.append((set(), []))
            groups[-1][0].add(value if value == "*" else product(value))
            naming = True
        elif key in {"allow", "disallow"}:
            naming = False
            if groups and value:
                groups[-1][1].append(Rule(key == "allow", _encoded(value)))
    return groups


def _ours(groups: Sequence[tuple[set[str], list[Rule]]], token: str) -> list[Rule]:
    """All groups that name us together; those for everybody only where none does."""
    for wanted in (token, "*"):
        found = [rules for agents, rules in groups if wanted in agents]
        if found and wanted:
            return [rule for rules in found for rule in rules]
    return []


def _path(url: str) -> str:
    parts = urlsplit(url)
    return _encoded((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def _encoded(path: str) -> str:
    """Both sides are compared percent-encoded, with what is encoded already left as it is."""
    return quote(path, safe="/?=&%*$:@!~'()+,;-._")
