"""How a long-running command ends: SIGTERM or SIGINT asks, the loop stops at its next turn."""

import signal
from types import FrameType


class Stopper:
    """Callable that turns true once the process was asked to end."""

    def __init__(self) -> None:
        self._asked = False
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, self._ask)

    def _ask(self, sign: int, frame: FrameType | None) -> None:
        self._asked = True

    def __call__(self) -> bool:
        return self._asked
