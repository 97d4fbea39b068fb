"""The card's figures: made again from the labelled data, by the code that made the model."""

from pathlib import Path

import pytest

from models import artifacts, corpus, machines, train
from models.features import units
from models.flashpoint import MODEL
from models.taxonomy import taxonomy

pytestmark = [pytest.mark.data, pytest.mark.timeout(900)]


def test_training_without_the_held_out_sources_and_dates_gives_the_shipped_figures(
    shared_data: Path,
) -> None:
    """Of the machine on words; encoding 21,000 items for the other takes minutes, which
    `python -m models.train` spends."""
    shipped = artifacts.load(MODEL).metrics["held_out"]["words"]
    data = corpus.read(shared_data / "flashpoints")
    told = [units(text, taxonomy()) for text in data.texts]
    with machines.one_thread():
        words = machines.flashpoint_by_words(told, data, train.early_and_known(data))
    assert train.on_unseen(data, words) == shipped


def test_the_held_out_figures_reach_what_the_card_promises() -> None:
    held_out = artifacts.load(MODEL).metrics["held_out"]["both"]
    assert held_out["new source, new date"]["rss"]["ap"] >= 0.87
    assert held_out["new date"]["rss"]["ap"] >= 0.88
    assert held_out["new date"]["wcep"]["ap"] >= 0.94
    assert held_out["new date"]["ar"]["ap"] >= 0.87
    assert held_out["new date"]["de"]["ap"] >= 0.98


def test_the_encoder_adds_to_words_where_it_was_measured() -> None:
    held_out = artifacts.load(MODEL).metrics["held_out"]
    for name in ("rss", "wcep", "ar", "de"):
        both = held_out["both"]["new date"][name]["ap"]
        assert both >= held_out["words"]["new date"][name]["ap"], name


def test_the_cheap_first_answer_costs_no_group_more_than_half_a_point() -> None:
    for figures in artifacts.load(MODEL).metrics["cheap"].values():
        assert figures["cheap"] >= figures["all"] - 0.005


def test_neither_invented_items_nor_later_labels_are_measured(shared_data: Path) -> None:
    data = corpus.read(shared_data / "flashpoints")
    assert data.invented.sum() > 400
    assert not data.measured[data.invented].any()
    assert data.measured.sum() == 21_254, "or figures of two versions cannot be compared"
    assert (corpus.periods(data, 4)[data.invented] == -1).all()
    assert not (data.weight[data.invented] > 0).any()


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
    assert set(folds) == {-1, 0, 1, 2, 3}
