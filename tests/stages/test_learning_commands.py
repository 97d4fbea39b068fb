"""`train`, `replay`, `promote`: what they say, what they refuse, and a replay that is killed."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.conf import LazySettings
from django.conf import settings as house
from django.core.management import CommandError, call_command
from django.utils import timezone

from models import artifacts
from models.artifacts import Weights
from models.flashpoint import MODEL, Assessor, Item
from rrmm.flashpoints import services, trainers
from rrmm.flashpoints.models import Dismissal, Flag, Flashpoint, ModelFile, Story
from rrmm.flashpoints.queries import modelfiles
from rrmm.flashpoints.services.learning import learn_from
from tests import cast, learned, watching
from tests.server import WebServer

CLASH = "City win the derby after a late clash of heads, round {n}"
ATTACK = "Mob attacks mosque in town {n}, worshippers hurt"


def told(command: str, *words: str, **given: Any) -> str:
    out = StringIO()
    call_command(command, *words, stdout=out, **given)
    return out.getvalue()


def taught(flashpoints: int, others: int) -> None:
    """So many cases of one article each, decided either way."""
    for n in range(flashpoints + others):
        yes = n % 2 == 0 if n < 2 * min(flashpoints, others) else flashpoints > others
        now = timezone.now()
        story = Story.objects.create(opened_at=now, last_article_at=now)
        text = (ATTACK if yes else CLASH).format(n=n)
        article = watching.flagged(text, owner=f"Owner {n}", language="en")
        Flag.objects.filter(article=article).update(story=story)
        case = watching.case(cast.staff("idris"), story=story)
        if yes:
            Flashpoint.objects.filter(pk=case.pk).update(state="confirmed")
            case.refresh_from_db()
            learn_from(case)
        else:
            services.dismiss(case.pk, cast.staff("idris"), Dismissal.NOT_OURS)


def separating(model: Weights, rows: Sequence[dict[str, Any]]) -> Weights:
    """A small way to learn: the threshold at which the rows are told apart best."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "model.skops"
        artifacts.save(model, file)
        told = Assessor.load(file).assess([Item(row["text"], row["lang"]) for row in rows])
    pairs = [(said.score, row["rel"] == 2) for said, row in zip(told, rows, strict=True)]
    right = {cut: sum((score >= cut) == yes for score, yes in pairs) for cut, _yes in pairs}
    return learned.changed(f"adapted-{len(rows)}", max(right, key=lambda cut: right[cut]))


@pytest.fixture(autouse=True)
def _these_tests_are_not_slowed_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands lower the priority of their process, which here is the tests' own."""
    monkeypatch.setattr(os, "nice", lambda _by: 0)


@pytest.fixture
def folder(settings: LazySettings, tmp_path: Path) -> Path:
    settings.MODELS_DIR = tmp_path / "models"
    return tmp_path


@pytest.mark.django_db
def test_too_few_verdicts_are_refused_with_the_number_and_why(folder: Path) -> None:
    taught(3, 1)
    with pytest.raises(CommandError, match="30 in all and 10 of each: a model moved by fewer"):
        told("train")
    assert not ModelFile.objects.exists()


@pytest.mark.django_db
def test_many_of_one_kind_alone_are_too_few(folder: Path) -> None:
    taught(31, 0)
    with pytest.raises(CommandError, match="31 articles that editors confirmed and 0"):
        told("train")


@pytest.mark.django_db
def test_training_says_what_it_used_and_takes_the_challenger_in(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trainers, "updated", separating)
    taught(20, 20)
    said = told("train", "--out", str(folder / "new.skops"))
    assert "20 articles of 20 confirmed cases, 20 that are no flashpoint" in said
    assert "Used to train: 32. Kept back to measure: 8" in said
    model = ModelFile.objects.get()
    assert (model.version, model.state) == ("adapted-32", "challenger")
    assert (folder / "new.skops").stat().st_size == model.size
    assert model.made_from["examples"] == 32
    assert len(model.made_from["groups"]) == 32
    assert "replay --days 7 --challenger adapted-32" in said


@pytest.mark.django_db
def test_with_the_collection_at_hand_no_verdict_is_needed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[Any] = []

    def anew(data: Path, rows: Sequence[dict[str, Any]], tell: Any) -> Weights:
        given.append((data, list(rows)))
        tell("reading")
        return learned.changed("anew-1")

    monkeypatch.setattr(trainers, "anew", anew)
    (folder / "train.jsonl").write_text("")
    assert "reading" in told("train", "--data", str(folder))
    assert given == [(folder, [])]
    assert ModelFile.objects.get().version == "anew-1"
    with pytest.raises(CommandError, match=r"no train\.jsonl"):
        told("train", "--data", str(folder / "nowhere"))


@pytest.mark.django_db
def test_the_examples_can_be_taken_out_as_lines_without_names(folder: Path) -> None:
    taught(1, 1)
    file = folder / "examples.jsonl"
    assert "2 examples" in told("train", "--examples", str(file))
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    keys = {
        "id",
        "lang",
        "src",
        "date",
        "text",
        "rel",
        "lines",
        "trigger",
        "sev",
        "stratum",
        "weight",
    }
    assert all(set(row) == keys for row in rows)
    assert {row["rel"] for row in rows} == {0, 2}
    assert "idris" not in file.read_text().lower()


@pytest.mark.django_db(transaction=True)
def test_a_challenger_goes_the_whole_way(folder: Path) -> None:
    learned.stored(12, title="Mob attacks mosque {n}, worshippers hurt")
    learned.stored(12, title="Bank keeps rate {n}")
    path = learned.model_file(folder, "less", cut=0.9999)
    said = told("replay", "--days", "2", "--challenger", str(path))
    assert "24 of 24" in said
    assert "Of 24 articles in English, it would have flagged 12 fewer." in said
    assert "/models/replays/" in said
    assert "Nothing speaks against it" in said
    with pytest.raises(CommandError, match="whose decision"):
        told("promote", "less")
    assert "less works from now on" in told("promote", "less", by=cast.staff("idris").username)
    assert re.search(r"less .*works now", told("promote"))
    with pytest.raises(CommandError, match="nothing to compare"):
        told("replay", "--challenger", "less")
    back = told("promote", restore="shipped", by=cast.staff("idris").username)
    assert "The shipped model works again" in back
    assert modelfiles.champion() is None


@pytest.mark.django_db
def test_wrong_calls_are_refused_in_words(folder: Path) -> None:
    with pytest.raises(CommandError, match="--days goes from 0 to 14"):
        told("replay", "--days", "30")
    with pytest.raises(CommandError, match="no challenger yet"):
        told("replay")
    with pytest.raises(CommandError, match="is no file"):
        told("replay", "--challenger", "nonsense")
    with pytest.raises(CommandError, match="No model 'nonsense'"):
        told("promote", "nonsense", by=cast.staff("idris").username)
    with pytest.raises(CommandError, match="not both"):
        told("promote", "one", restore="two")


@pytest.mark.django_db
def test_a_worse_one_is_refused_by_command_with_what_was_found(folder: Path) -> None:
    model = learned.challenger(folder, "less", cut=0.9999)
    learned.finished(model, findings=[learned.LOST])
    with pytest.raises(CommandError, match=r"give a reason\.\nIt loses a confirmed case"):
        told("promote", "less", by=cast.staff("idris").username)


SEED = """
from tests import learned
learned.stored(3000, title="Mob attacks mosque {n}, worshippers hurt")
"""
LATER = """
from datetime import timedelta
from django.utils import timezone
from rrmm.flashpoints.models import Replay
Replay.objects.update(beat_at=timezone.now() - timedelta(minutes=2))
"""


def seen_of(folder: Path) -> tuple[str, int, int]:
    """(state, articles read, flags fewer in English) of the one replay; zeros before it."""
    with closing(sqlite3.connect(folder / "rrmm.sqlite3", timeout=20)) as database:
        row = database.execute("SELECT state, done, counts FROM flashpoints_replay").fetchone()
    state, done, counts = row or ("", 0, "{}")
    return state, done, json.loads(counts).get("en", {}).get("only_old", 0)


@pytest.mark.timeout(420)
def test_a_killed_replay_goes_on_and_counts_nothing_twice(tmp_path: Path) -> None:
    machine = WebServer(tmp_path)
    machine.manage("migrate", "--verbosity", "0")
    machine.run(SEED)
    file = learned.model_file(tmp_path, "less", cut=0.9999)
    call = [sys.executable, "manage.py", "replay", "--challenger", str(file)]
    with (tmp_path / "out").open("w") as out:
        process = subprocess.Popen(call, cwd=house.ROOT, env=machine.environment, stdout=out)
        while not seen_of(tmp_path)[1] and process.poll() is None:
            time.sleep(0.1)
        process.send_signal(signal.SIGKILL)
        process.wait(20)
    state, read, _fewer = seen_of(tmp_path)
    assert state == "running"
    assert 0 < read < 3000
    machine.run(LATER)
    assert f"goes on after {read:,}" in machine.manage("replay", "--challenger", "less")
    assert seen_of(tmp_path) == ("finished", 3000, 3000)


@pytest.mark.django_db
def test_a_real_update_moves_the_model_towards_what_editors_said(folder: Path) -> None:
    taught(20, 20)
    said = told("train")
    model = ModelFile.objects.get()
    assert model.version in said
    assert model.version != learned.shipped().version
    assert model.report == {}, "what was measured of the shipped model does not speak for it"
    text = CLASH.format(n=999)
    before, after = (
        Assessor.load(path).assess([Item(text, "en")])[0].score
        for path in (MODEL, Path(model.path))
    )
    assert after < before
