"""`manage.py move`: a desk's SQLite file becomes a PostgreSQL desk, whole, or not at all."""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from tests.contracts.desk import ROOT, Desk, DistributedDesk
from tests.contracts.test_delivery import exactly, is_ordered
from tests.kafka_broker import Broker
from tests.postgres import Postgres

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(300)]
REAL = {"TOPOLOGY": "", "JOBS": "", "KAFKA_URL": ""}


def environment(folder: Path, url: str, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in REAL}
    return {**kept, "DATA_DIR": str(folder), "DATABASE_URL": url, "KAFKA_URL": "", **more}


def python(env: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *arguments], check=False, cwd=ROOT, env=env, capture_output=True, text=True
    )


class Move:
    """An old desk's folder, a fresh PostgreSQL, and the command between them."""

    def __init__(self, old: Path, new: Path, url: str) -> None:
        self.old, self.new, self.url = old, new, url
        self.file = old / "rrmm.sqlite3"
        self.env = environment(new, url, SECRET_KEY=(old / "secret_key").read_text())

    def run(self, *more: str, **env: str) -> "subprocess.CompletedProcess[str]":
        return python({**self.env, **env}, "manage.py", "move", "--from", str(self.file), *more)

    def refusal(self, *more: str, **env: str) -> str:
        """What the move says when it does not happen. The file stays as it is, either way."""
        before = digest(self.file)
        done = self.run(*more, **env)
        assert done.returncode == 1, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        assert digest(self.file) == before
        return done.stderr

    def write(self, sql: str, *values: object) -> None:
        """Into the old desk's file."""
        with closed(sqlite3.connect(self.file)) as connection:
            connection.execute(sql, values)
            connection.commit()

    def ask(self, sql: str) -> list[tuple[object, ...]]:
        """The new desk."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            found = connection.execute(sql)
            return found.fetchall() if found.description else []

    def has_rows(self) -> bool:
        """Whether anything of the old desk is in the new one."""
        (there,) = self.ask("SELECT to_regclass('accounts_profile') IS NOT NULL")[0]
        return bool(there) and bool(self.ask("SELECT 1 FROM accounts_profile"))


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""


@contextmanager
def closed(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    try:
        yield connection
    finally:
        connection.close()


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a real SQLite desk with rows in every table."""
    folder = Path(tmp_path_factory.mktemp("old"))
    env = environment(folder, "")
    for command in (("manage.py", "migrate"), ("-m", "tests.contracts.furnish", "fill")):
        done = python(env, *command)
        assert done.returncode == 0, done.stderr[-3000:]
    return folder


@pytest.fixture(scope="module")
def tables(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a database that `migrate` prepared: others are copied from it."""
    url = postgres.fresh_database()
    done = python(environment(Path(tmp_path_factory.mktemp("new")), url), "manage.py", "migrate")
    assert done.returncode == 0, done.stderr
    return url


@pytest.fixture
def bare(furnished: Path, postgres: Postgres, tmp_path: Path) -> Move:
    """Into a database without tables."""
    shutil.copytree(furnished, tmp_path / "old")
    return Move(tmp_path / "old", tmp_path / "new", postgres.fresh_database())


@pytest.fixture
def move(bare: Move, tables: str) -> Move:
    """Into a database with empty tables."""
    server, _slash, prepared = tables.rpartition("/")
    name = f"copy_{uuid4().hex}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {prepared}")
    return Move(bare.old, bare.new, f"{server}/{name}")


def shown(env: dict[str, str]) -> dict[str, list[str]]:
    done = python(env, "-m", "tests.contracts.furnish", "show")
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


# --- all of it ----------------------------------------------------------------------------------


def test_every_row_of_every_table_arrives_as_it_was(bare: Move) -> None:
    old = shown(environment(bare.old, ""))
    assert not [table for table, rows in old.items() if not rows], "furnish.py fills every table"
    before = digest(bare.file)
    done = bare.run()
    assert done.returncode == 0, done.stderr
    assert digest(bare.file) == before
    new = shown(bare.env)
    (noted,) = [json.loads(line) for line in new["streams.Trail"] if "desk.moved" in line]
    total = sum(map(len, old.values()))
    assert noted["detail"] == {"mended": 0, "rows": total, "tables": len(old)}
    (lease,) = map(json.loads, new.pop("streams.Lease"))
    (held,) = map(json.loads, old.pop("streams.Lease"))
    assert lease == held | {"holder": "", "until": None}
    new["streams.Trail"] = [line for line in new["streams.Trail"] if "desk.moved" not in line]
    assert new == old
    assert f"together {total:>32,} {total:>12,}".split() == next(
        line.split() for line in done.stdout.splitlines() if "together" in line
    )


def test_new_rows_get_new_keys_after_the_move(move: Move) -> None:
    assert move.run().returncode == 0
    code = (
        "from django.contrib.auth.models import Group, Permission, User\n"
        "from streams.models import Tally\n"
        "from streams import trail\n"
        "group = Group.objects.create(name='new')\n"
        "group.permissions.set(Permission.objects.all())\n"
        "User.objects.create(username='new').groups.add(group)\n"
        "Tally.objects.create(name='new', day='2026-11-21')\n"
        "trail.note(trail.MACHINE, 'still.grows', 'desk')"
    )
    done = python(move.env, "manage.py", "shell", "--no-imports", "--command", code)
    assert done.returncode == 0, done.stderr
    with pytest.raises(psycopg.errors.RaiseException):
        move.ask("DELETE FROM streams_trail WHERE NOT demo")


def test_a_session_of_the_old_desk_is_good_in_the_new_one(move: Move) -> None:
    assert move.run().returncode == 0
    code = (
        "from django.contrib.sessions.models import Session\n"
        "print(Session.objects.get().get_decoded()['_auth_user_id'])"
    )
    done = python(move.env, "manage.py", "shell", "--no-imports", "--command", code)
    assert done.stdout.strip().isdigit()


def test_open_work_goes_on_over_kafka_and_is_done_once(
    broker: Broker, postgres: Postgres, tmp_path: Path
) -> None:
    (tmp_path / "old").mkdir()
    old = Desk(f"sqlite:///{tmp_path}/old/rrmm.sqlite3", tmp_path / "old")
    worker = old.worker()
    feeding = old.feed("300", "5", "--poison", "60", "--later", "23", "--work-ms", "15")
    failing = "SELECT count(*) FROM streams_delivery WHERE state = 1"
    old.wait(lambda: len(old.effects("ordered")) > 30 and old.one(failing) > 0)
    worker.kill()
    worker.wait()
    feeding.wait(60)
    assert old.open_deliveries() > 100
    assert old.one(failing) > 0
    secret = (tmp_path / "old" / "secret_key").read_text()
    (tmp_path / "new").mkdir()
    new = DistributedDesk(
        postgres.fresh_database(), tmp_path / "new", broker,
        SECRET_KEY=secret, KAFKA_PREFIX="moved.",
    )  # fmt: skip
    try:
        new.manage("move", "--from", f"{tmp_path}/old/rrmm.sqlite3")
        assert new.open_deliveries() == old.open_deliveries()
        new.worker()
        new.worker()
        new.wait(lambda: new.open_deliveries() == 0, 120)
        poison = [n for n in range(300) if n % 60 == 59]
        for stage, without in (("ordered", poison), ("loose", []), ("after", poison)):
            assert sorted(n for _, n in new.effects(stage)) == exactly(300, *without)
        assert is_ordered(new.effects("ordered"))
        assert new.buried() == len(poison)
        assert new.one("SELECT n FROM streams_tally WHERE name = 'relay.adopted'") > 0
    finally:
        new.end()
        old.end()


# --- what PostgreSQL cannot hold ----------------------------------------------------------------


def test_texts_and_numbers_without_room_are_all_named_before_anything_is_written(
    bare: Move,
) -> None:
    bare.write("UPDATE auth_group SET name = ?", "é" * 151)
    bare.write("UPDATE mail_message SET why = ?", "x\0" + "y" * 300)
    bare.write("UPDATE streams_delivery SET attempts = 40000 WHERE id = 1")
    said = bare.refusal()
    assert "auth_group.name, id 1: 151 characters, 150 fit" in said
    assert said.count("mail_message.why, id ") == 5
    assert "301 characters, 300 fit" in said
    assert "streams_delivery.attempts, id 1: the number 40,000, 32,767 is the largest" in said
    assert not bare.ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")


def test_texts_are_shortened_when_asked_for_and_only_there(move: Move) -> None:
    move.write("UPDATE auth_group SET name = ?", "é" * 151)
    assert move.run("--shorten").returncode == 0
    assert move.ask("SELECT name FROM auth_group") == [("é" * 150,)]


def test_characters_that_no_text_may_hold_are_taken_out_and_counted(move: Move) -> None:
    move.write("UPDATE auth_group SET name = ?", "a\0b")
    move.write(
        "UPDATE experts_brief SET sentences = ?",
        '[{"text": "a\\u0000b \\ud83d\\udd25 \\ud800 \\\\u0000"}]',
    )
    done = move.run()
    assert done.returncode == 0, done.stderr
    assert "auth_group.name: characters taken out of 1 values" in done.stdout
    assert "experts_brief.sentences: characters taken out of 1 values" in done.stdout
    assert move.ask("SELECT name FROM auth_group") == [("ab",)]
    text = "ab \N{FIRE} \N{REPLACEMENT CHARACTER} \\u0000"
    assert move.ask("SELECT sentences FROM experts_brief") == [([{"text": text}],)]
    assert move.ask("SELECT detail->>'mended' FROM streams_trail WHERE act = 'desk.moved'") == [
        ("2",)
    ]


def test_a_row_that_refers_to_nothing_is_named(move: Move) -> None:
    move.write("DELETE FROM flashpoints_story")
    assert "flashpoints_flag 1 → flashpoints_story" in move.refusal()


# --- all or nothing -----------------------------------------------------------------------------


def slowly(move: Move, body: str) -> None:
    """Prepares the new desk so that a row of its last tables takes long, or gets lost."""
    move.ask(
        f"CREATE FUNCTION trouble() RETURNS trigger AS $$ BEGIN {body} END $$ LANGUAGE plpgsql;"
        "CREATE TRIGGER trouble BEFORE INSERT ON streams_heartbeat "
        "FOR EACH ROW EXECUTE FUNCTION trouble()"
    )


def copying(move: Move) -> "subprocess.Popen[str]":
    """A move that has come as far as the slow table."""
    running = subprocess.Popen(
        [sys.executable, "manage.py", "move", "--from", str(move.file)],
        cwd=ROOT, env=move.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert running.stdout
    for line in running.stdout:
        if "streams_delivery" in line:
            return running
    raise AssertionError(running.communicate()[1])


def test_rows_that_do_not_arrive_undo_the_move(move: Move) -> None:
    slowly(move, "RETURN NULL;")
    assert "Not every row arrived (streams_heartbeat: 0 of 1)" in move.refusal()
    assert not move.has_rows()


def test_a_move_that_is_killed_leaves_nothing_and_can_be_repeated(move: Move) -> None:
    slowly(move, "PERFORM pg_sleep(4); RETURN NEW;")
    running = copying(move)
    running.kill()
    running.wait()
    move.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'COPY%'")
    assert not move.has_rows()
    assert move.run().returncode == 0
    assert move.has_rows()


def test_a_source_that_is_written_to_meanwhile_undoes_the_move(move: Move) -> None:
    slowly(move, "PERFORM pg_sleep(4); RETURN NEW;")
    running = copying(move)
    move.write("UPDATE auth_group SET name = 'late'")
    _out, said = running.communicate(timeout=60)
    assert "was written to while it was read. Nothing was moved." in said
    assert not move.has_rows()


# --- refusals -----------------------------------------------------------------------------------


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
