"""`manage.py move`: a desk's SQLite file becomes a PostgreSQL desk, whole, or not at all."""

import json
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.contracts.desk import ROOT, Desk, DistributedDesk
from tests.contracts.move_kit import Move, digest, environment, python
from tests.contracts.test_delivery import exactly, is_ordered
from tests.kafka_broker import Broker
from tests.postgres import Postgres

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(300)]


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
