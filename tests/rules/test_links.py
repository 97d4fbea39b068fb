"""Tokens of the links that people get."""

import re
from uuid import UUID

from experts import links
from rrmm.web.masking import masked
from streams.mail.outgoing import LINK

ASK = UUID("0194f6a0-0000-7000-8000-000000000001")
OTHER = UUID("0194f6a0-0000-7000-8000-000000000002")
NONCE = "00112233445566778899aabbccddeeff"


def test_a_token_has_128_bits_and_goes_into_an_address() -> None:
    token = links.derive("secret", ASK, "answer", NONCE)
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", token)
    assert links.looks_like_token(token)


def test_ask_purpose_nonce_and_secret_each_make_another_token() -> None:
    tokens = {
        links.derive("secret", ASK, "answer", NONCE),
        links.derive("secret", ASK, "undo", NONCE),
        links.derive("secret", OTHER, "answer", NONCE),
        links.derive("secret", ASK, "answer", "ff" + NONCE[2:]),
        links.derive("another", ASK, "answer", NONCE),
    }
    assert len(tokens) == 5


def test_what_is_stored_does_not_give_the_token_away() -> None:
    token = links.derive("secret", ASK, "answer", NONCE)
    stored = links.hash_of(token)
    assert token not in stored
    assert len(stored) == 64
    assert links.hash_of(token) == stored


def test_nonces_do_not_repeat() -> None:
    assert len({links.new_nonce() for _ in range(1000)}) == 1000


def test_what_is_no_token_is_told_apart_before_the_database_is_asked() -> None:
    for text in ("", "sample", "a" * 21, "a" * 23, "a" * 21 + "/", "ä" * 22, "a" * 22 + "\n"):
        assert not links.looks_like_token(text)


def test_the_placeholder_is_one_that_the_mail_stage_fills() -> None:
    found = LINK.fullmatch(links.placeholder("answer", ASK))
    assert found is not None
    assert found.groups() == ("answer", str(ASK))


def test_links_are_masked_in_what_is_logged() -> None:
    token = links.derive("secret", ASK, "answer", NONCE)
    lines = [
        f"Not Found: /a/{token}/",
        f'"POST /a/{token}/ HTTP/1.1" 303',
        f"kwargs={{'token': '{token}'}}",
        f"/signin/{token}{token}/",
    ]
    for line in lines:
        assert token not in masked(line)
    assert masked("/a/sample/ and /cases/1/") == "/a/sample/ and /cases/1/"
