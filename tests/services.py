"""Finds what the machine must give (Chromium, PostgreSQL, Java); skips in one line, fails in CI."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest


def missing(what: str, how: str = "") -> NoReturn:
    """Skips the test, saying what is missing and how to get it; with CI=true it fails instead."""
    words = f"needs {what}" + (f": {how}" if how else "")
    if os.environ.get("CI", "").lower() in {"1", "true", "yes"}:
        pytest.fail(words)
    pytest.skip(words)


def chromium() -> str:
    """Path of Chromium's program."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    missing("Chromium", "apt-get install chromium fonts-noto-core fonts-noto-cjk")


def postgres_programs() -> Path:
    """Folder with initdb and pg_ctl."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).parent] if on_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in folders:
        if (folder / "initdb").exists():
            return folder
    missing("PostgreSQL's programs", "apt-get install postgresql")
