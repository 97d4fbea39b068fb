"""How a stored mail is shown to staff: names, not addresses; personal links filled or hidden."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import User
from django.utils.html import escape
from django.utils.translation import gettext as _

from experts.models import Expert
from rrmm.web import words
from streams.mail import registry
from streams.mail.models import Message
from streams.mail.outgoing import LINK, is_own


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of a mail's text. `url` makes it a link; `hidden` says that a link stood here."""

    text: str = ""
    url: str = ""
    hidden: bool = False


def opens(message: Message) -> bool:
    """Whether personal links may be shown: only those of the demonstration, or harmless ones."""
    return message.demo or not message.sensitive


def text(message: Message) -> Iterator[Piece]:
    """The plain text, cut at its personal links."""
    at = 0
    for found in LINK.finditer(message.text):
        if found.start() > at:
            yield Piece(message.text[at : found.start()])
        url = _url(found, message)
        yield Piece(text=url, url=url, hidden=not url)
        at = found.end()
    if at < len(message.text):
        yield Piece(message.text[at:])


def html(message: Message) -> str:
    """The HTML body as it was mailed; hidden links lead nowhere and say so where they show."""

    def real(found: "re.Match[str]") -> str:
        url = _url(found, message)
        return escape(url) if url else "about:blank"

    return LINK.sub(real, message.html)


def _url(found: "re.Match[str]", message: Message) -> str:
    if not opens(message) or not is_own(found[2], message.to_ref, message.reason):
        return ""
    try:
        return registry.link(found[1], found[2])
    except (LookupError, registry.UnknownReference):
        return ""


def names(messages: Iterable[Message]) -> dict[str, str]:
    """`to_ref` -> who that is, for people to read; never an address."""
    refs = {message.to_ref for message in messages}
    found = {ref: _("somebody who is gone") for ref in refs}
    staff = {r.partition(":")[2] for r in refs if r.startswith("staff:")}
    for user in User.objects.filter(pk__in=[s for s in staff if s.isdigit()]):
        found[f"staff:{user.pk}"] = words.person(user)
    experts = [r.partition(":")[2] for r in refs if r.startswith("expert:")]
    for pk, name in Expert.objects.filter(pk__in=_uuids(experts)).values_list("pk", "name"):
        found[f"expert:{pk}"] = name
    return found


def _uuids(given: Iterable[str]) -> list[UUID]:
    found = []
    for one in given:
        try:
            found.append(UUID(one))
        except ValueError:
            continue
    return found
