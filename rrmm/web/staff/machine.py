"""What we stand on: versions, the database and its size, the disk."""

import platform
import shutil
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import django
from django.conf import settings
from django.db import connection


@dataclass(frozen=True, slots=True)
class Machine:
    """Versions as text, sizes in bytes."""

    version: str
    python: str
    django: str
    database: str
    size: int
    free: int
    mail: str
    kafka: bool


def facts() -> Machine:
    """As things are now."""
    return Machine(
        version=version(),
        python=platform.python_version(),
        django=django.get_version(),
        database=_database(),
        size=_size(),
        free=shutil.disk_usage(settings.DATA_DIR).free,
        mail=settings.MAIL_BACKEND,
        kafka=bool(settings.KAFKA_URL),
    )


@lru_cache(maxsize=1)
def version() -> str:
    """Of the project, as pyproject.toml says."""
    project = tomllib.loads((Path(settings.ROOT) / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["project"]["version"])


def _database() -> str:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            return f"PostgreSQL {cursor.fetchone()[0].split()[0]}"
    import sqlite3

    return f"SQLite {sqlite3.sqlite_version}"


def _size() -> int:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
    main = Path(str(connection.settings_dict["NAME"]))
    files = [main, main.with_name(main.name + "-wal")]
    return sum(file.stat().st_size for file in files if file.exists())
