"""Finds what the machine must give (Chromium, PostgreSQL, Java); skips in one line, fails in CI."""

import os
import shutil
from glob import glob
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


def postgres_programs() -> str:
    """Folder with initdb and pg_ctl."""
    on_path = shutil.which("initdb")
    folders = sorted(glob("/usr/lib/postgresql/*/bin"), reverse=True)
    for folder in ([os.path.dirname(on_path)] if on_path else []) + folders:  # noqa: PTH120
        if os.path.exists(f"{folder}/initdb"):  # noqa: PTH110
            return folder
    missing("PostgreSQL's programs", "apt-get install postgresql")
