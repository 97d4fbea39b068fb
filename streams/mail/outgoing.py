"""What somebody hands in to be mailed, and what a transport gets. Pure."""

import re
from dataclasses import dataclass

LINK = re.compile(r"\[\[link:([a-z_]+):([0-9A-Za-z-]+)\]\]")
"""A link that is only made when the mail leaves: [[link:KIND:ID]]."""

RESERVED = (
    *(".example", ".invalid", ".test", ".localhost", "@localhost"),
    *("@example.com", "@example.org", "@example.net"),
    *(".example.com", ".example.org", ".example.net"),
)
"""Domains that nobody can own (RFC 2606, RFC 6761): mail to them never leaves the machine."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message before it is queued.

    to_ref: whom, as "book:ID" ("expert:UUID", "staff:ID"); the address is looked up when the
    mail leaves and is never stored with the message.
    text, html: bodies; links to personal pages are placeholders (see LINK).
    reason: why it is sent, as "kind:ID"; checked again just before sending.
    """

    to_ref: str
    subject: str
    text: str
    html: str
    reason: str
    language: str = "en"
    thread: str = ""
    reply_to: str = ""
    demo: bool = False
    sensitive: bool = True


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message as a transport gets it: addressed, links filled in."""

    to: str
    sender: str
    subject: str
    text: str
    html: str
    message_id: str
    thread: str = ""
    reply_to: str = ""
    language: str = "en"


def is_own(ident: str, to_ref: str, reason: str) -> bool:
    """Whether the link of a placeholder belongs into a mail: it names whom the mail goes to, or
    why it is sent. Any other came in with quoted words (a headline can hold anything) and stays
    text: nobody is to be handed somebody else's link."""
    return ident in {to_ref.partition(":")[2], reason.partition(":")[2]}


def stays_here(address: str) -> bool:
    """Whether an address lies in a domain that nobody can own."""
    return address.strip().lower().rstrip(">. ").endswith(RESERVED)
