"""The card's figures: made again from the labelled data, by the code that made the model."""

from pathlib import Path

import pytest

from models import artifacts, corpus, train
from models.features import units
from models.flashpoint import MODEL
from models.taxonomy import taxonomy

pytestmark = [pytest.mark.data, pytest.mark.timeout(900)]


def test_training_without_the_held_out_sources_and_dates_gives_the_shipped_figures(
    shared_data: Path,
) -> None:
    shipped = artifacts.load(MODEL).metrics["held_out"]
    data = corpus.read(shared_data / "flashpoints")
    told = [units(text, taxonomy()) for text in data.texts]
    found = train.unseen_sources_and_dates(data, told)
    assert found == {kind: shipped[kind] for kind in found}


def test_the_held_out_figures_reach_what_the_card_promises() -> None:
    held_out = artifacts.load(MODEL).metrics["held_out"]
    assert held_out["new source, new date"]["rss"]["ap"] >= 0.84
    assert held_out["new date"]["rss"]["ap"] >= 0.86
    assert held_out["new date"]["wcep"]["ap"] >= 0.94
    assert held_out["new date"]["ar"]["ap"] >= 0.90
    assert held_out["new date"]["de"]["ap"] >= 0.95


def test_no_source_or_date_kept_back_is_trained_on(shared_data: Path) -> None:
    data = corpus.read(shared_data / "flashpoints")
    seen = ~corpus.late(data) & ~corpus.new_source(data)
    assert not set(data.sources[seen]) & corpus.NEW_SOURCES
    feeds = data.collections == "rss"
    assert (
        max(data.dates[seen & feeds])
        < corpus.LATE["rss"]
        <= min(data.dates[corpus.late(data) & feeds])
    )


def test_items_of_one_week_of_the_feeds_stay_in_one_fold(shared_data: Path) -> None:
    data = corpus.read(shared_data / "flashpoints")
    folds = corpus.periods(data, 4)
    one_day = (data.collections == "rss") & (data.dates == "2026-06-10")
    assert one_day.any()
    assert len(set(folds[one_day])) == 1
    assert len(set(folds)) == 4
