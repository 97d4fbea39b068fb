"""Keeps personal links out of the logs, whoever logs them."""

import logging
import re

_PATHS = re.compile(
    r"(/(?:a|signin|signin/(?:new|welcome)/[A-Za-z0-9_-]+|hooks/websub/[0-9a-f-]{36})/)"
    r"[A-Za-z0-9_-]{16,}"
)
_ARGUMENTS = re.compile(r"((?:'|\")(?:token|secret)(?:'|\"): *(?:'|\"))[^'\"]+")


def masked(text: str) -> str:
    """The text with tokens of people's links, sign-in links and hooks replaced by dots."""
    return _ARGUMENTS.sub(r"\1…", _PATHS.sub(r"\1…", text))


class MaskLinks(logging.Filter):
    """A filter for handlers: rewrites message and traceback before anything is written."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = masked(record.getMessage()), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = masked(logging.Formatter().formatException(record.exc_info))
        return True
