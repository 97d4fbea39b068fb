"""A real mail server on loopback that keeps what it is given."""

import email
import re
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.postgres import free_port


class Post:
    """Every mail that came in, oldest first, with the address it was for."""

    def __init__(self) -> None:
        self.port = free_port()
        self.mails: list[tuple[str, EmailMessage]] = []

    async def handle_DATA(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        made = email.message_from_bytes(envelope.content, policy=default)
        assert isinstance(made, EmailMessage)
        self.mails += [(address, made) for address in envelope.rcpt_tos]
        return "250 taken"

    def to(self, address: str) -> list[EmailMessage]:
        """The mails for this address."""
        return [mail for found, mail in self.mails if found == address]


def plain(mail: EmailMessage) -> str:
    """The text part."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def personal_link(mail: EmailMessage) -> str:
    """The personal link in a mail."""
    found = re.search(r"http://\S+/a/\S+/", plain(mail))
    assert found, plain(mail)
    return found[0]


@contextmanager
def post_office() -> Iterator[Post]:
    """A server that listens until the end of the block."""
    post = Post()
    controller = Controller(post, hostname="127.0.0.1", port=post.port)
    controller.start()
    try:
        yield post
    finally:
        controller.stop()
