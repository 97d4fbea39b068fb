"""Taking a model in, promoting it while a worker runs, refusing a worse one, going back."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.utils import timezone

from rrmm.flashpoints import champion
from rrmm.flashpoints.models import (
    Flag,
    ModelBytes,
    ModelFile,
    ModelInUse,
    ModelState,
    Replay,
    ReplayDifference,
)
from rrmm.flashpoints.queries import modelfiles
from rrmm.flashpoints.services import promoting, registering, tidying
from rrmm.flashpoints.services.promoting import Refused
from streams.retry import Transient
from streams.trail import about
from tests import cast, learned, watching
from tests.builders import drain

pytestmark = pytest.mark.django_db
REASON = "It finds the attacks in Arabic that we miss"


@pytest.fixture(autouse=True)
def _folder(settings: LazySettings, tmp_path: Path) -> None:
    settings.MODELS_DIR = tmp_path / "models"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(champion, "CHECK_EVERY", 0.0)
    monkeypatch.setattr(champion, "TELL_EVERY", 0.0)


@pytest.fixture
def made(tmp_path: Path) -> ModelFile:
    return learned.challenger(tmp_path, cut=0.0)


def test_a_promoted_model_is_used_by_the_next_batch_of_a_running_worker(made: ModelFile) -> None:
    watching.fetched("Central bank leaves interest rates unchanged")
    drain(["assess"])
    assert not Flag.objects.exists()
    learned.finished(made)
    promoting.promote(made.pk, cast.staff("idris"))
    watching.fetched("Central bank leaves interest rates unchanged")
    drain(["assess"])
    assert Flag.objects.get().model_version == "challenger-1"
    assert [row.version for row in modelfiles.in_use()] == ["challenger-1"]
    promoting.restore(None, cast.staff("tamar"))
    watching.fetched("Central bank leaves interest rates unchanged")
    drain(["assess"])
    assert Flag.objects.count() == 1
    assert ModelInUse.objects.get().version == learned.shipped().version


def test_the_champion_is_asked_for_seldom(
    made: ModelFile, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: object
) -> None:
    monkeypatch.setattr(champion, "CHECK_EVERY", 60.0)
    champion.assessor()
    with django_assert_num_queries(0):  # type: ignore[operator]
        for _batch in range(50):
            champion.assessor()


def test_a_worker_on_another_machine_takes_the_file_from_the_database(made: ModelFile) -> None:
    Path(made.path).unlink()
    path = champion.file_of(made)
    assert path.read_bytes() == bytes(ModelBytes.objects.get(model=made).content)
    path.write_bytes(b"half a file")
    assert modelfiles.digest_of(champion.file_of(made).read_bytes()) == made.digest


def test_a_champion_that_cannot_be_read_is_replaced_by_the_shipped_one_and_said_so(
    made: ModelFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    promoting.promote(made.pk, cast.staff("idris"), REASON)
    ModelBytes.objects.all().delete()
    assert champion.assessor().version == learned.shipped().version
    [said] = modelfiles.troubles()
    assert "challenger-1" in said
    assert "not in the database" in said
    ModelBytes.objects.create(model=made, content=Path(made.path).read_bytes())
    monkeypatch.setattr(champion, "TRY_AGAIN", 0.0)
    champion.forget()
    assert champion.assessor().version == "challenger-1"
    assert modelfiles.troubles() == []


def test_without_any_readable_model_the_articles_wait(
    settings: LazySettings, tmp_path: Path
) -> None:
    settings.MODEL_FILE = tmp_path / "none.skops"
    champion._held.assessor = None
    with pytest.raises(Transient, match="cannot be read"):
        champion.assessor()


def test_a_good_one_is_promoted_without_a_word_and_recorded_by_name(made: ModelFile) -> None:
    learned.finished(made)
    promoting.promote(made.pk, cast.staff("idris"))
    found = modelfiles.champion()
    assert found is not None
    assert (found.pk, found.promoted_by, found.reason) == (made.pk, cast.staff("idris"), "")
    [line] = about(made.pk).filter(act="model.promoted")
    assert line.actor == f"staff:{cast.staff('idris').pk}"
    assert line.detail["before"] == "shipped"


def test_a_worse_one_is_refused_unless_somebody_says_so_by_name(made: ModelFile) -> None:
    learned.finished(made, findings=[learned.LOST])
    for reason in ("", "   ", "because"):
        with pytest.raises(Refused, match="worse"):
            promoting.promote(made.pk, cast.staff("idris"), reason)
    assert modelfiles.champion() is None
    promoting.promote(made.pk, cast.staff("idris"), REASON)
    [line] = about(made.pk).filter(act="model.promoted")
    assert (line.detail["reason"], line.detail["findings"]) == (REASON, ["lost"])
    assert ModelFile.objects.get(state=ModelState.CHAMPION).reason == REASON


@pytest.mark.parametrize("hours", [0, 6])
def test_without_a_replay_of_a_day_it_takes_a_reason(made: ModelFile, hours: int) -> None:
    if hours:
        learned.finished(made, hours=hours)
    with pytest.raises(Refused, match="No replay"):
        promoting.promote(made.pk, cast.staff("idris"))
    promoting.promote(made.pk, cast.staff("idris"), REASON)
    [line] = about(made.pk).filter(act="model.promoted")
    assert line.detail["gap"] == ("short" if hours else "none")


def test_the_one_before_is_restored_and_there_is_never_more_than_one(
    made: ModelFile, tmp_path: Path
) -> None:
    second = learned.challenger(tmp_path, "challenger-2")
    promoting.promote(made.pk, cast.staff("idris"), REASON)
    promoting.promote(second.pk, cast.staff("idris"), REASON)
    states = dict(ModelFile.objects.values_list("version", "state"))
    assert states == {"challenger-1": "retired", "challenger-2": "champion"}
    assert promoting.restore(made.pk, cast.staff("tamar")) == "challenger-1"
    assert ModelFile.objects.get(state="champion").version == "challenger-1"
    assert about(made.pk).filter(act="model.restored").count() == 1
    assert promoting.restore(None, cast.staff("tamar")) == ""
    assert modelfiles.champion() is None
    with pytest.raises(Refused, match="works already"):
        promoting.restore(None, cast.staff("tamar"))


def test_a_challenger_that_never_worked_cannot_be_restored(made: ModelFile) -> None:
    with pytest.raises(Refused, match="never worked"):
        promoting.restore(made.pk, cast.staff("tamar"))


def test_the_same_file_is_taken_in_once(made: ModelFile) -> None:
    again = registering.register(Path(made.path), {"examples": 5})
    assert again.pk == made.pk
    assert ModelBytes.objects.count() == 1


def test_what_is_no_model_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "poem.skops"
    with pytest.raises(Refused, match="cannot be read"):
        registering.register(path)
    path.write_text("not a model")
    with pytest.raises(Refused, match="not a model file"):
        registering.register(path)
    monkeypatch.setattr(registering, "LARGEST", 3)
    with pytest.raises(Refused, match="may have 30"):
        registering.register(path)
    assert not ModelFile.objects.exists()


def test_old_files_and_differences_go_and_the_champion_stays(
    made: ModelFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tidying, "FILES_KEPT", 1)
    promoting.promote(made.pk, cast.staff("idris"), REASON)
    for n in range(3):
        other = ModelFile.objects.create(
            version=f"v{n}", digest=f"d{n}", size=1, made_at=timezone.now() - timedelta(days=n)
        )
        ModelBytes.objects.create(model=other, content=b"x")
    for days in (1, 40):
        replay = learned.finished(made)
        Replay.objects.filter(pk=replay.pk).update(started_at=timezone.now() - timedelta(days=days))
        ReplayDifference.objects.create(
            replay=replay, article=watching.article(), change="flagged", score=0.5
        )
    ModelInUse.objects.create(process="old", version="x", at=timezone.now() - timedelta(days=3))
    assert tidying.prune_learning() == 4
    assert ReplayDifference.objects.count() == 1
    kept = set(ModelBytes.objects.values_list("model__version", flat=True))
    assert kept == {"challenger-1", "v0"}
    gone = ModelFile.objects.get(version="v2")
    with pytest.raises(Refused, match="no longer kept"):
        promoting.promote(gone.pk, cast.staff("idris"), REASON)


def test_a_file_that_is_no_longer_kept_can_be_taken_in_again(made: ModelFile) -> None:
    ModelBytes.objects.all().delete()
    assert registering.register(Path(made.path)).pk == made.pk
    assert ModelBytes.objects.get().model_id == made.pk
