"""Waiting for what another task or process does."""

import asyncio
import time
from collections.abc import Callable


async def eventually(holds: Callable[[], object], patience: float = 15.0) -> None:
    """Returns when `holds()` is true; fails when that has not come after `patience` seconds."""
    end = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < end, "it did not come"
        await asyncio.sleep(0.02)
