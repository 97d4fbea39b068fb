"""A setting that makes no sense stops a command in one line: which, what is wrong, what next."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

PG = "postgresql://somebody@127.0.0.1:1/nothing"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"KAFKA_URL": "kafka://b:9092"}, "KAFKA_URL: Kafka needs PostgreSQL beside it"),
        ({"KAFKA_URL": "b:9092", "DATABASE_URL": PG}, "KAFKA_URL: 'b:9092' is not the address"),
        ({"KAFKA_URL": "kafka://b", "DATABASE_URL": PG}, "Write it like kafka://host:9092"),
        ({"KAFKA_URL": "kafka://b:9,kafka://c:x", "DATABASE_URL": PG}, "'kafka://c:x' is not"),
        ({"KAFKA_PARTITIONS": "many"}, "KAFKA_PARTITIONS: 'many' is not a number"),
        ({"DATABASE_URL": "mysql://h/x"}, "DATABASE_URL: 'mysql' is not a database we know"),
        ({}, "KAFKA_URL is empty: set it to the broker"),
    ],
)
def test_one_line_says_what_to_change(given: dict[str, str], said: str, tmp_path: Path) -> None:
    env = {**os.environ, "DATA_DIR": str(tmp_path), "DATABASE_URL": "", "KAFKA_URL": "", **given}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", "relay"],
        cwd=settings.ROOT, env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr
