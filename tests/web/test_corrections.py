"""Correcting one article of a case: one tap, or a page; taking it back; what is refused."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rrmm.flashpoints.models import Example, Flag, Flashpoint, Story, Verdict
from streams.trail import about
from tests import cast, watching

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(cast.staff("idris"))
    return client


@pytest.fixture
def case() -> Flashpoint:
    now = timezone.now()
    story = Story.objects.create(opened_at=now, last_article_at=now)
    articles = [
        watching.flagged("Prayer room burnt", owner="Ligustro"),
        watching.flagged("حريق في قاعة الصلاة", owner="Al-Marsa", language="ar"),
    ]
    Flag.objects.filter(article__in=articles).update(story=story)
    return watching.case(story=story, opened_by_hand=False, article_count=2)


def first(case: Flashpoint) -> UUID:
    return Flag.objects.get(story=case.story, owner="Ligustro").article_id


def say(desk: Client, case: Flashpoint, article: UUID, **form: Any) -> str:
    address = reverse("staff:article-correct", args=[case.pk, article])
    return desk.post(address, form, follow=True).content.decode()


def test_one_tap_says_that_an_article_is_no_flashpoint_and_undo_takes_it_back(
    desk: Client, case: Flashpoint
) -> None:
    article = first(case)
    page = desk.get(reverse("staff:case", args=[case.pk])).content.decode()
    assert page.count("Wrong place or fault line…") == 2
    text = say(desk, case, article, kind="not_flashpoint")
    assert "The next model learns from it." in text
    undo = reverse("staff:article-uncorrect", args=[case.pk, article, "not_flashpoint"])
    assert f'data-undo="{undo}"' in text
    assert "Not a flashpoint</span>" in text
    assert Example.objects.get().rel == 0
    assert "The correction is taken back." in desk.post(undo, follow=True).content.decode()
    assert not Example.objects.exists()
    assert "already taken" in desk.post(undo, follow=True).content.decode()


def test_the_page_takes_a_place_and_words(desk: Client, case: Flashpoint) -> None:
    article = first(case)
    address = reverse("staff:article-correct", args=[case.pk, article])
    assert "It happens elsewhere" in desk.get(address).content.decode()
    text = say(desk, case, article, kind="wrong_place", country="MT", words="The other harbour")
    assert "Happens in Malta" in text
    assert "corrected an article" in text
    [line] = about(case.pk).filter(act="flashpoint.article_marked")
    assert line.detail["words"] == "The other harbour"
    assert Example.objects.get().country == "MT"


def test_a_fault_line_is_corrected_and_only_what_belongs_to_the_kind_counts(
    desk: Client, case: Flashpoint
) -> None:
    say(desk, case, first(case), kind="wrong_line", lines=["ethnicity", "culture"], country="FR")
    example = Example.objects.get()
    assert (example.lines, example.country, example.rel) == (["ethnicity", "culture"], "", None)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"kind": "wrong_place"}, "in which country"),
        ({"kind": "wrong_line"}, "which fault line"),
        ({"kind": "dance"}, "Say what is wrong"),
    ],
)
def test_half_a_correction_is_refused_and_keeps_what_was_typed(
    desk: Client, case: Flashpoint, form: dict[str, str], said: str
) -> None:
    address = reverse("staff:article-correct", args=[case.pk, first(case)])
    answer = desk.post(address, {**form, "words": "My words"})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert 'value="My words"' in answer.content.decode()
    assert not Verdict.objects.exists()


def test_what_is_not_there_is_not_found(desk: Client, case: Flashpoint) -> None:
    for where in ((uuid4(), first(case)), (case.pk, uuid4())):
        assert desk.get(reverse("staff:article-correct", args=where)).status_code == 404
    address = reverse("staff:article-uncorrect", args=[uuid4(), first(case), "not_flashpoint"])
    assert desk.post(address).status_code == 404


def test_a_case_of_many_articles_asks_for_its_corrections_once(
    desk: Client, case: Flashpoint, django_assert_max_num_queries: Any
) -> None:
    say(desk, case, first(case), kind="not_flashpoint")
    address = reverse("staff:case", args=[case.pk])
    desk.get(address)
    with django_assert_max_num_queries(45) as before:
        desk.get(address)
    for n in range(10):
        article = watching.flagged(f"Another report {n}", owner=f"Owner {n}")
        Flag.objects.filter(article=article).update(story=case.story)
    with django_assert_max_num_queries(len(before)):
        desk.get(address)
