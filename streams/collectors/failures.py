"""The names of what goes wrong with a request; `words` says them to people."""

import ssl
from collections.abc import Callable

import aiohttp

from streams.collectors import guard

STATUS_CODES = {
    400: "bad_request",
    401: "forbidden",
    402: "forbidden",
    403: "forbidden",
    404: "not_found",
    406: "bad_request",
    410: "gone",
    429: "too_many_requests",
    451: "forbidden",
    503: "unavailable",
}


class Failed(Exception):
    """Nothing to parse came of it. `code`: see `words`."""

    def __init__(self, code: str, detail: str = "", status: int = 0, retry_s: float = 0.0) -> None:
        super().__init__(detail or code)
        self.code, self.detail, self.status, self.retry_s = code, detail, status, retry_s


def code_of(status: int) -> str:
    """The failure that an HTTP status other than 200, 304 and redirects means."""
    if status in STATUS_CODES:
        return STATUS_CODES[status]
    return "server_error" if status >= 500 else "bad_answer"


_NAMES: tuple[tuple[Callable[[Exception], bool], str], ...] = (
    (guard.was_refused, "private_address"),
    (lambda e: isinstance(e, guard.BadAddress | aiohttp.InvalidURL), "bad_address"),
    (lambda e: isinstance(e, TimeoutError), "timeout"),
    (lambda e: isinstance(e, aiohttp.ClientConnectorDNSError), "dns"),
    (lambda e: isinstance(e, aiohttp.ClientSSLError | ssl.SSLError), "tls"),
    (lambda e: isinstance(e, aiohttp.ClientConnectorError), "connection"),
    (lambda e: isinstance(e, aiohttp.ClientPayloadError), "cut_off"),
    (lambda e: isinstance(e, aiohttp.ServerDisconnectedError), "cut_off"),
    (lambda e: isinstance(e, aiohttp.ClientResponseError | ValueError), "bad_answer"),
    (lambda e: isinstance(e, aiohttp.ClientError | OSError), "connection"),
)


def named(error: Exception) -> tuple[str, str]:
    """Our code and a short detail for whatever the client raised."""
    code = next((code for fits, code in _NAMES if fits(error)), "internal")
    return code, f"{type(error).__name__}: {error}"[:200]
