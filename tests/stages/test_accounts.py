"""Accounts: who is invited, who is on duty, whose sessions end, and what the post office knows."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.management import call_command
from django.utils import timezone

from rrmm.accounts import links, queries, services
from rrmm.accounts.models import SigninLink
from streams.mail import registry
from streams.mail.models import Message
from streams.models import Trail
from tests.builders import drain
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db


def test_the_first_link_makes_the_first_account_without_a_password() -> None:
    links.issue_link()
    user = User.objects.get()
    assert user.is_superuser
    assert user.is_staff
    assert not user.has_usable_password()
    assert queries.on_duty() == [user]


def test_a_second_link_makes_no_second_account() -> None:
    links.issue_link()
    links.issue_link()
    assert User.objects.count() == 1


def test_the_command_prints_a_loopback_address(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("signin_link")
    assert capsys.readouterr().out.startswith("http://127.0.0.1:")


def test_with_a_public_address_the_link_still_leads_to_this_machine(settings: object) -> None:
    settings.BASE_URL = "https://rrmm.example"  # type: ignore[attr-defined]
    assert links.issue_link().startswith("http://127.0.0.1:")


def test_only_a_hash_of_the_token_is_kept() -> None:
    token = links.issue_link().rstrip("/").rpartition("/")[2]
    assert len(token) >= 22
    kept = SigninLink.objects.get()
    assert token not in str(vars(kept))


def test_a_link_is_taken_once() -> None:
    token = links.issue_link().rstrip("/").rpartition("/")[2]
    assert links.use_link(token) is not None
    assert links.use_link(token) is None


def test_a_link_ends_after_ten_minutes() -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        token = links.issue_link().rstrip("/").rpartition("/")[2]
        clock.shift(timedelta(minutes=10, seconds=1))
        assert links.use_link(token) is None


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "::ffff:127.0.0.1", "127.9.9.9"])
def test_this_machine_is_known_by_its_addresses(host: str) -> None:
    assert links.is_loopback(host)


@pytest.mark.parametrize("host", ["", "10.0.0.1", "192.0.2.1", "::ffff:192.0.2.1", "rrmm.example"])
def test_other_machines_are_not_this_one(host: str) -> None:
    assert not links.is_loopback(host)


def test_an_invitation_is_mailed_and_holds_no_token() -> None:
    boss = make_staff("Tamar Olin", manages=True)
    user = services.invite("Idris@Desk.Example", "Idris", "Kanté", False, boss)
    assert user.username == "idris@desk.example"
    assert not user.has_usable_password()
    message = Message.objects.get()
    assert message.to_ref == f"staff:{user.pk}"
    assert f"[[link:staff_invite:{user.pk}]]" in message.text
    assert "http" not in message.text + message.html
    assert Trail.objects.filter(act="account.invited", actor=f"staff:{boss.pk}").exists()


def test_an_invited_address_cannot_be_invited_twice() -> None:
    boss = make_staff(manages=True)
    services.invite("idris@desk.example", "Idris", "", False, boss)
    with pytest.raises(services.Conflict):
        services.invite("IDRIS@desk.example", "Idris", "", False, boss)


def test_the_post_office_delivers_the_invitation_and_fills_its_link() -> None:
    boss = make_staff(manages=True)
    user = services.invite("idris@desk.example", "Idris", "", False, boss)
    drain(["send"])
    assert Message.objects.get().state == "sent"
    assert "/signin/welcome/" in registry.link("staff_invite", str(user.pk))


def test_mail_to_somebody_disabled_is_withdrawn() -> None:
    boss = make_staff(manages=True)
    user = services.invite("idris@desk.example", "Idris", "", False, boss)
    services.disable(user, boss)
    drain(["send"])
    assert Message.objects.get().state == "withdrawn"


def test_a_disabled_person_has_no_link() -> None:
    boss, user = make_staff(manages=True), make_staff("Idris K")
    services.disable(user, boss)
    with pytest.raises(LookupError):
        registry.link("staff_reset", str(user.pk))


def test_a_disabled_person_is_out_at_once() -> None:
    boss, user = make_staff(manages=True), make_staff("Idris K", on_duty=True)
    client = signed_in(user)
    assert client.get("/profile/").status_code == 200
    services.disable(user, boss)
    assert client.get("/profile/").status_code == 302
    assert queries.on_duty() == []


def test_nobody_disables_themselves() -> None:
    boss = make_staff(manages=True)
    with pytest.raises(services.Conflict):
        services.disable(boss, boss)


def test_the_last_one_who_looks_after_the_team_stays() -> None:
    boss, other = make_staff(manages=True), make_staff("Idris K")
    with pytest.raises(services.Conflict):
        services.disable(boss, other)


def test_forgetting_a_password_twice_sends_one_mail() -> None:
    user = make_staff()
    assert services.forgot(user.email)
    assert not services.forgot(user.email)
    assert Message.objects.count() == 1


def test_an_unknown_address_gets_no_mail() -> None:
    assert not services.forgot("nobody@desk.example")
    assert Message.objects.count() == 0


def test_duty_ends_by_itself() -> None:
    user = make_staff()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        services.set_duty(user, True, user, hours=8)
        assert queries.on_duty() == [user]
        clock.shift(timedelta(hours=8, seconds=1))
        assert queries.on_duty() == []


def test_signing_out_elsewhere_keeps_this_session() -> None:
    user = make_staff()
    here, there = signed_in(user), signed_in(user)
    assert services.end_sessions(user, keep=here.session.session_key) == 1
    assert here.get("/profile/").status_code == 200
    assert there.get("/profile/").status_code == 302


def test_somebody_elses_sessions_are_left_alone() -> None:
    user, other = make_staff(), make_staff("Idris K")
    client = signed_in(other)
    services.end_sessions(user)
    assert client.get("/profile/").status_code == 200
