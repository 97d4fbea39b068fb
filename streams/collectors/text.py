"""Texts and addresses of entries, made plain and comparable; pure."""

import html
import re
import unicodedata
from functools import lru_cache
from hashlib import blake2b
from urllib.parse import urljoin

import nh3
from courlan import normalize_url, scrub_url

TITLE_LENGTH = 300
SUMMARY_LENGTH = 600
RAW_LENGTH = 20_000
"""Characters of HTML that are looked at: no summary needs more, and cleaning costs by length."""
URL_LENGTH = 2000

_BLOCK = re.compile(r"</?(?:p|div|br|li|ul|ol|h[1-6]|tr|td|th|table|blockquote|figure)\b", re.I)
_HIDDEN = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.I | re.S)
_TAG = re.compile(r"""</?[a-zA-Z][^<>"']*(?:"[^"]*"[^<>"']*|'[^']*'[^<>"']*)*>""")
_LEFT_OVER = re.compile(r"<[a-zA-Z/!?]")
_WORD = re.compile(r"\w+")
_SPACE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_NOTHING = re.compile("[\xad\u200b\u2060\ufeff\ud800-\udfff]")
_ODD = re.compile(f"{_SPACE.pattern}|{_NOTHING.pattern}")
WORDS = 96
"""That make a fingerprint; fewer than 256, for the packed counters have 8 bits per lane."""


def plain(markup: str, limit: int) -> str:
    """HTML or text as one line of plain text of at most `limit` characters, cut at a word."""
    text = markup[:RAW_LENGTH]
    if "<" in text:
        text = _without_tags(text)
    if "&" in text:
        text = html.unescape(html.unescape(text))
    if _ODD.search(text):
        text = _SPACE.sub(" ", _NOTHING.sub("", text))
    text = " ".join(text.split())
    return text if len(text) <= limit else _cut(text, limit)


def _without_tags(markup: str) -> str:
    """The text between the tags; block elements become blanks.

    A pattern does for what feeds usually hold; whatever it leaves over goes to a real parser.
    """
    text = _TAG.sub("", _BLOCK.sub(r" \g<0>", _HIDDEN.sub(" ", markup)))
    return nh3.clean(text, tags=set()) if _LEFT_OVER.search(text) else text


def _cut(text: str, limit: int) -> str:
    head = text[: limit - 1]
    at_word = head.rfind(" ", limit * 3 // 4)
    return (head[:at_word] if at_word > 0 else head).rstrip(" ,;:") + "…"


def canonical(link: str, base: str = "") -> str:
    """The address under which an article is known, without tracking parameters or fragment.

    "" where there is none: no http(s) address, or longer than URL_LENGTH.
    """
    link = link.strip()
    if not link.startswith(("http://", "https://")):
        link = urljoin(base, link) if link else ""
    try:
        url = normalize_url(scrub_url(link)).partition("#")[0]
        host = url.partition("://")[2].partition("/")[0]
        url.encode()  # lone surrogates are no address
    except (ValueError, AttributeError):
        return ""
    good = url.startswith(("http://", "https://")) and host and len(url) <= URL_LENGTH
    return url if good and not _ODD.search(url) else ""


def key_of(*parts: str | bytes) -> int:
    """A signed 64-bit BLAKE2b of the parts, the same on every machine."""
    return int.from_bytes(digest(*parts), "big", signed=True)


def digest(*parts: str | bytes) -> bytes:
    """The 8 bytes behind `key_of`."""
    joined = b"\0".join(p if isinstance(p, bytes) else p.encode("utf-8", "replace") for p in parts)
    return blake2b(joined, digest_size=8).digest()


def fingerprint(title: str, summary: str) -> str:
    """SimHash (Charikar 2002) of the first words, as 16 hex digits; "" without words.

    Syndicated copies have the same fingerprint; lightly edited ones differ in few bits
    (`distance`). Scripts without spaces give long words: those are cut into pairs of letters.
    """
    words = [part for word in _words(f"{title} {summary}") for part in _parts(word)][:WORDS]
    if not words:
        return ""
    half = len(words) / 2
    lanes = sum(map(_spread, words)).to_bytes(64, "big")
    bits = "".join(["1" if count > half else "0" for count in lanes])
    return f"{int(bits, 2):016x}"


def distance(one: str, other: str) -> int:
    """Bits in which two fingerprints differ, 0 to 64; 64 where one is missing."""
    return (int(one, 16) ^ int(other, 16)).bit_count() if one and other else 64


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def _parts(word: str) -> list[str]:
    if word.isascii() or not _unspaced(word[0]):
        return [word]
    return [word[i : i + 2] for i in range(max(1, len(word) - 1))]


def _unspaced(letter: str) -> bool:
    code = ord(letter)
    return 0x3040 <= code <= 0x9FFF or 0x0E00 <= code <= 0x0EFF or 0x20000 <= code <= 0x3FFFF


@lru_cache(maxsize=20_000)
def _spread(feature: str) -> int:
    """The feature's 64 hash bits, one in each 8-bit lane of a 512-bit number."""
    return _lanes(int.from_bytes(digest(feature), "big"))


def _lanes(bits: int) -> int:
    spread = bytes(64)
    if bits:
        spread = bytes(int(bit) for bit in f"{bits:064b}")
    return int.from_bytes(spread, "big")
