"""A dump taken in mid-flow: the restored desk ends what was open in it, each event once."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.contracts.desk import DistributedDesk
from tests.contracts.test_delivery import exactly, is_ordered
from tests.postgres import Postgres

pytestmark = [pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(600)]
STAGES = ("ordered", "loose", "after")
EVENTS, LINES = 300, 7


def test_a_restored_desk_goes_on_where_the_dump_was_taken(
    distributed: DistributedDesk, postgres: Postgres, tmp_path: Path
) -> None:
    desk, dump = distributed, tmp_path / "desk.dump"
    desk.worker()
    options = ("--work-ms", "10", "--later", "90")
    writing = desk.feed(str(EVENTS), str(LINES), *options)
    desk.wait(lambda: len(desk.effects("ordered")) > EVENTS // 10)
    call(postgres, "pg_dump", "--format=custom", f"--file={dump}", desk.url)
    assert writing.wait(60) == 0
    desk.wait(lambda: desk.open_deliveries() == 0 and desk.relayed(), 120)
    for process in desk.running("relay") + desk.running("faust"):
        process.terminate()
        process.wait(30)

    restored = postgres.fresh_database()
    call(postgres, "pg_restore", "--no-owner", f"--dbname={restored}", str(dump))
    desk.url = desk.env["DATABASE_URL"] = restored
    desk.relay = None
    known = desk.one("SELECT count(*) FROM streams_record WHERE kind = 'Counted'")
    assert 0 < len(desk.effects("ordered")) < known, "the dump is of mid-flow"
    desk.worker()
    desk.wait(lambda: desk.open_deliveries() == 0, 180)
    for stage in STAGES:
        assert sorted(n for _, n in desk.effects(stage)) == exactly(known), stage
    assert is_ordered(desk.effects("ordered"))
    assert desk.buried() == 0


def call(postgres: Postgres, program: str, *words: str) -> None:
    folders = [postgres.bin, *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    found = shutil.which(program, path=os.pathsep.join(map(str, folders)))
    assert found, f"{program} comes with PostgreSQL"
    subprocess.run([found, *words], check=True, capture_output=True)
