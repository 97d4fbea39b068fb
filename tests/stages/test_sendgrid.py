"""Mail through SendGrid's API, spoken to on loopback."""

import json
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from django.utils import timezone

from streams.mail.models import Message
from streams.models import Delivery
from tests.builders import drain
from tests.postgres import free_port
from tests.stages.test_send import book, queue

__all__ = ["book"]  # a fixture that every test here uses
pytestmark = pytest.mark.django_db(transaction=True)


class _Api(BaseHTTPRequestHandler):
    """Speaks like SendGrid's v3 mail/send."""

    seen: list[dict[str, Any]] = []
    status = 202

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).seen.append({"path": self.path, "key": self.headers["Authorization"],
                                "body": json.loads(body)})  # fmt: skip
        self.send_response(type(self).status)
        self.send_header("X-Message-Id", "sg-1")
        self.send_header("Retry-After", "40")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the base's name
        pass


@pytest.fixture
def sendgrid(settings: Any) -> Iterator[type[_Api]]:
    server = HTTPServer(("127.0.0.1", free_port()), _Api)
    Thread(target=server.serve_forever, daemon=True).start()
    _Api.seen, _Api.status = [], 202
    settings.MAIL_BACKEND, settings.SENDGRID_API_KEY = "sendgrid", "SG.test-key"
    settings.SENDGRID_URL = f"http://127.0.0.1:{server.server_port}"
    yield _Api
    server.shutdown()
    server.server_close()


def test_sendgrid_gets_the_mail_untracked_and_its_id_is_kept(sendgrid: type[_Api]) -> None:
    ident = queue()
    drain(["send"])
    (call,) = sendgrid.seen
    assert call["path"] == "/v3/mail/send"
    assert call["key"] == "Bearer SG.test-key"
    assert call["body"]["tracking_settings"]["click_tracking"]["enable"] is False
    assert call["body"]["tracking_settings"]["open_tracking"]["enable"] is False
    message = Message.objects.get(pk=ident)
    assert call["body"]["headers"]["Message-ID"] == message.message_id
    assert message.provider_id == "sg-1"


def test_sendgrid_asking_for_patience_is_obeyed(sendgrid: type[_Api]) -> None:
    sendgrid.status = 429
    queue()
    before = timezone.now()
    assert drain(["send"])["send"].retried == 1
    due_at = Delivery.objects.get(stage="send").due_at
    assert due_at is not None
    assert due_at >= before + timedelta(seconds=40)


def test_sendgrid_refusing_is_final(sendgrid: type[_Api]) -> None:
    sendgrid.status = 400
    ident = queue()
    drain(["send"])
    assert Message.objects.get(pk=ident).state == "refused"
