"""Tokens of the links that people get by mail. Pure; the rows are `experts.models.Link`.

A token is never stored: it is derived from the server's secret and the row's random nonce at
the moment in which the mail leaves, and looked up by its SHA-256. Whoever reads the database
alone, or a log, cannot open a link.
"""

import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from uuid import UUID

TOKEN_BYTES = 16
_SHAPE = re.compile(r"[A-Za-z0-9_-]{22}")


def new_nonce() -> str:
    """128 random bits, hex."""
    return secrets.token_hex(TOKEN_BYTES)


def derive(secret: str, ask: UUID, purpose: str, nonce: str) -> str:
    """The 128-bit token of a link, 22 characters: HMAC-SHA256 (RFC 2104), cut (RFC 4868)."""
    message = f"{ask}:{purpose}:{nonce}".encode()
    mac = hmac.new(f"experts.links:{secret}".encode(), message, hashlib.sha256).digest()
    return urlsafe_b64encode(mac[:TOKEN_BYTES]).rstrip(b"=").decode()


def hash_of(token: str) -> str:
    """What is stored of a token: SHA-256, hex."""
    return hashlib.sha256(token.encode()).hexdigest()


def looks_like_token(text: str) -> bool:
    """Whether this can be one of our tokens at all."""
    return _SHAPE.fullmatch(text) is not None


def placeholder(kind: str, row: UUID) -> str:
    """What stands in a stored mail where the link will be: filled by streams.mail at sending."""
    return f"[[link:{kind}:{row}]]"
