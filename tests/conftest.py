"""Fixtures for everybody: real data, and the real servers that the tests start themselves."""

from pathlib import Path

import pytest
from django.conf import settings

from tests import services

SHARED = Path(settings.ROOT).parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real development data; skips where it is absent, fails in CI."""
    if not SHARED.is_dir():
        services.missing("the folder ../shared/data (real development data)")
    return SHARED


@pytest.fixture(autouse=True)
def _no_waiting_counts() -> None:
    """Counts of one test must not be written in the next one's."""
    from streams import tally

    with tally._lock:
        tally._waiting.clear()


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a real Chromium."""
    return services.chromium()
