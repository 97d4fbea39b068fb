"""Where other apps say whose address, which reason and which link a message may name."""

from collections.abc import Callable

AddressBook = Callable[[str], str | None]
"""ID -> address, or None when there is none (any more)."""
ReasonCheck = Callable[[str], bool]
"""ID -> whether the reason to send still holds."""
LinkMaker = Callable[[str], str]
"""ID -> the address of a personal page; raises LookupError when there is none (any more)."""

_books: dict[str, AddressBook] = {}
_reasons: dict[str, ReasonCheck] = {}
_links: dict[str, LinkMaker] = {}


class UnknownReference(Exception):
    """A message refers to a book, reason or link that nobody registered."""


def register_address_book(name: str, book: AddressBook) -> None:
    """`name` is the part of `to_ref` before the colon."""
    _books[name] = book


def register_reason(name: str, check: ReasonCheck) -> None:
    """`name` is the part of `reason` before the colon."""
    _reasons[name] = check


def register_link(name: str, maker: LinkMaker) -> None:
    """`name` is KIND in [[link:KIND:ID]]."""
    _links[name] = maker


def address(to_ref: str) -> str | None:
    """The address behind a reference."""
    name, _, ident = to_ref.partition(":")
    if name not in _books:
        raise UnknownReference(f"nobody registered an address book {name!r}")
    return _books[name](ident)


def still_holds(reason: str) -> bool:
    """Whether a message may still leave."""
    name, _, ident = reason.partition(":")
    if name not in _reasons:
        raise UnknownReference(f"nobody registered a reason {name!r}")
    return _reasons[name](ident)


def link(kind: str, ident: str) -> str:
    """The address of a personal page."""
    if kind not in _links:
        raise UnknownReference(f"nobody registered a link {kind!r}")
    return _links[kind](ident)
