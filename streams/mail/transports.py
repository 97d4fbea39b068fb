"""The ways out: SMTP, SendGrid, or only the mailbox of this machine."""

import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Protocol

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from streams.mail.outgoing import Envelope
from streams.retry import Transient


class Refused(Exception):
    """The other side will not take this message, now or later."""


class Unwritable(Exception):
    """No mail can be made of sender, address and subject as they are: for the dead letters."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"sender, address or subject cannot stand in a mail ({kind})")


class Transport(Protocol):
    """Hands one envelope over.

    Returns the provider's id of the message ("" where there is none). Raises Refused when it
    will never be taken, Transient when it may be taken later (with the wait the other side asks
    for), Unwritable before anything was sent, and never anything else for what the network or
    the provider does. Neither words nor causes of these name an address.
    """

    leaves: ClassVar[bool]
    """Whether mail really leaves this machine."""

    def send(self, envelope: Envelope) -> str: ...


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Keeps the mail here: staff read it in the browser."""

    leaves: ClassVar[bool] = False

    def send(self, envelope: Envelope) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Smtp:
    """RFC 5321 through Django's backend, one connection a message.

    What smtplib and Django raise names the address, and the log would print it as the cause of
    ours: so ours have no cause.
    """

    leaves: ClassVar[bool] = True

    def send(self, envelope: Envelope) -> str:
        backend = get_connection("django.core.mail.backends.smtp.EmailBackend")
        try:
            with backend as connection:
                _as_email(envelope, connection).send()
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            raise _verdict(code, words) from None
        except smtplib.SMTPNotSupportedError:
            raise Refused("the mail server cannot take an address of such letters") from None
        except smtplib.SMTPResponseException as error:
            raise _verdict(error.smtp_code, error.smtp_error) from None
        except (OSError, smtplib.SMTPException) as error:
            raise Transient(f"the mail server does not answer ({type(error).__name__})") from None
        except ValueError as error:  # before anything was sent: Django could not write it down
            raise Unwritable(type(error).__name__) from None
        return ""


def _as_email(envelope: Envelope, connection: object) -> EmailMultiAlternatives:
    headers = {"Message-ID": envelope.message_id, "Content-Language": envelope.language}
    headers["Auto-Submitted"] = "auto-generated"
    if envelope.thread:
        headers["References"] = headers["In-Reply-To"] = envelope.thread
    email = EmailMultiAlternatives(
        envelope.subject,
        envelope.text,
        envelope.sender,
        [envelope.to],
        headers=headers,
        reply_to=[envelope.reply_to] if envelope.reply_to else None,
        connection=connection,
    )
    if envelope.html:
        email.attach_alternative(envelope.html, "text/html")
    return email


def _verdict(code: int, words: bytes | str) -> Exception:
    """4xx may heal, 5xx will not. The server's words may hold the address: only the code stays."""
    enhanced = (words.decode("ascii", "replace") if isinstance(words, bytes) else words)[:9]
    shown = enhanced.split(" ")[0] if enhanced[:1].isdigit() else ""
    said = f"the mail server says {code} {shown}".strip()
    return Transient(said) if 400 <= code < 500 else Refused(said)


def _sendgrid() -> Transport:
    from streams.mail.sendgrid_api import SendGrid

    return SendGrid(settings.SENDGRID_API_KEY, settings.SENDGRID_URL, settings.MAIL_TIMEOUT)


TRANSPORTS: dict[str, Callable[[], Transport]] = {
    "mailbox": Mailbox,
    "smtp": Smtp,
    "sendgrid": _sendgrid,
}


def transport() -> Transport:
    """The way out that settings.MAIL_BACKEND names."""
    return TRANSPORTS[settings.MAIL_BACKEND]()
