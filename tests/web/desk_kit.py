"""What tests of case pages share: pressing a button, a case whose experts are about to be asked."""

from typing import Any

from django.test import Client
from django.urls import reverse

from rrmm.flashpoints import services
from rrmm.flashpoints.models import Flashpoint
from tests import asking, cast, watching


def press(desk: Client, what: str, case: Flashpoint, **form: Any) -> str:
    """Presses a button; the text of the page to which it led."""
    answer = desk.post(reverse(f"staff:case-{what}", args=[case.pk]), form, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def confirmed(people: int = 3) -> Flashpoint:
    """A case whose experts are about to be asked."""
    case = watching.case()
    services.confirm(case.pk, cast.staff("idris"), asking.plan(asking.people(people)))
    case.refresh_from_db()
    return case


def now(case: Flashpoint) -> Flashpoint:
    case.refresh_from_db()
    return case
