"""The pages of models and replays: what staff read, promote, restore and stop."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rrmm.flashpoints.models import ModelBytes, ModelFile, ModelInUse, Replay, ReplayState
from rrmm.flashpoints.queries import modelfiles
from rrmm.flashpoints.services import measuring, promoting, replaying
from rrmm.flashpoints.services.replaying import Pair
from tests import cast, learned

pytestmark = pytest.mark.django_db
REASON = "It finds the attacks in Arabic that we miss"


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(cast.staff("idris"))
    return client


@pytest.fixture
def model(settings: LazySettings, tmp_path: Path) -> ModelFile:
    settings.MODELS_DIR = tmp_path / "models"
    return known("challenger-1")


def known(version: str) -> ModelFile:
    """A model whose file nobody reads in these tests."""
    made = ModelFile.objects.create(version=version, digest=version, size=1, made_at=timezone.now())
    ModelBytes.objects.create(model=made, content=b"x")
    return made


def page(desk: Client, name: str, *args: Any, **query: str) -> str:
    answer = desk.get(reverse(f"staff:{name}", args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def replayed(model: ModelFile, end: bool = True) -> Replay:
    learned.stored(9, title="Fire {n}")
    learned.stored(4, title="March {n}", language="ar")
    champion = ("old", modelfiles.champion_digest())
    replay, _again = replaying.begin(model, champion, 3)
    models = Pair(learned.Reader({"Fire": 2}), learned.Reader({"Fire": 3, "March 1": 1}))
    while replaying.step(replay, models):
        pass
    if end:
        replaying.finish(replay, measuring.measure(replay, [], models, ({}, {}), lambda: None))
    return replay


def test_an_empty_house_says_what_to_do_next(desk: Client) -> None:
    text = page(desk, "models")
    for said in ("The shipped model", "No challenger yet", "No verdict yet", "30 more verdicts"):
        assert said in text


def test_a_challenger_without_a_replay_says_how_to_get_one(desk: Client, model: ModelFile) -> None:
    text = page(desk, "models")
    assert "It has not been replayed yet." in text
    assert "manage.py replay --days 7 --challenger challenger-1" in text
    assert "Promote all the same" in text


def test_a_replay_tells_each_language_and_shows_articles_side_by_side(
    desk: Client, model: ModelFile
) -> None:
    replay = replayed(model)
    text = page(desk, "replay", replay.pk)
    assert "Of 4 articles in Arabic, it would have flagged 1 more." in text
    assert "Of 9 articles in English, both flag the same 9." in text
    assert "another severity in 9" in text
    assert "Nothing speaks against it" in text
    assert "There is no verdict yet to hold it against" in text
    assert "March 1" in text
    assert "2, raised" in text
    assert "3, serious" in text


def test_differences_are_narrowed_by_kind_and_language(desk: Client, model: ModelFile) -> None:
    replay = replayed(model)
    text = page(desk, "replay", replay.pk, change="flagged")
    assert "March 1" in text
    assert "Fire 1" not in text
    text = page(desk, "replay", replay.pk, language="ar", change="severity")
    assert "No article differs like this." in text
    text = page(desk, "replay", replay.pk, change="nonsense", language="xx", page="9")
    assert "Fire 1" in text


def test_one_press_promotes_a_good_one_and_undo_restores(desk: Client, model: ModelFile) -> None:
    replayed(model)
    answer = desk.post(reverse("staff:model-promote", args=[model.pk]), follow=True)
    text = answer.content.decode()
    assert "challenger-1 works from now on" in text
    assert "Promoted by Idris Kovar" in text
    undo = reverse("staff:model-restore", args=[UUID(int=0)])
    assert undo in text
    text = desk.post(undo, follow=True).content.decode()
    assert "The shipped model works again." in text
    assert "Worked before" in text
    text = desk.post(reverse("staff:model-restore", args=[model.pk]), follow=True).content.decode()
    assert "challenger-1 works again." in text


def test_a_worse_one_asks_for_a_reason_and_keeps_what_was_typed(
    desk: Client, model: ModelFile
) -> None:
    learned.finished(model, findings=[learned.LOST])
    address = reverse("staff:model-promote", args=[model.pk])
    assert "It loses a confirmed case: 2026-1121-01." in page(desk, "model-promote", model.pk)
    answer = desk.post(address, {"reason": "hm"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "give a reason" in text
    assert ">hm</textarea>" in text
    assert modelfiles.champion() is None
    text = desk.post(address, {"reason": REASON}, follow=True).content.decode()
    assert REASON in text


def test_a_running_replay_shows_how_far_it_is_and_can_be_stopped(
    desk: Client, model: ModelFile
) -> None:
    replay = replayed(model, end=False)
    part = desk.get(reverse("staff:replay", args=[replay.pk]), {"part": "progress"})
    assert "HX-Refresh" not in part
    assert "13 of 13 articles are read." in part.content.decode()
    text = desk.post(reverse("staff:replay-stop", args=[replay.pk]), follow=True).content.decode()
    assert "The replay stops" in text
    assert "goes on where it was" in text
    part = desk.get(reverse("staff:replay", args=[replay.pk]), {"part": "progress"})
    assert part["HX-Refresh"] == "true"
    text = desk.post(reverse("staff:replay-stop", args=[replay.pk]), follow=True).content.decode()
    assert "not running any more" in text


def test_a_killed_replay_says_that_it_stands_still(desk: Client, model: ModelFile) -> None:
    replay = replayed(model, end=False)
    Replay.objects.update(beat_at=timezone.now() - timedelta(minutes=5))
    assert "The replay stands still." in page(desk, "replay", replay.pk)


def test_a_replay_that_broke_off_says_why(desk: Client, model: ModelFile) -> None:
    replay = replayed(model, end=False)
    Replay.objects.update(state=ReplayState.FAILED, error="ValueError: odd")
    assert "ValueError: odd" in page(desk, "replay", replay.pk)


def test_an_old_replay_warns_that_another_model_works_today(desk: Client, model: ModelFile) -> None:
    replay = replayed(model)
    promoting.promote(known("another").pk, cast.staff("tamar"), REASON)
    assert "Another model works today" in page(desk, "replay", replay.pk)


def test_trouble_with_the_champion_stands_on_the_page_and_on_health(
    desk: Client, model: ModelFile
) -> None:
    ModelInUse.objects.create(
        process="assess@here:1",
        version="shipped",
        trouble="challenger-1: the content is gone",
        at=timezone.now(),
    )
    for name in ("models", "health"):
        text = page(desk, name)
        assert "the shipped one works in its place" in text
        assert "challenger-1: the content is gone" in text


@pytest.mark.parametrize("name", ["replay", "model-promote"])
def test_what_is_not_there_is_not_found(desk: Client, name: str) -> None:
    assert desk.get(reverse(f"staff:{name}", args=[UUID(int=7)])).status_code == 404
    stop = reverse("staff:replay-stop", args=[UUID(int=7)])
    assert desk.post(stop).status_code == 404


def test_guests_see_nothing(client: Client, model: ModelFile) -> None:
    client.force_login(cast.staff("gast"))
    assert client.get(reverse("staff:models")).status_code in (302, 403)
    answer = client.post(reverse("staff:model-promote", args=[model.pk]), {"reason": REASON})
    assert answer.status_code in (302, 403)
    assert modelfiles.champion() is None
