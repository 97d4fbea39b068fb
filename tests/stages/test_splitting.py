"""Articles that tell of another event leave a case and stay apart, until that is undone."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from django.contrib.auth.models import User
from django.utils import timezone

from rrmm.flashpoints import queries, services
from rrmm.flashpoints.models import Flag, Flashpoint, State, Story
from rrmm.flashpoints.queries.regrouping import lately
from rrmm.flashpoints.queries.stories import survivor_of
from rrmm.flashpoints.services import Conflict
from rrmm.flashpoints.stages import cluster
from streams.events import StorySplit
from streams.log import load
from streams.models import Record
from tests import asking
from tests.builders import drain
from tests.regrouping import AGAIN, MARCHES, WATCH, case_of, cases, kinds
from tests.watching import FIRE, case, flagged, staff

pytestmark = pytest.mark.django_db(transaction=True)
PARADE = "Prayer room in Porto Sereno harbour reopens, groups call marches off"
LATER = "Prayer room in Porto Sereno harbour reopens with a parade, marches called off"


@pytest.fixture
def tamar() -> User:
    return staff("Tamar Olin")


@pytest.fixture
def fire() -> Flashpoint:
    """A case with a third article, which tells of something else."""
    fire, _statue = cases()
    flagged(PARADE, owner="Third", severity=3)
    drain(WATCH)
    assert case_of(fire).article_count == 3
    return case_of(fire)


def article(title: str) -> UUID:
    return Flag.objects.get(article__title=title).article_id


def test_split_articles_become_a_case_at_once_and_what_is_like_them_follows(
    tamar: User, fire: Flashpoint
) -> None:
    done = services.split(fire.pk, [article(PARADE)], tamar, open_now=True)
    drain(WATCH)
    assert done.other is not None
    made = case_of(done.other)
    assert (case_of(fire).article_count, made.article_count) == (2, 1)
    assert (made.state, made.headline) == (State.NEW, PARADE)
    for memory in ("kept", "lost"):
        if memory == "lost":
            cluster.forget()
        flagged(f"{LATER} ({memory})", owner=f"Paper, {memory}", severity=2)
        drain(WATCH)
    assert (case_of(fire).article_count, case_of(made).article_count) == (2, 3)
    [event] = load(Record.objects.filter(kind="StorySplit"))
    assert isinstance(event, StorySplit)
    assert event.articles == (article(PARADE),)
    assert kinds(made)[0] == "FlashpointOpened"


def test_left_to_the_rule_a_grave_article_opens_a_case_and_a_small_one_none(
    tamar: User, fire: Flashpoint
) -> None:
    flagged("Porto Sereno harbour prayer room: groups call marches, shops open", severity=1,
            owner="Fourth", score=0.4, minutes_ago=60 * 30)  # fmt: skip
    drain(WATCH)
    small = Flag.objects.get(owner="Fourth").article_id
    assert case_of(fire).article_count == 4
    assert services.split(fire.pk, [small], tamar).other is None
    services.split(fire.pk, [article(PARADE)], tamar)
    before = Flashpoint.objects.count()
    drain(WATCH)
    assert Flashpoint.objects.count() == before + 1
    assert Flashpoint.objects.latest("opened_at").headline == PARADE
    assert case_of(fire).article_count == 2


def test_undone_the_articles_are_back_and_the_number_leads_there(
    tamar: User, fire: Flashpoint
) -> None:
    done = services.split(fire.pk, [article(PARADE)], tamar, open_now=True)
    flagged(LATER, owner="Paper", severity=2)
    drain(WATCH)
    assert done.other is not None
    services.undo_regrouping(done.pk, tamar)
    drain(WATCH)
    assert case_of(fire).article_count == 4
    assert survivor_of(done.other.pk) == fire.pk
    assert Flag.objects.get(article__title=PARADE).story_id == fire.story_id
    flagged(f"{LATER} again", owner="Paper two", severity=2)
    drain(WATCH)
    assert case_of(fire).article_count == 5


def test_a_case_that_the_rule_opened_from_it_is_put_back_too(tamar: User, fire: Flashpoint) -> None:
    done = services.split(fire.pk, [article(PARADE)], tamar)
    drain(WATCH)
    opened = Flashpoint.objects.latest("opened_at")
    services.undo_regrouping(done.pk, tamar)
    assert (case_of(opened).state, case_of(opened).merged_into) == (State.MERGED, fire)
    assert case_of(fire).article_count == 3


def test_it_is_not_undone_once_the_new_case_was_decided(tamar: User, fire: Flashpoint) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        done = services.split(fire.pk, [article(PARADE)], tamar, open_now=True)
        clock.shift(timedelta(minutes=1))
        assert done.other is not None
        services.confirm(done.other.pk, tamar, asking.plan(asking.people(1)))
        with pytest.raises(Conflict, match=f"{done.other.number} was decided since"):
            services.undo_regrouping(done.pk, tamar)
    assert case_of(fire).article_count == 2


def test_articles_move_to_another_case_and_what_is_like_them_follows(
    tamar: User, fire: Flashpoint
) -> None:
    statue = Flashpoint.objects.get(country="FR")
    done = services.split(fire.pk, [article(PARADE)], tamar, into=statue.pk)
    assert (case_of(fire).article_count, case_of(statue).article_count) == (2, 2)
    flagged(LATER, owner="Paper", severity=2)
    drain(WATCH)
    assert (case_of(fire).article_count, case_of(statue).article_count) == (2, 3)
    assert [line.received for line in lately(case_of(statue))] == [True]
    services.undo_regrouping(done.pk, tamar)
    assert (case_of(fire).article_count, case_of(statue).article_count) == (4, 1)


def test_articles_move_to_a_case_that_was_opened_by_hand_and_back(
    tamar: User, fire: Flashpoint
) -> None:
    mine = case(tamar, headline="Told on the phone")
    done = services.split(fire.pk, [article(PARADE)], tamar, into=mine.pk)
    assert (case_of(mine).article_count, case_of(mine).headline) == (1, "Told on the phone")
    services.undo_regrouping(done.pk, tamar)
    assert (case_of(mine).article_count, case_of(mine).story) == (0, None)
    assert case_of(fire).article_count == 3
    assert Story.objects.count() == 2


def test_copies_go_with_what_they_are_copies_of(tamar: User, fire: Flashpoint) -> None:
    flagged(PARADE, owner="Copyist", severity=3)
    drain(WATCH)
    copy = Flag.objects.get(owner="Copyist")
    assert copy.is_copy
    done = services.split(fire.pk, [copy.article_id], tamar, open_now=True)
    assert done.articles == 2
    assert done.other is not None
    assert (case_of(done.other).article_count, case_of(done.other).voices) == (2, 1)
    assert case_of(fire).article_count == 2


def test_a_split_that_would_be_none_is_refused(tamar: User, fire: Flashpoint) -> None:
    everything = [article(title) for title in (FIRE, MARCHES, PARADE)]
    for articles, said in (
        ([], "Tick the articles"),
        ([uuid4()], "no longer in this case"),
        (everything, "Nothing would stay"),
    ):
        with pytest.raises(Conflict, match=said):
            services.split(fire.pk, articles, tamar, open_now=True)
    with pytest.raises(Conflict, match="in that case already"):
        services.split(fire.pk, everything[:1], tamar, into=fire.pk)
    services.dismiss(fire.pk, tamar, "old")
    with pytest.raises(Conflict, match="Dismissed"):
        services.split(fire.pk, everything[:1], tamar)
    assert not Record.objects.filter(kind="StorySplit").exists()
    assert case_of(fire).article_count == 3


def test_the_trail_of_both_says_what_moved(tamar: User, fire: Flashpoint) -> None:
    done = services.split(fire.pk, [article(PARADE)], tamar, open_now=True)
    assert done.other is not None
    ours = [line.words for line in queries.case_timeline(case_of(fire)).trail]
    theirs = [line.words for line in queries.case_timeline(case_of(done.other)).trail]
    assert f"took 1 article out, into case {done.other.number}" in ours
    assert f"opened it with 1 article of case {fire.number}" in theirs


def test_what_was_merged_can_be_split_again(tamar: User, fire: Flashpoint) -> None:
    statue = Flashpoint.objects.get(country="FR")
    services.merge(fire.pk, statue.pk, tamar)
    flag = Flag.objects.get(owner="Wire")
    done = services.split(fire.pk, [flag.article_id], tamar, open_now=True)
    assert done.other is not None
    assert case_of(done.other).country == "FR"
    assert case_of(fire).countries == ["IT"]
    flagged(AGAIN, owner="Vier")
    drain(WATCH)
    assert case_of(fire).article_count == 4
