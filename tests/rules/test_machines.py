"""The parts of the model: kernel machine, mixture, prior, adaptation, cheap answers first."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from sklearn.kernel_approximation import Nystroem
from sklearn.linear_model import LogisticRegression

from models import artifacts
from models.adapt import adapt
from models.artifacts import Weights as Model
from models.encoder import encoder
from models.figures import Report
from models.fitting import around
from models.flashpoint import MODEL, Assessor, Item
from models.kernel import Space
from models.mixture import GROUPS, Mixture, Weights, fit, group_of
from models.places import Gazetteer


@cache
def shipped() -> Model:
    return artifacts.load(MODEL)


@cache
def gazetteer() -> Gazetteer:
    return Gazetteer.load()


def units(rows: int, size: int, seed: int) -> np.ndarray:
    drawn = np.random.default_rng(seed).normal(size=(rows, size)).astype(np.float32)
    return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True))


def test_the_folded_kernel_answers_as_scikit_learns_features_do() -> None:
    rows = units(200, 32, seed=1)
    peer = Nystroem(gamma=1.0, n_components=50, random_state=3).fit(rows)
    weights = np.random.default_rng(2).normal(size=(50, 4))
    bias = np.arange(4.0)
    machine = Space.of(rows, seed=3, size=50).kernel(weights, bias)
    assert np.allclose(machine.margins(rows), peer.transform(rows) @ weights + bias, atol=0.05)


def test_a_text_without_words_gets_the_bias_alone() -> None:
    rows = units(20, 8, seed=1)
    machine = Space.of(rows, seed=3, size=10).kernel(np.ones((10, 1)), np.array([0.25]))
    assert machine.margins(np.zeros((1, 8), np.float32))[0, 0] == 0.25


def test_without_a_prior_it_is_logistic_regression_and_with_a_firm_one_nothing_moves() -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(size=(400, 3))
    truth = x @ np.array([2.0, -1.0, 0.5]) + rng.normal(size=400) > 0
    free = around(x, truth, np.ones(400), np.zeros(3), 1.0)
    peer = LogisticRegression(C=1.0, fit_intercept=False, tol=1e-8).fit(x, truth)
    assert np.allclose(free, peer.coef_[0], atol=1e-2)
    centre = np.array([0.1, 0.2, 0.3])
    assert np.allclose(around(x, truth, np.ones(400), centre, 1e9), centre, atol=1e-3)


def test_a_group_without_items_gets_the_common_weights_and_one_with_many_its_own() -> None:
    rng = np.random.default_rng(5)
    rel = np.where(rng.random(1200) < 0.4, 2, 0)
    groups = np.where(np.arange(1200) < 600, "en", "de")
    words = (rel - 1) + rng.normal(size=1200)
    # In German the encoder knows nothing here.
    near = np.where(groups == "en", (rel - 1) + rng.normal(size=1200), rng.normal(size=1200))
    found = fit(list(groups), words, near, rel, np.ones(1200))
    assert found.both["en"].encoder > 3 * found.both["de"].encoder > -1
    assert set(found.both) == set(found.alone) == set(GROUPS)
    share = {name: found.both[name].encoder / found.both[name].words for name in ("near", "far")}
    assert share["near"] == pytest.approx(share["far"], rel=1e-6)


def test_odds_without_the_encoder_are_those_of_words_alone() -> None:
    table = {name: Weights(1.0, 2.0, 0.5) for name in GROUPS}
    alone = {name: Weights(3.0, 0.0, -1.0) for name in GROUPS}
    odds = Mixture(table, alone).odds(["en", "far"], np.ones(2), np.array([1.0, np.nan]))
    assert odds.tolist() == [3.5, 2.0]


def test_languages_have_groups() -> None:
    known = encoder().languages
    assert [group_of(code, known) for code in ("en", "ar", "fr", "hi", "")] == [
        "en",
        "ar",
        "near",
        "far",
        "far",
    ]


EXAMPLES = [
    ("Harbour festival cancelled over quarrel about the new lighthouse keeper", 2),
    ("Lighthouse keeper insulted again, islanders gather at the pier", 2),
    ("Rage on the island after the lighthouse was painted green", 2),
    ("Green paint on the lighthouse splits the islanders", 2),
    ("Ferry timetable changes in spring", 0),
    ("New bakery opens at the pier", 0),
    ("Island school wins chess cup", 0),
    ("Storm closes the harbour for a day", 0),
]


def rows() -> list[dict[str, object]]:
    return [
        {"id": str(n), "lang": "en", "src": "collected", "date": "2026-05-01", "text": text,
         "rel": rel, "lines": "C" if rel else "", "trigger": "heritage" if rel else None,
         "sev": 1 if rel else None, "weight": None}
        for n, (text, rel) in enumerate(EXAMPLES * 6)
    ]  # fmt: skip


def test_adapting_moves_what_the_examples_speak_of_and_little_else() -> None:
    moved = adapt(shipped(), rows())
    asked = [
        Item("Anger on the island: lighthouse painted green", "en"),
        Item("Mosque set on fire in Lyon, police suspect hate crime", "en"),
        Item("Central bank keeps interest rate at four per cent", "en"),
    ]
    before = Assessor(shipped(), gazetteer(), encoder()).assess(asked, everything=True)
    after = Assessor(moved, gazetteer(), encoder()).assess(asked, everything=True)
    assert after[0].score > 2 * before[0].score
    for was, now in zip(before[1:], after[1:], strict=True):
        assert now.flagged == was.flagged
        assert now.score == pytest.approx(was.score, abs=0.1)
    assert moved.version.startswith(f"{shipped().version}+")
    assert moved.version == adapt(shipped(), rows()).version


def test_examples_of_one_kind_alone_move_no_model() -> None:
    with pytest.raises(ValueError, match="flashpoints and others"):
        adapt(shipped(), [row for row in rows() if row["rel"] == 2])


def test_a_model_survives_its_file(tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("model") / "model.skops"
    artifacts.save(replace(shipped(), version="again"), file)
    again = artifacts.load(file)
    assert again.version == "again"
    assert np.array_equal(again.kernel.weights, shipped().kernel.weights)
    assert again.mixture == shipped().mixture
    assert again.thresholds == shipped().thresholds


class Counting:
    """An encoder that notes what it was asked."""

    def __init__(self) -> None:
        self.name, self.size = encoder().name, encoder().size
        self.languages = encoder().languages
        self.asked: list[str] = []

    def encode(self, texts: list[str]) -> np.ndarray:
        self.asked += texts
        return encoder().encode(texts)


def test_words_alone_answer_for_what_is_clearly_no_flashpoint_unless_all_is_wanted() -> None:
    counting = Counting()
    reader = Assessor(shipped(), gazetteer(), counting)  # type: ignore[arg-type]
    items = [
        Item("Late goal sends the home side into the semi-final", "en"),
        Item("Mosque set on fire in Lyon, police suspect hate crime", "en"),
    ]
    quick = reader.assess(items)
    assert counting.asked == [items[1].text]
    assert quick[0].vector is None
    assert quick[1].vector is not None
    assert np.linalg.norm(quick[1].vector) == pytest.approx(1.0, abs=1e-5)
    whole = reader.assess(items, everything=True)
    assert whole[0].vector is not None
    assert whole[1].score == pytest.approx(quick[1].score, abs=1e-6)
    assert not quick[0].flagged


def test_in_a_language_that_the_encoder_was_never_taught_it_is_not_asked() -> None:
    counting = Counting()
    reader = Assessor(shipped(), gazetteer(), counting)  # type: ignore[arg-type]
    (said,) = reader.assess(
        [Item("मस्जिद विवाद पर सांप्रदायिक हिंसा, हिंदू और मुस्लिम आमने सामने", "hi")], everything=True
    )
    assert counting.asked == []
    assert said.vector is None
    assert said.flagged


def test_the_shipped_model_carries_its_figures() -> None:
    report = Report.of(shipped().metrics["report"])
    assert report.pooled.positives > 3000
    assert all(group.ap.low <= group.ap.value <= group.ap.high for group in report.groups)
    assert {group.line for group in report.lines} == {
        "religion",
        "ethnicity",
        "migration",
        "culture",
    }
    assert "invented" not in {group.name for group in report.groups}
