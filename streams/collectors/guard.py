"""No request of ours reaches a private address: the check sits on the address we connect to."""

import errno
import ipaddress
import socket
from collections.abc import Callable, Collection
from typing import Any
from urllib.parse import urlsplit

Pair = tuple[str, int]
AddrInfo = tuple[Any, ...]
"""As getaddrinfo gives it: family, type, protocol, canonical name, socket address."""

_ONLY_V6 = ipaddress.IPv6Network("2000::/3")
"""All that IANA has given out as global unicast; whatever lies outside is special (RFC 4291)."""

_REFUSED = [
    ipaddress.ip_network(block)
    for block in (
        "64:ff9b::/96",  # NAT64, RFC 6052: carries any IPv4 address
        "64:ff9b:1::/48",  # NAT64 for local use, RFC 8215
        "2002::/16",  # 6to4, RFC 3056: carries any IPv4 address
        "2001::/32",  # Teredo, RFC 4380: the same
        "2001:10::/28",  # ORCHID, RFC 4843
        "2001:20::/28",  # ORCHIDv2, RFC 7343
        "3fff::/20",  # documentation, RFC 9637
        "192.88.99.0/24",  # 6to4 relays, RFC 7526
    )
]


class Refused(OSError):
    """The address is private, or may lead to one; nothing was sent."""

    def __init__(self, address: str) -> None:
        super().__init__(errno.EACCES, f"refused: {address} is not a public address")
        self.address = address


class BadAddress(ValueError):
    """Not an http(s) address with a host; the message says what is wrong with it."""


def is_public(address: str) -> bool:
    """Whether an IP address (no name; a scope is cut off) lies in the public Internet.

    False for everything that is not global or is multicast, and for NAT64, 6to4, Teredo and
    IPv4-mapped or -compatible forms whatever they carry: `is_global` alone lets some through.
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and ip not in _ONLY_V6:
        return False
    if not ip.is_global or ip.is_multicast or ip.is_reserved or ip.is_unspecified:
        return False
    return not any(ip in block for block in _REFUSED if block.version == ip.version)


def check_url(url: str) -> str:
    """The host of an http or https address. Raises BadAddress for anything else."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        raise BadAddress(f"not an address: {error}") from error
    if parts.scheme not in {"http", "https"}:
        raise BadAddress(f"only http and https are fetched, not {parts.scheme or 'nothing'!r}")
    if not host:
        raise BadAddress("the address names no host")
    return host


def socket_factory(allow: Collection[Pair] = ()) -> Callable[[AddrInfo], socket.socket]:
    """What aiohttp's TCPConnector calls with the address it is about to connect to.

    `allow`: exact (IP address, port) pairs that may be reached although they are not public.
    It is called for literal addresses too, which never pass a resolver.
    """
    pairs = {(host.strip("[]"), port) for host, port in allow}

    def open_socket(info: AddrInfo) -> socket.socket:
        family, kind, protocol, _name, target = info
        address, port = str(target[0]), int(target[1])
        if (address, port) not in pairs and not is_public(address):
            raise Refused(address)
        return socket.socket(family, kind, protocol)

    return open_socket


def was_refused(error: BaseException | None) -> bool:
    """Whether a refusal lies at the root of a client's error."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        inner = getattr(error, "os_error", None)
        if isinstance(error, Refused) or isinstance(inner, Refused):
            return True
        if isinstance(error, OSError) and error.errno == errno.EACCES:
            return True
        error = error.__cause__ or error.__context__
    return False
