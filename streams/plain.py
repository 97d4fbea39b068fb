"""Text from elsewhere, as a database can hold it; pure."""

import re

_NOWHERE = re.compile("[\0\ud800-\udfff]")


def storable(text: str, limit: int | None = None) -> str:
    """The text without NUL and lone surrogates, at most `limit` characters of it.

    PostgreSQL holds no NUL and no more than the column's length; neither database holds half a
    character (UTF-8, RFC 3629).
    """
    return _NOWHERE.sub("\N{REPLACEMENT CHARACTER}", text)[:limit]
