"""Two cases become one, and what later comes to either joins it; until somebody takes it back."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.forms import model_to_dict
from django.utils import timezone

from experts.models import Expert
from rrmm.flashpoints import queries, services
from rrmm.flashpoints.models import Flag, Flashpoint, Generation, State, Story
from rrmm.flashpoints.queries.regrouping import lately
from rrmm.flashpoints.queries.stories import flags_of, survivor_of
from rrmm.flashpoints.services import Conflict
from rrmm.flashpoints.stages import cluster
from streams.models import Record
from streams.trail import about
from tests import asking
from tests.builders import drain
from tests.regrouping import AGAIN, FIRE, STATUE, WATCH, case_of, cases, kinds
from tests.watching import case, flagged, staff

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tamar() -> User:
    return staff("Tamar Olin")


@pytest.fixture
def two() -> tuple[Flashpoint, Flashpoint]:
    return cases()


def test_one_case_goes_on_with_the_articles_of_both(tamar: User, two: Any) -> None:
    fire, statue = two
    before = Generation.objects.get().number
    services.merge(fire.pk, statue.pk, tamar)
    fire, statue = case_of(fire), case_of(statue)
    assert (fire.article_count, fire.voices) == (3, 3)
    assert set(fire.countries) == {"IT", "FR"}
    assert (statue.state, statue.merged_into) == (State.MERGED, fire)
    assert survivor_of(statue.pk) == fire.pk
    assert Generation.objects.get().number == before + 1
    assert {a.title for g in queries.case(fire.pk).owners for a in g.articles} >= {FIRE, STATUE}
    assert "FlashpointRegrouped" in kinds(fire)
    assert "FlashpointMerged" in kinds(statue)


def test_what_later_comes_to_either_joins_the_one_case(tamar: User, two: Any) -> None:
    fire, statue = two
    services.merge(fire.pk, statue.pk, tamar)
    flagged("Founder's statue in Altwieden gone by morning: mayor asks for calm", owner="Drei")
    flagged(AGAIN, owner="Vier")
    drain(WATCH)
    assert case_of(fire).article_count == 5
    cluster.forget()
    flagged("Calm asked for in Altwieden after the founder's statue is gone by morning", owner="5")
    drain(WATCH)
    assert case_of(fire).article_count == 6
    assert Flashpoint.objects.count() == 2


def test_undone_each_has_its_own_again_also_what_came_later(tamar: User, two: Any) -> None:
    fire, statue = two
    done = services.merge(fire.pk, statue.pk, tamar)
    flagged("Founder's statue in Altwieden gone by morning: mayor asks for calm", owner="Drei")
    drain(WATCH)
    assert [line.why_not for line in lately(case_of(fire))] == [""]
    services.undo_regrouping(done.pk, tamar)
    drain(WATCH)
    fire, statue = case_of(fire), case_of(statue)
    assert (fire.article_count, statue.article_count) == (2, 2)
    assert (statue.state, statue.merged_into) == (State.NEW, None)
    assert fire.countries == ["IT"]
    assert "FlashpointReopened" in kinds(statue)
    assert not lately(fire)
    with pytest.raises(Conflict, match="undone already"):
        services.undo_regrouping(done.pk, tamar)


def test_the_trail_of_both_stays_on_the_one_that_goes_on(tamar: User, two: Any) -> None:
    fire, statue = two
    services.take(statue.pk, tamar)
    services.release(statue.pk, tamar)
    services.merge(fire.pk, statue.pk, tamar)
    trail = queries.case_timeline(case_of(fire)).trail
    told = {(line.words, line.of) for line in trail}
    assert (f"merged case {statue.number} into it", "") in told
    assert ("took it", statue.number) in told


def test_a_held_case_that_was_merged_away_is_held_again_when_undone(tamar: User, two: Any) -> None:
    fire, statue = two
    until = timezone.now() + timedelta(hours=2)
    services.hold(statue.pk, tamar, until, "The town hall speaks at nine")
    done = services.merge(fire.pk, statue.pk, tamar)
    assert case_of(statue).held_until is None
    services.undo_regrouping(done.pk, tamar)
    statue = case_of(statue)
    assert (statue.state, statue.held_until, statue.held_for) == (
        State.HELD, until, "The town hall speaks at nine",
    )  # fmt: skip


def test_articles_join_a_case_that_was_opened_by_hand_and_leave_it_again(
    tamar: User, two: Any
) -> None:
    mine, (fire, _statue) = case(tamar, headline="Told on the phone"), two
    before = model_to_dict(mine)
    done = services.merge(mine.pk, fire.pk, tamar)
    mine = case_of(mine)
    assert (mine.headline, mine.article_count, mine.voices) == ("Told on the phone", 2, 2)
    assert mine.severity == 2
    flagged(AGAIN, owner="Vier")
    drain(WATCH)
    assert case_of(mine).article_count == 3
    services.undo_regrouping(done.pk, tamar)
    after = model_to_dict(case_of(mine))
    assert {n for n in before if before[n] != after[n]} == {"version"}
    assert case_of(fire).article_count == 3
    assert Story.objects.filter(part_of__isnull=False).count() == 0


def test_a_duplicate_that_was_dismissed_may_be_merged_another_may_not(
    tamar: User, two: Any
) -> None:
    fire, statue = two
    services.dismiss(statue.pk, tamar, "duplicate", fire.number)
    done = services.merge(fire.pk, statue.pk, tamar)
    services.undo_regrouping(done.pk, tamar)
    assert case_of(statue).dismissal == "duplicate"
    services.reopen(statue.pk, tamar)
    services.dismiss(statue.pk, tamar, "not_ours")
    with pytest.raises(Conflict, match="Dismissed"):
        services.merge(fire.pk, statue.pk, tamar)


def confirmed(found: Flashpoint, by: User, people: list[Expert]) -> None:
    services.confirm(found.pk, by, asking.plan(people))


def test_the_case_whose_experts_are_asked_must_go_on(tamar: User, two: Any) -> None:
    fire, statue = two
    people = asking.people(1)
    confirmed(statue, tamar, people)
    with pytest.raises(Conflict, match=f"Experts are asked for {statue.number}"):
        services.merge(fire.pk, statue.pk, tamar)
    services.merge(statue.pk, fire.pk, tamar)
    assert (case_of(statue).state, case_of(statue).article_count) == (State.CONFIRMED, 3)


def test_two_cases_whose_experts_are_asked_stay_apart(tamar: User, two: Any) -> None:
    fire, statue = two
    people = asking.people(1)
    confirmed(fire, tamar, people)
    confirmed(statue, tamar, people)
    with pytest.raises(Conflict, match="Undo one of the two confirmations"):
        services.merge(fire.pk, statue.pk, tamar)
    assert not Story.objects.filter(part_of__isnull=False).exists()


def test_what_is_refused_leaves_everything_as_it_was(tamar: User, two: Any) -> None:
    fire, statue = two
    with pytest.raises(Conflict, match="with itself"):
        services.merge(fire.pk, fire.pk, tamar)
    services.take(statue.pk, staff("Idris Kane"))
    with pytest.raises(Conflict, match="Idris Kane has this case"):
        services.merge(fire.pk, statue.pk, tamar)
    invented = case(tamar, demo=True)
    with pytest.raises(Conflict, match="invented"):
        services.merge(fire.pk, invented.pk, tamar)
    assert not Record.objects.filter(kind="FlashpointMerged").exists()
    assert case_of(fire).article_count == 2


def test_a_merged_case_answers_with_where_it_lives_on(tamar: User, two: Any) -> None:
    fire, statue = two
    services.merge(fire.pk, statue.pk, tamar)
    with pytest.raises(Conflict, match=f"was merged into case {fire.number}"):
        services.dismiss(statue.pk, tamar, "old")
    with pytest.raises(Conflict, match=f"was merged into case {fire.number}"):
        services.merge(statue.pk, fire.pk, tamar)


def test_it_cannot_be_undone_once_somebody_built_on_it(tamar: User, two: Any) -> None:
    fire, statue = two
    with time_machine.travel(timezone.now(), tick=False) as clock:
        done = services.merge(fire.pk, statue.pk, tamar)
        clock.shift(timedelta(minutes=10))
        services.dismiss(fire.pk, tamar, "old")
        [line] = lately(case_of(fire))
        assert "was decided since" in line.why_not
        with pytest.raises(Conflict, match="was decided since"):
            services.undo_regrouping(done.pk, tamar)
        services.reopen(fire.pk, tamar)
        clock.shift(timedelta(days=2))
        with pytest.raises(Conflict, match="more than a day ago"):
            services.undo_regrouping(done.pk, tamar)
    assert case_of(statue).state == State.MERGED


def test_merges_are_undone_in_the_order_in_which_they_were_made(tamar: User, two: Any) -> None:
    fire, statue = two
    mine = case(tamar, headline="Told on the phone")
    first = services.merge(fire.pk, statue.pk, tamar)
    second = services.merge(mine.pk, fire.pk, tamar)
    assert survivor_of(statue.pk) == mine.pk
    assert case_of(mine).article_count == 3
    with pytest.raises(Conflict, match=f"was merged into {mine.number} since"):
        services.undo_regrouping(first.pk, tamar)
    services.undo_regrouping(second.pk, tamar)
    assert case_of(fire).article_count == 3
    services.undo_regrouping(first.pk, tamar)
    assert (case_of(fire).article_count, case_of(statue).article_count) == (2, 1)


def test_a_merge_between_looking_and_writing_is_looked_at_again(tamar: User, two: Any) -> None:
    fire, statue = two
    flagged("Founder's statue in Altwieden gone by morning: mayor asks for calm", owner="Drei")
    drain(["cluster"])
    services.merge(fire.pk, statue.pk, tamar)
    drain(["escalate"])
    assert case_of(fire).article_count == 4
    assert Flashpoint.objects.filter(state=State.NEW).count() == 1


def test_parts_of_a_case_are_not_forgotten_while_it_stands(tamar: User, two: Any) -> None:
    from rrmm.flashpoints import jobs

    fire, statue = two
    services.split(fire.pk, [flags_of(fire.story_id)[0].article_id], tamar, into=statue.pk)
    Story.objects.update(last_article_at=timezone.now() - timedelta(days=40))
    assert jobs.prune() == 0
    assert Flag.objects.count() == 3


def test_a_mail_of_a_case_that_was_merged_away_does_not_leave(tamar: User, two: Any) -> None:
    fire, statue = two
    services.merge(fire.pk, statue.pk, tamar)
    assert queries.still_worth_telling(str(fire.pk))
    assert not queries.still_worth_telling(str(statue.pk))


def test_nothing_that_staff_type_is_in_an_event_of_merging(tamar: User, two: Any) -> None:
    fire, _statue = two
    secret = case(tamar, note="Told by a neighbour who must not be named")
    services.merge(fire.pk, secret.pk, tamar)
    assert "neighbour" not in " ".join(Record.objects.values_list("payload", flat=True))
    assert about(fire.pk).filter(act="flashpoint.merged").exists()
