"""What a site's robots.txt lets us read (RFC 9309), as protego understands it. Pure."""

import re
from dataclasses import dataclass, field
from typing import Self

from protego import Protego

MOST_BYTES = 512_000
"""Bytes of a robots.txt that are read; the RFC asks for 500 KiB at least."""
_TOKEN = re.compile(r"[A-Za-z_-]+")
_NAMED = re.compile(r"(\s*user-agent\s*:\s*[a-z_-]+).*", re.I)
"""Of a group's name only its first word counts: "RRMM/9 (x)" is "RRMM"."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for us (`agent`: our token). `reached`: False while the file could not be had for
    the server's fault: then nothing may be read (section 2.3.1.4)."""

    file: Protego = field(default_factory=Protego)
    agent: str = ""
    reached: bool = True

    @classmethod
    def of(cls, body: bytes, agent: str) -> Self:
        """From the file; agent: our whole name, of which the first word counts."""
        lines = body[:MOST_BYTES].decode("utf-8-sig", "replace").splitlines()
        named = (found[1] if (found := _NAMED.match(line)) else line for line in lines)
        return cls(Protego.parse("\n".join(named)), product(agent))

    def may(self, url: str) -> bool:
        """Whether the address may be read: the longest rule that fits decides, allowing before
        forbidding where two are as long (section 2.2.2)."""
        return self.reached and self.file.can_fetch(url, self.agent)


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
