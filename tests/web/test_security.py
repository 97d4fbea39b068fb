"""What must hold on every address: headers, the door, nothing inline, nothing from elsewhere."""

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from django.conf import settings
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db

NOWHERE = UUID("01890000-0000-7000-8000-000000000000")
VALUES = {
    "uuid": str(NOWHERE),
    "int": "999999",
    "str": "x" * 22,
    "slug": "x",
    "path": "x",
}
POLICY = (
    "default-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)


def _addresses() -> list[tuple[str, str]]:
    return sorted({(path, names) for path, names in _walk(get_resolver(), "/", ())})


def _walk(resolver: URLResolver, prefix: str, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for found in resolver.url_patterns:
        path = prefix + _filled(found.pattern)
        if isinstance(found, URLPattern):
            yield path, ":".join((*names, found.name or ""))
        else:
            inner = (*names, found.namespace) if found.namespace else names
            yield from _walk(found, path, inner)


def _filled(pattern: object) -> str:
    return re.sub(r"<(?:(\w+):)?\w+>", lambda found: VALUES[found[1] or "str"], str(pattern))


ADDRESSES = _addresses()
STAFF = [path for path, names in ADDRESSES if names.startswith("staff:")]


def _has_headers(answer: HttpResponseBase, path: str) -> None:
    policy = answer.headers["Content-Security-Policy"]
    if not path.endswith("/body/"):
        for rule in POLICY:
            assert rule in policy, f"{path}: {policy}"
        assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] in {"same-origin", "no-referrer"}
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert answer.headers["X-Frame-Options"] in {"DENY", "SAMEORIGIN"}


def test_there_are_addresses_to_check() -> None:
    assert len(STAFF) > 20


@pytest.mark.parametrize("path", [path for path, _names in ADDRESSES])
def test_every_address_has_the_headers(path: str) -> None:
    _has_headers(Client().get(path), path)


@pytest.mark.parametrize("path", STAFF)
def test_a_stranger_is_sent_to_the_door(path: str) -> None:
    for answer in (Client().get(path), Client().post(path)):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/signin/?next=")


def test_who_is_not_staff_is_refused() -> None:
    user = make_staff()
    user.is_staff = False
    user.save()
    assert signed_in(user).get("/health/").status_code == 403


@pytest.mark.parametrize("path", STAFF)
def test_no_page_of_staff_holds_anything_inline_or_foreign(path: str) -> None:
    answer = signed_in(make_staff(manages=True)).get(path)
    assert answer.status_code < 500
    _has_headers(answer, path)
    if answer.headers.get("Content-Type", "").startswith("text/html") and not answer.streaming:
        assert problems(answer.content.decode()) == []


@pytest.mark.parametrize(
    "path", ["/signin/", "/signin/forgot/", "/no/such/page/", f"/a/{'x' * 22}/"]
)
def test_no_public_page_holds_anything_inline_or_foreign(path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code < 500
    assert problems(answer.content.decode()) == []


def problems(page: str) -> list[str]:
    """What the strict policy would refuse, or what would make a request to another host."""
    found = re.findall(r"<[^>]*\sstyle\s*=[^>]*>", page)
    found += re.findall(r"<style\b", page)
    found += [tag for tag in re.findall(r"<script\b[^>]*>", page) if " src=" not in tag]
    found += re.findall(r"<[^>]*\son[a-z]+\s*=[^>]*>", page)
    found += re.findall(
        r"""<(?:link|script|img|iframe|use|source)[^>]*(?:href|src)=["']https?:""", page
    )
    found += re.findall(r"""hx-on|javascript:""", page)
    return found


@pytest.mark.parametrize(
    "page",
    [
        '<p style="color:red">',
        "<script>alert(1)</script>",
        '<a onclick="x()">',
        '<img src="https://elsewhere.example/x.png">',
    ],
)
def test_the_check_itself_finds_what_it_looks_for(page: str) -> None:
    assert problems(page)


def test_a_form_without_our_token_changes_nothing_and_says_so() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_staff(), backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post("/profile/save/", {"first_name": "Changed"})
    assert answer.status_code == 403
    assert "This form is too old" in answer.content.decode()
    _has_headers(answer, "/profile/save/")


def test_a_page_that_breaks_says_so_calmly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rrmm.web.staff.machine.facts", lambda: 1 / 0)
    client = signed_in(make_staff())
    client.raise_request_exception = False
    answer = client.get("/health/")
    assert answer.status_code == 500
    assert "This page broke. The watch did not." in answer.content.decode()
    assert "ZeroDivisionError" not in answer.content.decode()


def test_pages_of_staff_stay_in_no_cache() -> None:
    answer = signed_in(make_staff()).get("/health/")
    assert "no-store" in answer.headers["Cache-Control"]


def test_cookies_are_out_of_reach_of_scripts_and_other_sites() -> None:
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == "Lax"
    assert settings.BASE_URL.startswith("https:") == settings.SESSION_COOKIE_SECURE


def test_the_sign_of_life_needs_no_account() -> None:
    assert Client().get("/healthz").content == b"ok\n"
