"""Typed readers of the environment that fail loudly: which variable, what is wrong, what next."""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvError

_env = Env()


def _wrong(name: str, what: str, hint: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name}: {what}. {hint}")


def text(name: str, default: str = "") -> str:
    """The variable as it stands, stripped."""
    return os.environ.get(name, default).strip()


def choice(name: str, allowed: tuple[str, ...], default: str) -> str:
    """One of `allowed`."""
    value = text(name, default)
    if value not in allowed:
        raise _wrong(name, f"{value!r} is not known", f"Use one of: {', '.join(allowed)}.")
    return value


def number(name: str, default: int, at_least: int = 0) -> int:
    """A whole number not below `at_least`."""
    try:
        value: int = _env.int(name, default)
    except EnvError as error:
        hint = f"Give a whole number, for example {default}."
        raise _wrong(name, f"{text(name)!r} is not a number", hint) from error
    if value < at_least:
        raise _wrong(name, f"{value} is too small", f"It must be {at_least} or more.")
    return value


def switch(name: str, default: bool) -> bool:
    """Yes or no: 1/0, true/false, yes/no, on/off."""
    try:
        value: bool = _env.bool(name, default)
    except EnvError as error:
        raise _wrong(name, f"{text(name)!r} is neither yes nor no", "Use 1 or 0.") from error
    return value


def words(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """A list separated by commas."""
    value = text(name)
    return [part.strip() for part in value.split(",") if part.strip()] if value else list(default)


def pairs(name: str) -> list[tuple[str, int]]:
    """`host:port,host:port` as exact pairs."""
    found = []
    for part in words(name):
        host, colon, port = part.rpartition(":")
        if not colon or not host or not port.isdigit() or not 0 < int(port) < 65536:
            hint = "Write host:port, for example 127.0.0.1:8010, separated by commas."
            raise _wrong(name, f"{part!r} is not a host with a port", hint)
        found.append((host.strip("[]"), int(port)))
    return found


def url(name: str, default: str) -> str:
    """An http or https address without a path, without the last slash."""
    value = text(name, default).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path:
        hint = f"Write it like {default}."
        raise _wrong(name, f"{value!r} is not an http(s) address without a path", hint)
    return value


def database(name: str, embedded: Path) -> dict[str, object]:
    """Django's settings of the database: PostgreSQL by URL, or the embedded SQLite file."""
    given = text(name)
    if not given:
        given = f"sqlite:///{embedded}"
    scheme = urlsplit(given).scheme
    if scheme not in {"sqlite", "postgres", "postgresql"}:
        hint = "Write postgresql://user:password@host:5432/name, or leave it empty for SQLite."
        raise _wrong(name, f"{scheme or given!r} is not a database we know", hint)
    try:
        found = dict(dj_database_url.parse(given, conn_max_age=600, conn_health_checks=True))
    except (ValueError, KeyError) as error:
        raise _wrong(name, "the address cannot be read", str(error)) from error
    if scheme == "sqlite":
        found["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                "PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY;"
            ),
        }
    return found


def pooled(database: dict[str, Any], most: int) -> dict[str, Any]:
    """The settings of a PostgreSQL database for a process whose threads share at most `most`
    connections; those of SQLite as they are. Not for who holds locks of its session."""
    if "postgresql" not in database["ENGINE"]:
        return database
    # The pool waits twice as long after each failed try: for three seconds, then it begins anew.
    pool = {"min_size": 1, "max_size": most, "timeout": 5, "reconnect_timeout": 3}
    options = {**database.get("OPTIONS", {}), "pool": pool}
    return {**database, "CONN_MAX_AGE": 0, "OPTIONS": options}


def brokers(name: str, databases: dict[str, dict[str, object]]) -> str:
    """Addresses of Kafka's brokers, `kafka://host:port,...`; empty for the embedded runtime."""
    given = text(name)
    for part in filter(None, given.split(",")):
        parts = urlsplit(part.strip())
        try:
            complete = parts.scheme == "kafka" and parts.hostname and parts.port
        except ValueError:
            complete = None
        if not complete:
            hint = "Write it like kafka://host:9092, several separated by commas."
            raise _wrong(name, f"{part!r} is not the address of a broker", hint)
    if given and "postgresql" not in str(databases["default"]["ENGINE"]):
        hint = (
            "Set DATABASE_URL too, like postgresql://user:password@host:5432/name; "
            "`manage.py move` brings a desk's data over."
        )
        raise _wrong(name, "Kafka needs PostgreSQL beside it, and DATABASE_URL is SQLite", hint)
    return given


def token(name: str) -> str:
    """A long random password, or nothing."""
    given = text(name)
    if given and len(given) < 20:
        hint = "Give 40 random characters, or leave it empty to switch off what it opens."
        raise _wrong(name, "the token is too short", hint)
    return given


def secret(name: str, kept_in: Path) -> str:
    """The variable, or a random secret that is made once and kept in a file only we may read."""
    given = text(name)
    if given:
        if len(given) < 32:
            hint = "Give 50 random characters, or leave it empty and one is made."
            raise _wrong(name, "the secret is too short", hint)
        return given
    if not kept_in.exists():
        kept_in.parent.mkdir(parents=True, exist_ok=True)
        fresh = kept_in.with_suffix(f".{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(50))
        try:
            os.link(fresh, kept_in)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return kept_in.read_text().strip()
