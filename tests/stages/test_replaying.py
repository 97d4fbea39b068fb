"""Stored days through two models: what is counted, kept, resumed, and measured."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from experts.models import Expert
from models.figures import Group, Interval, Report
from rrmm.flashpoints import services
from rrmm.flashpoints.models import (
    Dismissal,
    Flag,
    ModelFile,
    Replay,
    ReplayDifference,
    ReplayState,
    Story,
)
from rrmm.flashpoints.queries import learning, modelfiles, replays
from rrmm.flashpoints.services import measuring, replaying
from rrmm.flashpoints.services.replaying import Interrupted, Pair
from rrmm.flashpoints.worse import Seen, findings
from streams.collectors import pruning
from streams.collectors.models import Article
from tests import asking, cast, learned, watching

pytestmark = pytest.mark.django_db


@pytest.fixture
def model() -> ModelFile:
    return ModelFile.objects.create(version="new", digest="d1", size=1, made_at=timezone.now())


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replaying, "CHUNK", 4)


def begun(model: ModelFile, days: float = 2, **given: Any) -> tuple[Replay, bool]:
    champion = ("old", modelfiles.champion_digest())
    return replaying.begin(model, champion, days, **given)


def through(replay: Replay, models: Pair) -> Replay:
    while replaying.step(replay, models):
        pass
    replaying.finish(
        replay, measuring.measure(replay, learning.labels(), models, ({}, {}), lambda: None)
    )
    return replay


def test_every_article_counts_once_and_differences_are_kept(model: ModelFile) -> None:
    learned.stored(6, title="Fire {n}")
    learned.stored(3, title="March {n}", language="fr")
    learned.stored(5, title="Weather {n}")
    new = learned.Reader({"Fire": 3, "March": 2})
    models = Pair(learned.Reader({"Fire": 2, "Weather 1": 1}), new)
    replay = through(begun(model)[0], models)
    assert (replay.state, replay.done, replay.total) == (ReplayState.FINISHED, 14, 14)
    assert len(set(new.read)) == 14
    english, french = replays.lines(replay)
    assert (english.tally.items, english.tally.both, english.tally.severity) == (11, 6, 6)
    assert (english.tally.only_old, french.tally.only_new) == (1, 3)
    assert french.words == "Of 3 articles in French, it would have flagged 3 more."
    kinds = ReplayDifference.objects.values_list("change", flat=True)
    assert sorted(kinds) == ["flagged"] * 3 + ["severity"] * 6 + ["unflagged"]
    one = ReplayDifference.objects.filter(change="severity")[0]
    assert (one.old["severity"], one.new["severity"], one.new["country"]) == (2, 3, "IT")


def test_the_demo_and_what_is_older_are_left_out(model: ModelFile) -> None:
    learned.stored(2)
    learned.stored(2, title="Invented {n}", demo=True)
    old = watching.article("Long ago")
    learned.seen_at(old, timezone.now() - timedelta(days=5))
    replay = through(begun(model)[0], Pair(learned.Reader({}), learned.Reader({})))
    assert replay.done == 2


def test_articles_of_one_second_are_all_read(model: ModelFile) -> None:
    at = timezone.now() - timedelta(hours=1)
    for n in range(11):
        learned.seen_at(watching.article(f"Article {n}"), at)
    reader = learned.Reader({})
    through(begun(model)[0], Pair(reader, learned.Reader({})))
    assert len(reader.read) == len(set(reader.read)) == 11


def test_what_was_killed_goes_on_where_it_was(model: ModelFile) -> None:
    learned.stored(10, title="Fire {n}")
    models = Pair(learned.Reader({}), learned.Reader({"Fire": 2}))
    first, again = begun(model)
    assert not again
    replaying.step(first, models)
    with pytest.raises(Interrupted):
        begun(model)  # it moved just now: another process has it
    Replay.objects.update(beat_at=timezone.now() - timedelta(minutes=2))
    second, again = begun(model)
    assert (again, second.pk, second.done) == (True, first.pk, 4)
    assert replaying.step(second, models) == 4
    with pytest.raises(Interrupted):  # the one that was thought dead wakes up
        replaying.step(first, models)
    second.refresh_from_db()
    through(second, models)
    assert sum(row["only_new"] for row in second.counts.values()) == 10
    assert ReplayDifference.objects.count() == 10


def test_stopping_on_the_page_ends_it_after_the_chunk(model: ModelFile) -> None:
    learned.stored(10)
    models = Pair(learned.Reader({}), learned.Reader({}))
    replay, _again = begun(model)
    replaying.step(replay, models)
    assert replaying.stop(replay.pk)
    with pytest.raises(Interrupted):
        replaying.step(replay, models)
    with pytest.raises(Interrupted):
        replaying.beat(replay)
    resumed, again = begun(model)
    assert (again, resumed.done) == (True, 4)
    assert begun(model, fresh=True, now=timezone.now() + timedelta(minutes=5))[1] is False


def test_an_article_pruned_meanwhile_is_passed_over(
    model: ModelFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    learned.stored(4, title="Fire {n}")

    class Pruner(learned.Reader):
        def assess(self, items: Any, *, everything: bool = False) -> Any:
            Article.objects.filter(title="Fire 1").delete()
            return super().assess(items)

    replay = through(begun(model)[0], Pair(learned.Reader({}), Pruner({"Fire": 2})))
    assert replay.done == 4
    assert ReplayDifference.objects.count() == 3


def test_only_some_differences_of_a_kind_are_kept_but_all_are_counted(
    model: ModelFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replaying, "KEPT", 5)
    learned.stored(12, title="Fire {n}")
    replay = through(begun(model)[0], Pair(learned.Reader({}), learned.Reader({"Fire": 2})))
    assert ReplayDifference.objects.count() == 5
    assert replays.change_counts(replay)["flagged"] == 12


def test_articles_that_are_looked_at_are_not_pruned(model: ModelFile) -> None:
    learned.stored(4, title="Fire {n}")
    learned.stored(4, title="Weather {n}")
    through(begun(model)[0], Pair(learned.Reader({}), learned.Reader({"Fire": 2})))
    Article.objects.update(seen_at=timezone.now() - timedelta(days=40))
    pruning.prune()
    assert Article.objects.count() == 4


def decided(word: str, title: str, owner: str = "Ligustro") -> Any:
    now = timezone.now()
    story = Story.objects.create(opened_at=now, last_article_at=now)
    Flag.objects.filter(article=watching.flagged(title, owner=owner)).update(story=story)
    case = watching.case(story=story)
    if word == "confirmed":
        people = list(Expert.objects.all()[:2]) or asking.people(2)
        services.confirm(case.pk, cast.staff("idris"), asking.plan(people))
    else:
        services.dismiss(case.pk, cast.staff("idris"), Dismissal.NOT_OURS)
    case.refresh_from_db()
    return case


def test_a_confirmed_case_that_only_the_champion_sees_is_lost(model: ModelFile) -> None:
    learned.stored(3)
    lost = decided("confirmed", "Fire in the harbour")
    decided("confirmed", "March in the harbour")
    decided("dismissed", "Football clash")
    old = learned.Reader({"Fire": 2, "March": 2, "clash": 1})
    replay = through(begun(model)[0], Pair(old, learned.Reader({"March": 2})))
    assert replay.figures["lost"] == [lost.number]
    assert replay.figures["confirmed"] == {"articles": 2, "old": 2, "new": 1}
    assert replay.figures["dismissed"] == {"articles": 1, "old": 1, "new": 0}
    [finding] = modelfiles.standing(model).findings
    assert lost.number in replays.in_words(finding)
    assert not modelfiles.standing(model).good


def test_only_verdicts_that_neither_model_learnt_from_measure_them(model: ModelFile) -> None:
    cases = [decided("confirmed", f"Fire {n}", f"Owner {n}") for n in range(12)]
    cases += [decided("dismissed", f"Clash {n}", f"Owner {n}") for n in range(12)]
    models = Pair(learned.Reader({"Fire": 2}), learned.Reader({"Clash": 2}))
    replay = through(begun(model)[0], models)
    assert replay.figures["compared"][""]["items"] == 24
    assert [row["code"] for row in replay.figures["findings"]][:2] == ["lost", "lower"]
    assert any("average precision" in words for words in replays.labelled(replay.figures))
    ModelFile.objects.update(made_from={"groups": [str(case.pk) for case in cases[:4]]})
    model.refresh_from_db()
    later = through(begun(model)[0], models)
    assert (later.figures["labelled"], later.figures["unseen"]) == (24, 20)
    assert later.figures["compared"] == {}
    assert any("cannot be said yet" in words for words in replays.labelled(later.figures))


def test_a_replay_of_some_hours_does_not_speak_for_a_model(model: ModelFile) -> None:
    learned.stored(5, hours=6)
    through(begun(model)[0], Pair(learned.Reader({}), learned.Reader({})))
    assert modelfiles.standing(model).gap == "short"


def test_a_replay_against_yesterdays_champion_does_not_count_today(model: ModelFile) -> None:
    learned.stored(5)
    through(begun(model)[0], Pair(learned.Reader({}), learned.Reader({})))
    assert modelfiles.standing(model).good
    ModelFile.objects.create(
        version="x", digest="d2", size=1, made_at=timezone.now(), state="champion"
    )
    assert modelfiles.standing(model).gap == "other"


def test_progress_says_that_nothing_moves(model: ModelFile) -> None:
    learned.stored(8)
    replay, _again = begun(model)
    replaying.step(replay, Pair(learned.Reader({}), learned.Reader({})))
    told = replays.progress(replay)
    assert (told["share"], told["stands"]) == (0.5, False)
    assert replays.progress(replay, timezone.now() + timedelta(minutes=5))["stands"]


def report(ap: float, low: float, high: float, positives: int = 80) -> dict[str, Any]:
    """A model's own report with one group."""
    whole = Interval(0.9, 0.8, 1.0)
    told = Interval(ap, low, high)
    group = Group("feeds", "en", positives, 900, told, whole, whole, whole, whole)
    return Report((group,), (), group, 0.1, 0.7, (), 0.9, 0.8, 0.8, 900).as_dict()


@pytest.mark.parametrize(
    ("new", "worse"),
    [
        ((0.80, 0.78, 0.82), True),
        ((0.93, 0.91, 0.95), False),
        ((0.97, 0.95, 0.98), False),
    ],
)
def test_what_both_held_out_counts_against_a_lower_one(
    new: tuple[float, float, float], worse: bool
) -> None:
    rankings = measuring.held_out(report(0.94, 0.92, 0.96), report(*new))
    assert [one.language for one in rankings] == ["en"]
    assert bool(findings(Seen(24, rankings=rankings))) == worse


def test_reports_that_are_missing_the_same_or_of_too_few_say_nothing() -> None:
    good = report(0.94, 0.92, 0.96)
    assert measuring.held_out({}, good) == []
    assert measuring.held_out(good, good) == []
    assert measuring.held_out(good, report(0.5, 0.4, 0.6, positives=12)) == []


def test_a_model_file_knows_where_it_is(tmp_path: Path) -> None:
    one = learned.challenger(tmp_path)
    assert one.version == "challenger-1"
    assert one.size == (tmp_path / "challenger-1.skops").stat().st_size
