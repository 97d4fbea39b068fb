"""`manage.py move` does not begin where it could not end well, and says what to do."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from streams.moving import source
from tests.contracts.move_kit import Move
from tests.postgres import Postgres

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(300)]


def test_a_missing_file_and_a_wrong_one_are_refused(move: Move, tmp_path: Path) -> None:
    here, move.file = move.file, tmp_path / "nowhere.sqlite3"
    assert "There is no file" in move.refusal()
    move.file = tmp_path / "letter.sqlite3"
    move.file.write_text("Dear desk, " * 100)
    assert "is not the database of a desk: file is not a database" in move.refusal()
    move.file = tmp_path / "other.sqlite3"
    move.write("CREATE TABLE notes (words)")
    assert "is not the database of a desk: no such table" in move.refusal()
    assert here.exists()


def test_a_file_of_another_version_is_refused(move: Move) -> None:
    move.write("INSERT INTO django_migrations (app, name, applied) VALUES ('mail', '0099', '')")
    assert "another version than this one (it has mail.0099)" in move.refusal()
    move.write("DELETE FROM django_migrations WHERE app = 'mail'")
    said = move.refusal()
    assert "an older version (it lacks mail.0001_initial" in said
    assert "`manage.py migrate` with the old desk's settings" in said


def test_a_file_that_a_process_has_open_is_refused(move: Move) -> None:
    holding = subprocess.Popen(
        [sys.executable, "-c",
         "import sqlite3, sys, time; c = sqlite3.connect(sys.argv[1]);"
         "c.execute('SELECT * FROM auth_group').fetchall(); print('open', flush=True);"
         "time.sleep(60)", str(move.file)],
        stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert holding.stdout
        holding.stdout.readline()
        assert "still has" in move.refusal()
    finally:
        holding.kill()
        holding.wait()


def test_a_process_that_still_beats_is_refused_and_one_that_just_ended_is_waited_for(
    move: Move,
) -> None:
    just = "strftime('%Y-%m-%d %H:%M:%f', 'now', '-14 seconds')"
    move.write(f"INSERT INTO streams_heartbeat VALUES ('work@here:1', {just}, '{{}}')")
    beating = subprocess.Popen(
        [sys.executable, "-c",
         "import sqlite3, sys, time\n"
         "for n in range(60):\n"
         "    time.sleep(1)\n"
         "    c = sqlite3.connect(sys.argv[1])\n"
         "    c.execute(\"UPDATE streams_heartbeat SET at = \" + sys.argv[2] + \" WHERE name "
         "LIKE 'work@here%'\"); c.commit(); c.close()",
         str(move.file), just.replace("14", "1")],
    )  # fmt: skip
    try:
        done = move.run()
        assert done.returncode == 1
        assert "The old desk is still running (work@here:1): end it first" in done.stderr
        assert not move.has_rows()
    finally:
        beating.kill()
        beating.wait()
    move.write(f"UPDATE streams_heartbeat SET at = {just}")
    start = time.monotonic()
    assert move.run().returncode == 0
    assert time.monotonic() - start > 4


def test_a_target_that_is_no_postgresql_or_cannot_be_used_is_refused(
    move: Move, postgres: Postgres
) -> None:
    said = move.refusal(DATABASE_URL="")
    assert "The move goes into PostgreSQL, and DATABASE_URL is not one." in said
    away = move.refusal(DATABASE_URL="postgresql://nobody@127.0.0.1:9/x")
    assert "PostgreSQL does not answer" in away
    server = move.url.rpartition("/")[0]
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE plain ENCODING 'SQL_ASCII' TEMPLATE template0 "
                           "LC_COLLATE 'C' LC_CTYPE 'C'")  # fmt: skip
    assert "holds SQL_ASCII, and must hold UTF8" in move.refusal(DATABASE_URL=f"{server}/plain")


def test_a_target_in_which_a_desk_lives_is_refused(move: Move) -> None:
    move.ask("INSERT INTO streams_tally (name, day, n) VALUES ('seen', '2026-11-21', 1)")
    assert "A desk already lives in the target database (streams_tally 1)" in move.refusal()
    assert not move.has_rows()


def test_another_secret_key_is_refused_and_says_where_the_right_one_lies(move: Move) -> None:
    said = move.refusal(SECRET_KEY="x" * 50)
    assert f"Set SECRET_KEY to what stands in {move.old / 'secret_key'}" in said
    (move.old / "secret_key").unlink()
    assert "Set SECRET_KEY to its value" in move.refusal(SECRET_KEY="x" * 50)  # by the session
    assert move.run().returncode == 0


def test_without_a_trace_of_the_secret_key_the_move_says_so(move: Move) -> None:
    (move.old / "secret_key").unlink()
    move.write("DELETE FROM django_session")
    done = move.run(SECRET_KEY="x" * 50)
    assert done.returncode == 0
    assert "Nothing tells whether SECRET_KEY is the old desk's" in done.stdout


def test_from_a_folder_that_is_read_only_a_file_is_read_unless_something_is_left_beside_it(
    furnished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(furnished / "rrmm.sqlite3", tmp_path)
    monkeypatch.setattr("os.access", lambda *_: False)  # who is root may always write
    desk = source.DeskFile(tmp_path / "rrmm.sqlite3")
    desk.begin()
    assert desk.applied() == source.known_migrations()
    desk.end()
    desk.close()
    assert [path.name for path in tmp_path.iterdir()] == ["rrmm.sqlite3"]
    (tmp_path / "rrmm.sqlite3-wal").write_bytes(b"not yet in the file")
    with pytest.raises(source.CannotMove, match="Copy it, with the files beside it"):
        source.DeskFile(tmp_path / "rrmm.sqlite3")
