"""The page "How well do we see?": figures, blind spots, changes, and what it says when empty."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from models import artifacts
from models.figures import FEWEST, Bin, Group, Interval, Report
from rrmm.flashpoints.models import ModelFile
from rrmm.flashpoints.queries import seeing
from rrmm.web.staff import strip
from rrmm.web.templatetags.rrmm import percent
from streams.collectors.models import Feed, FeedDay, FeedHour
from tests import learned
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    strip.forget()
    return signed_in(make_staff())


def _page(client: Client, address: str = "/seeing/") -> str:
    strip.forget()
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def _report(precision: float = 0.8) -> Report:
    p, r = Interval(precision, precision - 0.04, precision + 0.04), Interval(0.9, 0.87, 0.93)

    def group(language: str, positives: int, line: str = "", right: Interval = p) -> Group:
        return Group(f"{language} feeds", language, positives, 2000, r, r, r, right, r, 0.8, line)

    return Report(
        groups=(group("en", 400), group("fr", 13)),
        lines=(
            group("", 90, "religion", Interval(0.6, 0.56, 0.64)),
            group("", FEWEST - 1, "culture"),
        ),
        pooled=group("", 413),
        brier=0.0123,
        skill=0.66,
        reliability=(Bin(0, 0.5, 0.03, 0.02, 0.95), Bin(0.5, 1, 0.8, 0.72, 0.05)),
        lines_f1=0.91,
        trigger=0.8,
        severity=0.7,
        items=5000,
        made_on="2026-11-20",
        sources={"feeds": 4000},
    )


def _model(version: str, days_ago: int, state: str = "champion", **given: Any) -> ModelFile:
    at = timezone.now() - timedelta(days=days_ago)
    return ModelFile.objects.create(
        version=version, digest=version, size=1, made_at=at, promoted_at=at, state=state, **given
    )


def _source(country: str, language: str, usual: int, came: int) -> None:
    now = timezone.now()
    feed = Feed.objects.create(
        url=f"https://{country}.example/rss", country=country, language=language,
        last_fetched_at=now,
    )  # fmt: skip
    FeedDay.objects.bulk_create(
        FeedDay(feed=feed, day=now.date() - timedelta(days=back), articles=usual)
        for back in range(1, 30)
    )
    hour = now.replace(minute=0, second=0, microsecond=0)
    FeedHour.objects.create(feed=feed, hour=hour, articles=came)


def test_a_model_without_figures_says_so_and_claims_nothing(
    client: Client, settings: Any, tmp_path: Path
) -> None:
    settings.MODEL_FILE = tmp_path / "unmeasured.skops"
    artifacts.save(replace(learned.shipped(), metrics={}), settings.MODEL_FILE)
    _model("old-1", 1)
    page = _page(client)
    assert "brings no measured figures" in page
    assert "Not measured yet" in page
    assert "Of 10 flags" not in page


def test_a_file_that_is_no_model_is_said(client: Client, settings: Any, tmp_path: Path) -> None:
    settings.MODEL_FILE = tmp_path / "none.skops"
    assert "cannot be read" in _page(client)
    settings.MODEL_FILE.write_bytes(b"not a zip")
    assert "cannot be read" in _page(client)


def test_figures_stand_with_intervals_sentences_and_what_was_held_out(client: Client) -> None:
    _model("new-2", 1, report=_report().as_dict())
    page = _page(client)
    assert "Of 10 flags about 8 are right; of 10 flashpoints we see about 9." in page
    assert "English, news feeds" in page
    assert "76 % to 84 %" in page
    assert "400 flashpoints of 2,000 articles" in page
    assert "<bdi>French, news feeds</bdi> (13)" in page
    assert "Fewer than 40 flashpoints were held out there" in page
    assert "0.0123" in page
    assert 'class="reliability"' in page
    assert "5,000 articles were held out." in page
    assert "If borderline articles count as right too, 80 % of the flags are." in page
    lines = page[page.index("By fault line") : page.index('id="sure"')]
    said = "Of 10 flags that name it about 6 are right; of 10 flashpoints along it we see about 9."
    assert said in lines
    assert "60 %" in lines
    assert "56 % to 64 %" in lines
    assert "87 % to 93 %" in lines
    assert "Too few to say alone: <bdi>Culture</bdi> (39)." in lines


def test_what_changed_is_said_against_the_model_before(client: Client) -> None:
    _model("first-1", 9, "retired", report=_report(0.6).as_dict())
    _model("second-2", 1, report=_report(0.8).as_dict(), reason="fewer false alarms")
    page = _page(client)
    changes = page[page.index('id="changes"') :]
    assert changes.index("second-2") < changes.index("first-1")
    assert "right flags: better; seen: no clear difference" in changes
    assert "fewer false alarms" in changes
    assert changes.count("at work</span>") == 1
    assert "came with the mechanism" in changes


def test_a_challenger_that_never_worked_is_not_in_the_history(client: Client) -> None:
    ModelFile.objects.create(version="tried-3", digest="t", size=1, made_at=timezone.now())
    assert "tried-3" not in _page(client)
    assert seeing.reigns()[0].now


def test_figures_of_another_shape_stop_nobody(client: Client) -> None:
    _model("odd-4", 1, report={"groups": [{"name": "x"}]})
    assert "brings no measured figures" in _page(client)


def test_silent_and_quiet_sources_are_named_with_what_was_expected(client: Client) -> None:
    _source("ML", "fr", usual=30, came=0)
    _source("IQ", "ar", usual=40, came=7)
    _source("FR", "fr", usual=10, came=12)
    page = _page(client)
    blind = page[page.index('id="blind"') : page.index('id="changes"')]
    assert blind.index("Mali (French)") < blind.index("Iraq (Arabic)") < blind.index("France (")
    assert "quieter than usual" in blind
    assert "as usual" in blind
    assert "without any source" in blind


def test_the_desk_says_how_far_it_sees_beside_no_flashpoints(client: Client) -> None:
    _source("ML", "fr", usual=30, came=0)
    page = _page(client, "/")
    assert "Silent for a day: Mali (French)." in page
    assert "There an empty desk says nothing." in page


def test_the_strip_counts_silent_and_quiet_groups(client: Client) -> None:
    assert "blind everywhere" in _page(client, "/watch/")
    _source("ML", "fr", usual=30, came=0)
    assert "<b>1</b> silent, <b>0</b> quiet" in _page(client, "/watch/")
    FeedDay.objects.all().delete()
    assert "blind spots: still counting" in _page(client, "/watch/")


@pytest.mark.parametrize(("share", "said"), [(0.978, "98 %"), (0.0, "0 %"), (0.555, "56 %")])
def test_percentages_are_rounded_not_cut(share: float, said: str) -> None:
    assert percent(share) == said


def test_only_staff_see_it() -> None:
    assert Client().get("/seeing/").status_code == 302
