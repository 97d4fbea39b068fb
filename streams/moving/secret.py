"""Whether the new desk's SECRET_KEY is the old one's: sign-ins and personal links hang on it."""

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core import signing
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from streams.moving.source import CannotMove, DeskFile

FILE = "secret_key"
"""Beside the database, where the old desk made its own (`config.env.secret`)."""


def check_secret(source: DeskFile) -> bool:
    """True when it is the same, False when nothing tells. Raises CannotMove when it is not."""
    kept = source.path.parent / FILE
    known = kept.read_text().strip() if kept.is_file() else ""
    signed = _newest_session(source)
    if known == settings.SECRET_KEY or (signed and _is_ours(signed)):
        return True
    if not (known or signed):
        return False
    what = _("to what stands in %(file)s") % {"file": kept} if known else _("to its value")
    raise CannotMove(
        _("SECRET_KEY is not the one that the old desk ran with: the links in mails that people "
          "have would lead nowhere, and everybody would be signed out. Set SECRET_KEY %(what)s, "
          "here and for every process of the new desk.") % {"what": what}
    )  # fmt: skip


def _newest_session(source: DeskFile) -> str:
    table = Session._meta.db_table
    sql = f'SELECT session_data FROM "{table}" ORDER BY expire_date DESC LIMIT 1'  # noqa: S608
    found = source.ask(sql).fetchone()
    return str(found[0]) if found else ""


def _is_ours(signed: str) -> bool:
    serializer = import_string(settings.SESSION_SERIALIZER)
    try:
        signing.loads(signed, salt=SessionStore().key_salt, serializer=serializer)
    except signing.BadSignature:
        return False
    return True
