"""Every flag explains itself: words for and against, lines, trigger, severity, places, how sure."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from models.figures import Bin, Group, Interval, Report
from models.taxonomy import taxonomy
from rrmm.flashpoints.models import Flag, Flashpoint, ModelFile, Story
from rrmm.flashpoints.queries.case import line_of
from rrmm.flashpoints.queries.seeing import Sight
from rrmm.web import words
from rrmm.web.presenters.explained import explained, sure
from tests import cast, watching

pytestmark = pytest.mark.django_db

ARABIC = "حريق يدمر مصلى في الميناء"
REASONS = [
    {"words": "مصلى", "weight": 1.4, "line": "religion"},
    {"words": "الميناء", "weight": -0.5, "line": ""},
    {"words": "الإمام", "weight": 0.2, "line": "religion"},
]


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(cast.staff("idris"))
    return client


@pytest.fixture
def case() -> Flashpoint:
    """A case with one article in Arabic."""
    article = watching.flagged(ARABIC, language="ar", severity=3, score=0.72)
    story = Story.objects.create(opened_at="2026-11-01T00:00Z", last_article_at="2026-11-01T00:00Z")
    Flag.objects.filter(article=article).update(story=story, reasons=REASONS, lines=["religion"])
    return watching.case(story=story)


def told(desk: Client, case: Flashpoint, **headers: str) -> str:
    article = Flag.objects.get().article_id
    answer = desk.get(reverse("staff:case-article", args=[case.pk, article]), headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_deciding_words_are_marked_in_the_articles_own_language(
    desk: Client, case: Flashpoint
) -> None:
    text = told(desk, case)
    assert '<p class="world evidence" lang="ar" dir="auto">' in text
    assert '<mark class="religion strong">مصلى<span class="only-read-aloud" lang="en"' in text
    assert "(spoke strongly for it, Religion)" in text
    assert '<mark class="against clear">الميناء' in text
    assert "(spoke clearly against it)" in text


def test_words_that_are_not_in_the_text_are_named_as_such(desk: Client, case: Flashpoint) -> None:
    text = told(desk, case)
    assert "a little, Religion, not in the text shown" in " ".join(text.split())


def test_trigger_severity_place_and_how_sure_are_said_in_words(
    desk: Client, case: Flashpoint
) -> None:
    text = told(desk, case)
    assert "Something done to a place of worship" in text
    assert "3 of 3: deaths on a communal line, or repercussions across borders likely" in text
    assert "<b><bdi>Porto Sereno, Italy</bdi></b>" in text
    assert "Likely." in text
    assert "Of 10 articles scored like this, about 7 are flashpoints." in text
    assert "By the model’s own estimate." in text


def test_the_fragment_holds_the_explanation_alone_and_the_page_a_way_back(
    desk: Client, case: Flashpoint
) -> None:
    assert told(desk, case, **{"HX-Request": "true"}).lstrip().startswith('<div class="explained">')
    assert reverse("staff:case", args=[case.pk]) in told(desk, case)


def test_every_article_of_a_case_unfolds_and_leads_there_without_script(
    desk: Client, case: Flashpoint
) -> None:
    article = Flag.objects.get().article_id
    address = reverse("staff:case-article", args=[case.pk, article])
    for page in (reverse("staff:case", args=[case.pk]), reverse("staff:desk") + f"?case={case.pk}"):
        text = desk.get(page).content.decode()
        assert f'id="why-{article}" hx-get="{address}"' in text
        assert f'<a href="{address}">' in text


def test_an_article_of_another_case_is_not_found(desk: Client, case: Flashpoint) -> None:
    other, article = watching.case(), Flag.objects.get().article_id
    for wrong in ((other.pk, article), (case.pk, uuid4()), (uuid4(), article)):
        assert desk.get(reverse("staff:case-article", args=wrong)).status_code == 404


def test_only_what_the_model_read_of_a_summary_is_marked(case: Flashpoint) -> None:
    flag = Flag.objects.select_related("article").get()
    flag.article.summary = "مصلى " * 100
    found = explained(line_of(flag), Sight(""))
    assert len("".join(part.text for part in found.summary)) == 400
    assert found.unread == "مصلى " * 20
    assert sum(part.side == "for" for part in found.summary) == 80


def test_a_flag_of_before_explains_itself_without_words(case: Flashpoint) -> None:
    Flag.objects.update(reasons=[], lines=[], places=[])
    found = explained(line_of(Flag.objects.select_related("article").get()), Sight(""))
    assert (found.spoken, found.places, found.marked_lines) == ((), (), [])


def _sight(was: float, borderline: float = 0.0) -> Sight:
    i = Interval(0.8, 0.7, 0.9)
    group = Group("all", "", 50, 900, i, i, i, i, i)
    bins = (Bin(0.0, 0.5, 0.1, 0.05, 0.9), Bin(0.5, 1.0, 0.8, was, 0.1, borderline))
    return Sight("m1", Report((), (), group, 0.1, 0.6, bins, 0.9, 0.8, 0.7, 900))


def test_how_sure_is_counted_on_articles_with_such_a_score_where_they_were() -> None:
    found = sure(0.9, _sight(was=0.62))
    assert found.sentence == "Of 10 articles scored like this, about 6 are flashpoints."
    assert (found.measured, found.dots, found.word) == (True, 6, "More likely than not")


def test_borderline_articles_are_counted_beside_the_flashpoints() -> None:
    found = sure(0.9, _sight(was=0.9, borderline=0.4))
    said = "Of 10 articles scored like this, about 5 are flashpoints and 4 borderline."
    assert (found.sentence, found.dots, found.word) == (said, 5, "More likely than not")


def test_the_count_is_that_of_the_model_that_flagged_it(desk: Client, case: Flashpoint) -> None:
    report = _sight(was=0.62).report
    assert report is not None
    made = {"made_at": timezone.now(), "size": 1, "report": report.as_dict()}
    ModelFile.objects.create(version="m1", digest="1", **made)
    assert "By the model’s own estimate." in told(desk, case)
    Flag.objects.update(model_version="m1")
    text = told(desk, case)
    assert "about 6 are flashpoints" in text
    assert "Counted on articles that the model had not seen." in text


@pytest.mark.parametrize(
    ("score", "said"),
    [
        (1.0, "Of 100 articles scored like this, about 99 are flashpoints."),
        (0.05, "Of 10 articles scored like this, about 1 is a flashpoint."),
        (0.0, "Of 100 articles scored like this, about 1 is a flashpoint."),
    ],
)
def test_nothing_is_said_to_be_certain(score: float, said: str) -> None:
    assert sure(score, Sight("")).sentence == said


def test_every_trigger_and_fault_line_of_the_taxonomy_has_words() -> None:
    assert set(taxonomy().triggers) == set(words.TRIGGERS)
    assert set(taxonomy().lines) == set(words.FAULT_LINES)


def test_a_guess_at_the_country_says_that_it_is_one(case: Flashpoint) -> None:
    Flag.objects.update(places=[{"country": "DE", "name": "Germany", "main": True, "weak": True}])
    found = explained(line_of(Flag.objects.select_related("article").get()), Sight(""))
    assert found.places == ("Germany (a guess by the language: the text names no place)",)
