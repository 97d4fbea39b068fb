"""The supervisor starts what can start, and what has to wait when it may."""

import signal
import subprocess
import sys
import time
from pathlib import Path

from django.conf import settings

CODE = """
import pathlib, sys
from streams import supervisor
from streams.supervisor import Program, Supervisor
folder = pathlib.Path(sys.argv[1])
supervisor.READY_PATIENCE = float(sys.argv[2])
say = [sys.executable, "-uc", "import time; print('here', flush=True); time.sleep(60)"]
Supervisor([
    Program("first", say),
    Program("later", say, ready=(folder / "ready").exists),
]).run()
"""


def start(folder: Path, patience: float) -> "subprocess.Popen[str]":
    out = (folder / "out").open("w")
    command = [sys.executable, "-c", CODE, str(folder), str(patience)]
    return subprocess.Popen(command, cwd=settings.ROOT, stdout=out, stderr=out, text=True)


def wait_for(folder: Path, words: str) -> None:
    end = time.monotonic() + 30
    while words not in (folder / "out").read_text():
        assert time.monotonic() < end, (folder / "out").read_text()
        time.sleep(0.05)


def test_a_child_waits_until_it_may_start(tmp_path: Path) -> None:
    process = start(tmp_path, 60)
    try:
        wait_for(tmp_path, "first | here")
        time.sleep(1)
        assert "later" not in (tmp_path / "out").read_text()
        (tmp_path / "ready").touch()
        wait_for(tmp_path, "later | here")
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0


def test_it_does_not_wait_for_ever(tmp_path: Path) -> None:
    process = start(tmp_path, 0.5)
    try:
        wait_for(tmp_path, "later | here")
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
