"""Verdicts become examples, and stop being any when they are taken back."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone

from rrmm.flashpoints import services
from rrmm.flashpoints.models import Dismissal, Example, Flag, Flashpoint, Story, Verdict
from rrmm.flashpoints.queries import learning as known
from rrmm.flashpoints.services import Conflict, learning
from streams.collectors import pruning
from streams.collectors.models import Article
from streams.trail import about
from tests import asking, cast, watching

pytestmark = pytest.mark.django_db


@pytest.fixture
def seen() -> Flashpoint:
    """A case of two owners in English, one in French, a copy, and a stranger to its line."""
    return told(
        watching.flagged("Prayer room burnt in Porto Sereno", owner="Ligustro"),
        watching.flagged("Prayer room on fire, two marches called", owner="Al-Marsa"),
        watching.flagged("La salle de prière a brûlé", owner="Al-Marsa", language="fr"),
        watching.flagged("Prayer room burnt in Porto Sereno!", owner="Copyist"),
        watching.flagged("Harbour museum shut", owner="Dritte", lines=("culture",)),
        copies=1,
    )


def told(*articles: UUID, copies: int = 0, demo: bool = False) -> Flashpoint:
    """A case of the machine on these articles; the fourth is a copy where there are copies."""
    now = timezone.now()
    story = Story.objects.create(opened_at=now, last_article_at=now, demo=demo)
    Flag.objects.filter(article__in=articles).update(story=story)
    if copies:
        Flag.objects.filter(article=articles[3]).update(is_copy=True)
    return watching.case(story=story, opened_by_hand=False, severity_by_hand=False, demo=demo)


def confirm(case: Flashpoint) -> None:
    services.confirm(case.pk, cast.staff("idris"), asking.plan(asking.people(3)))


def labelled(case: Flashpoint) -> set[str]:
    rows = Example.objects.filter(verdict__flashpoint=case)
    return set(rows.values_list("article__title", flat=True))


def test_a_confirmed_case_teaches_its_own_voices_in_every_language(seen: Flashpoint) -> None:
    confirm(seen)
    assert labelled(seen) == {
        "Prayer room burnt in Porto Sereno",
        "Prayer room on fire, two marches called",
        "La salle de prière a brûlé",
    }
    labels = known.labels()
    assert {label.rel for label in labels} == {2}
    assert {label.lines for label in labels} == {("religion",)}
    assert {label.language for label in labels} == {"en", "fr"}


def test_a_severity_counts_only_where_a_person_set_it(seen: Flashpoint) -> None:
    confirm(seen)
    assert set(Example.objects.values_list("severity", flat=True)) == {None}
    services.set_severity(seen.pk, cast.staff("idris"), 4)
    assert set(Example.objects.values_list("severity", flat=True)) == {3}


def test_a_case_that_is_not_ours_teaches_what_is_no_flashpoint(seen: Flashpoint) -> None:
    services.dismiss(seen.pk, cast.staff("idris"), Dismissal.NOT_OURS)
    assert {label.rel for label in known.labels()} == {0}
    assert len(known.labels()) == 3


@pytest.mark.parametrize(
    "reason", [Dismissal.NOT_REAL, Dismissal.OLD, Dismissal.DUPLICATE, Dismissal.OTHER]
)
def test_other_reasons_say_nothing_of_the_text(seen: Flashpoint, reason: Dismissal) -> None:
    services.dismiss(seen.pk, cast.staff("idris"), reason, "words")
    assert not Verdict.objects.exists()


def _undo_confirmation(case: Flashpoint) -> None:
    confirm(case)
    services.undo_confirm(case.pk, cast.staff("idris"))


def _undo_dismissal(case: Flashpoint) -> None:
    services.dismiss(case.pk, cast.staff("idris"), Dismissal.NOT_OURS)
    services.reopen(case.pk, cast.staff("idris"))


@pytest.mark.parametrize("undo", [_undo_confirmation, _undo_dismissal])
def test_undoing_a_verdict_removes_its_examples(
    seen: Flashpoint, undo: Callable[[Flashpoint], None]
) -> None:
    undo(seen)
    assert not Verdict.objects.exists()
    assert not Example.objects.exists()


def test_closing_a_case_keeps_what_it_taught(seen: Flashpoint) -> None:
    confirm(seen)
    before = set(Example.objects.values_list("pk", flat=True))
    Flashpoint.objects.filter(pk=seen.pk).update(state="closed")
    seen.refresh_from_db()
    with transaction.atomic():
        learning.learn_from(seen)
    assert set(Example.objects.values_list("pk", flat=True)) == before


def test_the_demo_never_becomes_an_example() -> None:
    articles = [watching.flagged(owner=name, demo=True) for name in ("One", "Two")]
    case = told(*articles, demo=True)
    learning.mark(case.pk, articles[0], cast.staff("idris"), "not_flashpoint")
    services.dismiss(case.pk, cast.staff("idris"), Dismissal.NOT_OURS)
    assert Verdict.objects.count() == 2
    assert not Example.objects.exists()
    assert known.labels() == []
    assert known.collected().cases_not_ours == 0
    services.remove_demo()
    assert not Verdict.objects.exists()


def test_the_word_on_an_article_goes_before_that_on_its_case(seen: Flashpoint) -> None:
    article = Article.objects.get(title="Prayer room burnt in Porto Sereno").pk
    learning.mark(seen.pk, article, cast.staff("idris"), "not_flashpoint", words="An accident")
    confirm(seen)
    rel = {label.article: label.rel for label in known.labels()}
    assert rel.pop(article) == 0
    assert set(rel.values()) == {2}
    [line] = about(seen.pk).filter(act="flashpoint.article_marked")
    assert line.detail["words"] == "An accident"
    assert line.actor == f"staff:{cast.staff('idris').pk}"


def test_a_corrected_fault_line_waits_for_the_word_on_its_case(seen: Flashpoint) -> None:
    article = Article.objects.get(title="Prayer room burnt in Porto Sereno").pk
    learning.mark(seen.pk, article, cast.staff("idris"), "wrong_line", lines=["ethnicity"])
    assert (known.collected().waiting, known.rows(known.labels())) == (1, [])
    confirm(seen)
    row = next(r for r in known.rows(known.labels()) if r["id"] == f"desk-{article}")
    assert (row["rel"], row["lines"]) == (2, "E")
    assert known.collected().waiting == 0


def test_a_corrected_place_says_where_and_can_be_taken_back(seen: Flashpoint) -> None:
    article = Article.objects.get(title="Prayer room burnt in Porto Sereno").pk
    learning.mark(seen.pk, article, cast.staff("idris"), "wrong_place", country="mt")
    [label] = known.labels()
    assert (label.country, label.rel) == ("MT", None)
    learning.unmark(seen.pk, article, cast.staff("tamar"), "wrong_place")
    assert known.labels() == []
    with pytest.raises(Conflict, match="already taken"):
        learning.unmark(seen.pk, article, cast.staff("tamar"), "wrong_place")


@pytest.mark.parametrize(
    ("kind", "more", "said"),
    [
        ("wrong_place", {}, "which country"),
        ("wrong_line", {"lines": ["football"]}, "which fault line"),
        ("confirmed", {}, "what is wrong"),
    ],
)
def test_half_a_mark_is_refused(
    seen: Flashpoint, kind: str, more: dict[str, list[str]], said: str
) -> None:
    article = Flag.objects.filter(story=seen.story)[0].article_id
    with pytest.raises(Conflict, match=said):
        learning.mark(seen.pk, article, cast.staff("idris"), kind, **more)  # type: ignore[arg-type]


def test_an_article_of_another_case_cannot_be_marked(seen: Flashpoint) -> None:
    with pytest.raises(Conflict, match="no longer belongs"):
        learning.mark(seen.pk, watching.flagged(), cast.staff("idris"), "not_flashpoint")


def test_no_flashpoint_and_another_line_do_not_stand_together(seen: Flashpoint) -> None:
    article = Flag.objects.filter(story=seen.story)[0].article_id
    learning.mark(seen.pk, article, cast.staff("idris"), "wrong_line", lines=["ethnicity"])
    learning.mark(seen.pk, article, cast.staff("idris"), "not_flashpoint")
    assert [verdict.kind for verdict in Verdict.objects.all()] == ["not_flashpoint"]


def test_moved_articles_are_pairs_that_are_not_the_same(seen: Flashpoint) -> None:
    flags = list(Flag.objects.filter(story=seen.story).order_by("published_at"))
    away = next(flag.article_id for flag in flags if flag.lines == ["culture"])
    stay = [flag.article_id for flag in flags if flag.article_id != away]
    learning.moved_away(seen, [away], stay)
    pairs = Example.objects.filter(same=False)
    assert {pair.article_id for pair in pairs} == {away}
    assert len(pairs) == 3
    assert known.collected().pairs == 3
    learning.came_back([away])
    assert not Example.objects.exists()


def test_examples_keep_their_articles_from_being_forgotten(seen: Flashpoint) -> None:
    confirm(seen)
    kept = set(Example.objects.values_list("article_id", flat=True))
    Flag.objects.all().delete()
    Article.objects.update(seen_at=timezone.now() - timedelta(days=100))
    pruning.prune()
    assert set(Article.objects.values_list("pk", flat=True)) == kept
    assert len(known.rows(known.labels())) == len(kept)


def test_the_newest_fifth_of_the_cases_is_kept_back() -> None:
    cases = []
    for n in range(10):
        case = told(
            watching.flagged(f"Article {n}", owner=f"Owner {n}"),
            watching.flagged(f"Another article {n}", owner=f"Other owner {n}"),
        )
        services.dismiss(case.pk, cast.staff("idris"), Dismissal.NOT_OURS)
        then = timezone.now() - timedelta(days=20 - n)
        Verdict.objects.filter(flashpoint=case).update(at=then)
        cases.append(str(case.pk))
    used, back = known.divided(known.labels())
    assert [label.group for label in back] == [cases[8], cases[8], cases[9], cases[9]]
    assert {label.group for label in used} == set(cases[:8])
    assert known.divided(known.labels()[:8])[1] == []
