"""`manage.py match`, as outsiders run it: in another process, with no database."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
EXPERTS = ROOT / "tests" / "data" / "matching" / "experts.csv"


def _run(lines: list[Any], experts: Path = EXPERTS) -> subprocess.CompletedProcess[bytes]:
    sent = b"".join(
        (line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in lines
    )
    nowhere = {**os.environ, "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}
    return subprocess.run(
        [sys.executable, "manage.py", "match", "--experts", str(experts)],
        cwd=ROOT, env=nowhere, input=sent, capture_output=True, check=False, timeout=120,
    )  # fmt: skip


def test_needs_in_and_rankings_out_without_any_database() -> None:
    done = _run([
        {"id": 7, "text": "Incendiado un local de migrantes marroquíes en Murcia"},
        {"id": "b", "text": "Mosque attacked", "languages": ["fr"], "regions": ["FR"]},
    ])  # fmt: skip
    assert done.returncode == 0, done.stderr
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert (first["id"], second["id"]) == (7, "b")
    assert len(first["experts"]) >= 10
    scores = [one["score"] for one in first["experts"]]
    assert scores == sorted(scores, reverse=True)
    assert first["experts"][0]["id"] in {"a44", "a45"}
    assert all(one["reasons"] for one in first["experts"][:3])
    assert len(set(first["slate"])) == 5
    ids = {one["id"] for one in first["experts"]}
    assert set(first["slate"]) <= ids
    speakers = {"a02", "a05", "a06", "a07", "a08", "a01", "a39"}
    assert {one["id"] for one in second["experts"]} <= speakers


def test_a_malformed_line_gets_its_error_in_place_and_the_others_go_on() -> None:
    done = _run([{"id": 1, "text": "mosque"}, b"{oops", {"id": 2}, {"id": 3, "text": "church"}])
    assert done.returncode == 1
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line.get("id") for line in told] == [1, None, 2, 3]
    assert ["error" in line for line in told] == [False, True, True, False]
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("body", [None, b"", b"name\nAnna\n"])
def test_a_list_that_cannot_be_read_is_told_in_one_line(tmp_path: Path, body: bytes | None) -> None:
    file = tmp_path / "people.csv"
    if body is not None:
        file.write_bytes(body)
    done = _run([{"id": 1, "text": "mosque"}], file)
    assert done.returncode == 1
    assert done.stdout == b""
    assert b"Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_list_with_odd_words_is_used_as_far_as_it_is_understood(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(
        "id,name,title,affiliation,country,languages,regions,fault_lines,communities,gender,bio\n"
        "x,A,,,Atlantis,klingonish;fr,the far coast,relgion,,?,Writes on mosques\n"
        ",B,,,FR,fr,,,,,no id\n"
    )
    done = _run([{"id": 1, "text": "mosque", "languages": ["fr"]}], file)
    assert done.returncode == 0
    assert [one["id"] for one in json.loads(done.stdout)["experts"]] == ["x"]
    assert b"line 3: no id" in done.stderr
