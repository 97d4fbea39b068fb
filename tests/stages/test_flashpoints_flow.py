"""From flagged articles to cases, through the real stages."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from models.flashpoint import Assessment, Item, PlaceFound, ReasonFound
from rrmm.flashpoints import jobs, queries, services
from rrmm.flashpoints.models import Flag, Flashpoint, Generation, Level, Story
from rrmm.flashpoints.stages import assess, cluster, escalate
from streams import tally
from streams.collectors.models import Article
from streams.events import ArticleFetched, ArticleFlagged, StoryMoved
from streams.log import load
from streams.models import Record
from streams.retry import Transient
from streams.trail import about
from tests import watching
from tests.builders import drain
from tests.watching import flagged

pytestmark = pytest.mark.django_db(transaction=True)
WATCH = ["assess", "cluster", "escalate"]


@pytest.fixture(autouse=True)
def _fresh_memory() -> Iterator[None]:
    cluster.forget()
    yield
    cluster.forget()


def _case() -> Flashpoint:
    return Flashpoint.objects.get()


def test_one_grave_article_of_one_source_opens_a_case_that_says_so() -> None:
    flagged(severity=3, owner="Ligustro")
    drain(WATCH)
    case = _case()
    assert (case.voices, case.severity, case.country, case.place) == (1, 3, "IT", "Porto Sereno")
    lines = queries.case(case.pk).rule
    assert any(line.against and "one voice" in line.words for line in lines)
    assert Record.objects.filter(kind="FlashpointOpened").count() == 1
    assert [row.act for row in about(case.pk)] == ["flashpoint.opened"]


def test_a_small_matter_opens_nothing() -> None:
    flagged(severity=1, owner="Ligustro")
    drain(WATCH)
    assert Story.objects.count() == 1
    assert not Flashpoint.objects.exists()
    assert tally.of_day()["escalate.not_a_case"] == 1


def test_articles_on_one_event_become_one_case_that_grows() -> None:
    flagged(owner="Ligustro", severity=3)
    drain(WATCH)
    opened = _case()
    flagged("Porto Sereno: prayer room burnt down, marches called for Sunday", owner="Al-Marsa")
    drain(WATCH)
    case = _case()
    assert case.pk == opened.pk
    assert (case.voices, case.article_count) == (2, 2)
    assert case.corroboration > opened.corroboration
    assert case.version > opened.version
    assert sum(case.growth) == 2
    assert Record.objects.filter(kind="FlashpointGrew").count() == 1


def test_a_copy_is_no_voice_of_its_own() -> None:
    for owner in ("Wire of the Lakes", "Paper one", "Paper two"):
        flagged(owner=owner, severity=3)
        drain(WATCH)
    case = _case()
    assert (case.article_count, case.copies, case.voices) == (3, 2, 1)
    assert Level.objects.get().articles == 1


def test_unknown_owners_are_one_voice_together() -> None:
    flagged(severity=3)
    flagged("Porto Sereno: prayer room burnt down, marches called for Sunday", severity=3)
    drain(WATCH)
    assert _case().voices == 1


def test_backfill_never_opens_a_case_but_counts_as_a_voice_later() -> None:
    for owner in ("Ligustro", "Al-Marsa"):
        flagged(f"{watching.FIRE}, says {owner}", owner=owner, severity=3, backfill=True)
    drain(WATCH)
    assert not Flashpoint.objects.exists()
    assert not Level.objects.exists()
    flagged("Porto Sereno: prayer room burnt, marches called", owner="Dritte", severity=3)
    drain(WATCH)
    assert "Dritte" in Flag.objects.filter(is_copy=False).values_list("owner", flat=True)
    assert _case().voices >= 2


def test_a_demo_article_never_joins_a_real_story() -> None:
    flagged(owner="Ligustro", severity=3)
    flagged(owner="Invented", severity=3, demo=True)
    drain(WATCH)
    assert Story.objects.filter(demo=True).count() == Story.objects.filter(demo=False).count() == 1
    assert {case.demo for case in Flashpoint.objects.all()} == {False, True}
    assert Level.objects.get().articles == 1


def test_removing_the_demo_leaves_what_is_real() -> None:
    flagged(owner="Ligustro", severity=3)
    flagged(owner="Invented", severity=3, demo=True)
    drain(WATCH)
    assert services.remove_demo() == {"flashpoints": 1, "flags": 1, "stories": 1}
    assert not _case().demo
    assert Flag.objects.count() == Story.objects.count() == 1
    flagged("Porto Sereno: prayer room burnt down", owner="Invented", severity=3, demo=True)
    drain(WATCH)
    assert Flashpoint.objects.filter(demo=True).count() == 1


def test_the_memory_is_rebuilt_from_the_rows_when_it_is_lost() -> None:
    flagged(owner="Ligustro", severity=3)
    drain(WATCH)
    cluster.forget()
    flagged("Prayer room fire in Porto Sereno harbour: groups call marches", owner="Al-Marsa")
    drain(WATCH)
    assert Story.objects.count() == 1


def test_a_worker_that_was_overtaken_groups_again() -> None:
    flagged(owner="Ligustro", severity=3)
    drain(WATCH)
    Generation.objects.update(number=99)
    flagged("Prayer room fire in Porto Sereno harbour: groups call marches", owner="Al-Marsa")
    drain(WATCH)
    assert Story.objects.count() == 1
    assert Generation.objects.get().number == 100


def test_a_batch_that_was_not_committed_leaves_no_trace_in_the_memory() -> None:
    flagged(owner="Ligustro", severity=3)
    drain(WATCH)
    event = Record.objects.get(kind="ArticleFlagged")
    state = cluster._cache.states[False]
    [loaded] = load([event])
    assert isinstance(loaded, ArticleFlagged)
    other = loaded.model_copy(update={"article": watching.article("Something else entirely").pk})
    with transaction.atomic():
        cluster.apply(cluster.prepare([other]))
        transaction.set_rollback(True)
    assert cluster._cache.states[False] is state
    assert cluster.prepare([loaded]).decisions[0].story == str(Story.objects.get().pk)
    assert len(cluster._cache.states[False].memory.articles) == 1


class _Reader:
    encoder = ""

    def assess(self, items: list[Item]) -> list[Assessment]:
        return [self._one(item) for item in items]

    def _one(self, item: Item) -> Assessment:
        hit = "prayer" in item.text
        return Assessment(
            language="en",
            score=0.9 if hit else 0.01,
            flagged=hit,
            lines=("religion",) if hit else (),
            trigger="worship" if hit else "",
            severity=3 if hit else 0,
            places=(PlaceFound("IT", "Porto Sereno", True),),
            reasons=(ReasonFound("prayer", 2.0, "religion"),),
            version="reader",
        )


def test_only_flagged_articles_are_kept_and_the_others_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(assess, "assessor", _Reader)
    watching.fetched("Weather: mild and sunny", owner="Ligustro")
    kept = watching.fetched(owner="Ligustro")
    drain(WATCH)
    assert [flag.article_id for flag in Flag.objects.all()] == [kept]
    assert tally.of_day()["assess.not_flagged"] == 1
    assert _case().headline == watching.FIRE


def test_an_article_that_is_gone_is_counted_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assess, "assessor", _Reader)
    gone = watching.fetched(owner="Ligustro")
    [event] = Record.objects.filter(kind="ArticleFetched")
    [loaded] = load([event])
    assert isinstance(loaded, ArticleFetched)
    prepared = assess.prepare([loaded])
    Article.objects.filter(pk=gone).delete()
    with transaction.atomic():
        assess.apply(prepared)
    assert not Flag.objects.exists()
    assert tally.of_day()["assess.article_gone"] == 1


def test_the_real_model_flags_an_attack_on_a_mosque() -> None:
    watching.fetched(
        "Gunmen open fire at mosque in Lyon, three worshippers killed",
        summary="Police treat the attack as a hate crime; Muslim groups call for protests.",
    )
    watching.fetched("Central bank leaves interest rates unchanged")
    drain(WATCH)
    flag = Flag.objects.get()
    assert "religion" in flag.lines
    assert flag.severity in (1, 2, 3)
    assert any(place["country"] == "FR" for place in flag.places)


def test_the_headline_prefers_the_language_of_the_staff() -> None:
    flagged("Brand zerstört Gebetsraum in Porto Sereno", language="de", owner="Eins", severity=3)
    drain(WATCH)
    assert _case().headline_language == "de"
    flagged(language="en", owner="Zwei", severity=3)
    drain(WATCH)
    case = _case()
    if case.article_count == 2:
        assert (case.headline_language, case.headline) == ("en", watching.FIRE)
    else:
        pytest.fail("the two languages were not taken for one event")


def test_a_dismissed_case_comes_back_with_deaths_and_staff_read_it_anew() -> None:
    tamar = watching.staff()
    flagged(owner="Ligustro", severity=2)
    flagged("Porto Sereno: prayer room burnt, marches called", owner="Al-Marsa", severity=2)
    drain(WATCH)
    case = _case()
    services.mark_seen(case.pk, tamar)
    services.dismiss(case.pk, tamar, "not_ours")
    flagged("Marches called in Porto Sereno after prayer room fire", owner="Echo", severity=2)
    drain(WATCH)
    assert _case().state == "dismissed"
    flagged("Prayer room fire in Porto Sereno harbour: two die", owner="Wire", severity=3)
    flagged("Two die in Porto Sereno prayer room fire in the harbour", owner="Post", severity=3)
    drain(WATCH)
    back = _case()
    assert (back.pk, back.state, back.severity) == (case.pk, "new", 4)
    assert [row.act for row in about(case.pk)][-1] == "flashpoint.came_back"
    [group] = [group for group in queries.desk(tamar) if group.code == "new"]
    assert group.rows[0].unread


def test_a_severity_set_by_hand_is_not_changed_by_the_watch() -> None:
    flagged(owner="Ligustro", severity=2)
    flagged("Porto Sereno: prayer room burnt, marches called", owner="Al-Marsa", severity=2)
    drain(WATCH)
    services.set_severity(_case().pk, watching.staff(), 1)
    flagged("Prayer room fire in Porto Sereno harbour: two die", owner="Wire", severity=3)
    flagged("Two die in Porto Sereno prayer room fire in the harbour", owner="Post", severity=3)
    drain(WATCH)
    assert (_case().severity, _case().article_count) == (1, 4)


def test_a_case_that_staff_changed_meanwhile_is_looked_at_again() -> None:
    flagged(owner="Ligustro", severity=3)
    drain(WATCH)
    flagged("Prayer room fire in Porto Sereno harbour: groups call marches", owner="Al-Marsa")
    drain(["cluster"])
    moved = load([Record.objects.filter(kind="StoryMoved").latest("id")])
    prepared = escalate.prepare([one for one in moved if isinstance(one, StoryMoved)])
    services.take(_case().pk, watching.staff())
    with pytest.raises(Transient), transaction.atomic():
        escalate.apply(prepared)
    drain(["escalate"])
    assert _case().voices == 2
    assert _case().holder is not None


def test_the_usual_level_makes_a_loud_place_quiet() -> None:
    now = timezone.now()
    for hours in range(7, 120):
        hour = (now - timedelta(hours=hours)).replace(minute=0, second=0, microsecond=0)
        Level.objects.create(country="IT", line="religion", hour=hour, articles=6)
    flagged(owner="Ligustro", severity=2)
    drain(WATCH)
    assert not Flashpoint.objects.exists()
    assert queries.usual_level("IT", "religion", now) > 4
    assert queries.usual_level("FR", "religion", now) < 0.01


def test_stories_that_became_no_case_are_forgotten_in_the_end() -> None:
    flagged(owner="Ligustro", severity=1)
    flagged("Statue of the founder gone by morning in Altwieden", owner="Wire", severity=3)
    drain(WATCH)
    assert jobs.prune() == 0
    Story.objects.update(last_article_at=timezone.now() - timedelta(days=40))
    assert jobs.prune() == 2
    assert [story.pk for story in Story.objects.all()] == [_case().story_id]
    assert Flag.objects.count() == 1
