"""Mail through SendGrid's Web API v3: the only module that knows the provider."""

from datetime import timedelta
from email.utils import parseaddr
from http.client import HTTPException
from typing import Any, ClassVar
from urllib.error import URLError

import sendgrid
from python_http_client.exceptions import HTTPError
from sendgrid.helpers.mail import (
    ClickTracking,
    Content,
    From,
    Header,
    Mail,
    OpenTracking,
    ReplyTo,
    SubscriptionTracking,
    To,
    TrackingSettings,
)

from streams.mail.outgoing import Envelope
from streams.mail.transports import Refused, Unwritable
from streams.retry import Transient

MAY_HEAL = {401, 403, 408, 429}
"""Beside every 5xx: a key that an operator will mend, and asking too often."""


class SendGrid:
    """Click and open tracking are off: nobody's answer may depend on a tracker's link."""

    leaves: ClassVar[bool] = True

    def __init__(self, key: str, host: str, timeout: float) -> None:
        self._api = sendgrid.SendGridAPIClient(key, host=host)
        self._api.client.timeout = timeout

    def send(self, envelope: Envelope) -> str:
        try:
            reply = self._api.send(_as_mail(envelope))
        except HTTPError as error:
            raise _verdict(error) from None
        except (URLError, OSError, HTTPException) as error:
            raise Transient(f"SendGrid does not answer ({type(error).__name__})") from None
        except ValueError as error:
            raise Unwritable(type(error).__name__) from None
        return str(reply.headers.get("X-Message-Id", ""))


def _as_mail(envelope: Envelope) -> Mail:
    mail = Mail(From(*_named(envelope.sender)), To(envelope.to), envelope.subject)
    mail.add_content(Content("text/plain", envelope.text))
    if envelope.html:
        mail.add_content(Content("text/html", envelope.html))
    if envelope.reply_to:
        mail.reply_to = ReplyTo(envelope.reply_to)
    mail.add_header(Header("Message-ID", envelope.message_id))
    mail.add_header(Header("Auto-Submitted", "auto-generated"))
    if envelope.thread:
        mail.add_header(Header("In-Reply-To", envelope.thread))
        mail.add_header(Header("References", envelope.thread))
    tracking = TrackingSettings()
    tracking.click_tracking = ClickTracking(False, False)
    tracking.open_tracking = OpenTracking(False)
    tracking.subscription_tracking = SubscriptionTracking(False)
    mail.tracking_settings = tracking
    return mail


def _named(sender: str) -> tuple[str, str | None]:
    name, address = parseaddr(sender)
    return address, name or None


def _verdict(error: Any) -> Exception:
    status = int(error.status_code)
    said = f"SendGrid says {status}"
    if status in MAY_HEAL or status >= 500:
        return Transient(said, _asked_wait(error))
    return Refused(said)


def _asked_wait(error: Any) -> timedelta | None:
    value = str((error.headers or {}).get("Retry-After", ""))[:6]
    return timedelta(seconds=int(value)) if value.isdecimal() else None
