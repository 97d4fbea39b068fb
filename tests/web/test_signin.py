"""The door: address and password, the pause after wrong ones, the one-time link, the way out."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from rrmm.accounts import links, mail, services
from tests.staff import PASSWORD, make_staff, signed_in

pytestmark = pytest.mark.django_db


def _try(client: Client, password: str, address: str = "tamar@desk.example") -> int:
    answer = client.post("/signin/", {"username": address, "password": password})
    return answer.status_code


def test_the_right_password_leads_to_the_desk() -> None:
    make_staff(password=PASSWORD)
    client = Client()
    answer = client.post("/signin/", {"username": "Tamar@Desk.Example", "password": PASSWORD})
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/"


def test_a_wrong_password_and_an_unknown_address_read_the_same() -> None:
    make_staff()
    known = Client().post("/signin/", {"username": "tamar@desk.example", "password": "wrong"})
    unknown = Client().post("/signin/", {"username": "nobody@desk.example", "password": "wrong"})
    assert "That did not match." in known.content.decode()
    assert "That did not match." in unknown.content.decode()
    assert known.status_code == unknown.status_code


def test_after_too_many_tries_not_even_the_right_password_is_taken() -> None:
    make_staff(password=PASSWORD)
    client = Client()
    for _ in range(settings.AXES_FAILURE_LIMIT):
        last = _try(client, "wrong")
    assert last == 429
    answer = client.post("/signin/", {"username": "tamar@desk.example", "password": PASSWORD})
    assert answer.status_code == 429
    assert "We make a pause" in answer.content.decode()


def test_the_pause_for_one_account_leaves_others_alone() -> None:
    make_staff()
    make_staff("Idris K", password=PASSWORD)
    client = Client()
    for _ in range(settings.AXES_FAILURE_LIMIT):
        _try(client, "wrong")
    assert _try(client, PASSWORD, "idris@desk.example") == 302


def test_the_pause_ends() -> None:
    make_staff(password=PASSWORD)
    client = Client()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(settings.AXES_FAILURE_LIMIT):
            _try(client, "wrong")
        clock.shift(settings.AXES_COOLOFF_TIME + timedelta(seconds=1))
        assert _try(client, PASSWORD) == 302


def test_a_disabled_account_does_not_come_in() -> None:
    user = make_staff(password=PASSWORD)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert _try(Client(), PASSWORD) == 200


def test_the_links_of_a_disabled_account_stop_working() -> None:
    user = make_staff(password=PASSWORD)
    path = urlsplit(mail.password_link(str(user.pk), "accounts:reset")).path
    User.objects.filter(pk=user.pk).update(is_active=False)
    answer = Client().get(path, follow=True)
    assert 'name="new_password1"' not in answer.content.decode()


def test_signing_out_needs_a_post() -> None:
    client = signed_in(make_staff())
    assert client.get("/signout/").status_code == 405
    assert client.get("/profile/").status_code == 200
    client.post("/signout/")
    assert client.get("/profile/").status_code == 302


def test_looking_at_the_link_does_not_use_it_up() -> None:
    path = _path(links.issue_link())
    for _ in range(3):
        assert Client().get(path).status_code == 200
    assert Client().head(path).status_code == 200
    client = Client()
    assert client.post(path).status_code == 302
    assert client.get("/profile/").status_code == 200


def test_the_link_signs_in_once() -> None:
    path = _path(links.issue_link())
    Client().post(path)
    late = Client()
    assert late.post(path).status_code == 410
    assert late.get(path).status_code == 410
    assert late.get("/profile/").status_code == 302


def test_the_link_does_nothing_from_another_machine() -> None:
    path = _path(links.issue_link())
    stranger = Client(REMOTE_ADDR="192.0.2.7")
    assert stranger.get(path).status_code == 403
    assert stranger.post(path).status_code == 403
    assert stranger.get("/profile/").status_code == 302
    assert Client().post(path).status_code == 302


def test_a_link_that_ran_out_says_how_to_get_another() -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        path = _path(links.issue_link())
        clock.shift(timedelta(minutes=11))
        answer = Client().post(path)
    assert answer.status_code == 410
    assert "signin_link" in answer.content.decode()


def test_an_invited_colleague_sets_a_password_and_comes_in() -> None:
    boss = make_staff("Boss B", manages=True)
    user = services.invite("idris@desk.example", "Idris", "", False, boss)
    client = Client()
    page = client.get(_path(mail.password_link(str(user.pk), "accounts:invite")), follow=True)
    form = page.redirect_chain[-1][0]
    data = {"new_password1": PASSWORD, "new_password2": PASSWORD}
    assert client.post(form, data).status_code == 302
    assert _try(Client(), PASSWORD, "idris@desk.example") == 302


def test_a_password_link_works_once() -> None:
    user = make_staff()
    link = _path(mail.password_link(str(user.pk), "accounts:reset"))
    services.set_password(user, "another quiet night")
    assert "has done its work" in Client().get(link, follow=True).content.decode()


def test_a_weak_password_is_refused_with_words_at_the_field() -> None:
    client = signed_in(make_staff())
    data = {"new_password1": "short", "new_password2": "short"}
    answer = client.post("/profile/password/", data)
    assert answer.status_code == 422
    assert 'id="p2-error"' in answer.content.decode()


def test_who_has_a_password_types_it_before_choosing_another() -> None:
    user = make_staff(password=PASSWORD)
    client = signed_in(user)
    data = {"new_password1": "another quiet night", "new_password2": "another quiet night"}
    refused = client.post("/profile/password/", data | {"old_password": "not this one"})
    assert refused.status_code == 422
    assert 'id="p0-error"' in refused.content.decode()
    assert client.post("/profile/password/", data | {"old_password": PASSWORD}).status_code == 302
    user.refresh_from_db()
    assert user.check_password("another quiet night")


def test_asking_for_a_link_says_the_same_to_everybody() -> None:
    make_staff()
    ours = Client().post("/signin/forgot/", {"address": "tamar@desk.example"})
    theirs = Client().post("/signin/forgot/", {"address": "nobody@desk.example"})
    assert ours.content == theirs.content


def test_only_who_looks_after_the_team_invites() -> None:
    data = {"address": "new@desk.example", "first_name": "New"}
    assert signed_in(make_staff()).post("/team/invite/", data).status_code == 403
    assert not User.objects.filter(username="new@desk.example").exists()
    boss = signed_in(make_staff("Boss B", manages=True))
    assert boss.post("/team/invite/", data).status_code == 302
    assert User.objects.filter(username="new@desk.example").exists()


def test_a_bad_address_is_refused_at_its_field() -> None:
    boss = signed_in(make_staff(manages=True))
    answer = boss.post("/team/invite/", {"address": "nonsense", "first_name": "New"})
    assert answer.status_code == 422
    assert "does not look like a mail address" in answer.content.decode()


def test_a_link_is_shown_to_hand_over_only_while_mail_stays_here(settings: object) -> None:
    boss, user = make_staff(manages=True), make_staff("Idris K")
    answer = signed_in(boss).post(f"/team/{user.pk}/show-link/")
    assert "/signin/welcome/" in answer.content.decode()
    settings.MAIL_BACKEND = "smtp"  # type: ignore[attr-defined]
    assert signed_in(boss).post(f"/team/{user.pk}/show-link/").status_code == 403


def _path(url: str) -> str:
    return "/" + url.partition("://")[2].partition("/")[2]
