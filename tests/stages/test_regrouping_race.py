"""Two people merge, split and undo at the same moment: one act is done, nothing half."""

import pytest
from django.db.models import Sum

from rrmm.flashpoints import services
from rrmm.flashpoints.models import Flag, Flashpoint, Regrouping, State, Story
from rrmm.flashpoints.stages import cluster
from streams.models import Delivery
from streams.models import State as Outcome
from tests.builders import drain
from tests.regrouping import AGAIN, MARCHES, WATCH, case_of, cases
from tests.stages.test_flashpoints_race import _on_a_file, at_once
from tests.watching import flagged, staff

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["_on_a_file"]


@pytest.fixture
def two(_on_a_file: None) -> tuple[Flashpoint, Flashpoint]:
    cluster.forget()
    return cases()


def _whole() -> None:
    """Every flag counts once, in a story that is no part of a part."""
    assert not Story.objects.filter(part_of__part_of__isnull=False).exists()
    counted = Story.objects.aggregate(n=Sum("articles"))["n"]
    assert counted == Flag.objects.count()


def test_two_cases_merged_into_each_other_at_once_become_one(
    two: tuple[Flashpoint, Flashpoint],
) -> None:
    fire, statue = two
    one, other = staff("Tamar Olin"), staff("Idris Kane")
    said = at_once(
        lambda: services.merge(fire.pk, statue.pk, one),
        lambda: services.merge(statue.pk, fire.pk, other),
    )
    assert said.count("done") == 1
    assert any("was merged into case" in words for words in said)
    assert Flashpoint.objects.filter(state=State.MERGED).count() == 1
    assert Regrouping.objects.count() == 1
    _whole()


def test_a_merge_and_a_dismissal_at_once_leave_one_decision(
    two: tuple[Flashpoint, Flashpoint],
) -> None:
    fire, statue = two
    one, other = staff("Tamar Olin"), staff("Idris Kane")
    said = at_once(
        lambda: services.merge(fire.pk, statue.pk, one),
        lambda: services.dismiss(statue.pk, other, "old"),
    )
    assert said.count("done") == 1
    merged = case_of(statue).state == State.MERGED
    assert case_of(fire).article_count == (3 if merged else 2)


def test_the_same_articles_are_taken_out_once_though_two_press(
    two: tuple[Flashpoint, Flashpoint],
) -> None:
    fire, statue = two
    one, other = staff("Tamar Olin"), staff("Idris Kane")
    article = Flag.objects.get(article__title=MARCHES).article_id
    said = at_once(
        lambda: services.split(fire.pk, [article], one, open_now=True),
        lambda: services.split(fire.pk, [article], other, into=statue.pk),
    )
    assert said.count("done") == 1
    assert any("no longer in this case" in words for words in said)
    _whole()


def test_an_undo_pressed_by_two_is_done_once(two: tuple[Flashpoint, Flashpoint]) -> None:
    fire, statue = two
    one, other = staff("Tamar Olin"), staff("Idris Kane")
    done = services.merge(fire.pk, statue.pk, one)
    said = at_once(
        lambda: services.undo_regrouping(done.pk, one),
        lambda: services.undo_regrouping(done.pk, other),
    )
    assert said.count("done") == 1
    assert (case_of(fire).article_count, case_of(statue).article_count) == (2, 1)


def test_the_watch_goes_on_while_staff_merge_and_undo(two: tuple[Flashpoint, Flashpoint]) -> None:
    fire, statue = two
    tamar = staff("Tamar Olin")
    for n in range(6):
        flagged(f"{AGAIN} ({n})", owner=f"Paper {n}")

    def merge_and_undo() -> None:
        for _round in range(4):
            done = services.merge(fire.pk, statue.pk, tamar)
            services.undo_regrouping(done.pk, tamar)
        services.merge(fire.pk, statue.pk, tamar)

    assert at_once(merge_and_undo, lambda: drain(WATCH)) == ["done", "done"]
    Delivery.objects.exclude(due_at=None).update(due_at=None)
    drain(WATCH)
    assert case_of(fire).article_count == 9
    assert case_of(statue).state == State.MERGED
    assert not Delivery.objects.filter(stage__in=WATCH, state=Outcome.BURIED).exists()
    _whole()
