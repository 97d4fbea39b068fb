"""The shipped assessor: what it flags, why, and that no text breaks it."""

from dataclasses import asdict
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import skops.io
from hypothesis import given, settings
from hypothesis import strategies as st

from models import artifacts, scoring
from models.features import units, vectors
from models.flashpoint import MODEL, Assessor, Item
from models.scoring import Scorer
from models.taxonomy import taxonomy

GOLDEN = [
    ("en", "Mob torches mosque after rumour of Quran burning, dozens hurt", "religion"),
    ("en", "Thousands march against asylum seekers' hotel, police attacked", "migration"),
    ("en", "Players walk off after racist chants from the stands", "ethnicity"),
    ("fr", "Une mosquée vandalisée par des tags islamophobes", "religion"),
    ("de", "Brandanschlag auf Flüchtlingsheim, Ermittler vermuten Fremdenhass", "migration"),
    ("es", "Pintadas antisemitas en la sinagoga indignan a la comunidad judía", "religion"),
    ("ar", "اعتداء على كنيسة قبطية يثير غضب المسيحيين", "religion"),
    ("ru", "Неизвестные осквернили мечеть, мусульмане требуют наказания", "religion"),
    ("tr", "Camiye ırkçı saldırı Müslüman toplumunu öfkelendirdi", "religion"),
    ("zh", "清真寺遭纵火，穆斯林社区抗议仇恨犯罪", "religion"),
    ("fa", "حمله به مسجد شیعیان ده‌ها کشته بر جای گذاشت", "religion"),
    ("hi", "मस्जिद विवाद पर सांप्रदायिक हिंसा, हिंदू और मुस्लिम आमने सामने", "religion"),
    ("pt", "Ataque racista contra imigrantes haitianos gera protesto", "migration"),
    ("id", "Massa membakar masjid Ahmadiyah, umat Islam terbelah", "religion"),
]
ORDINARY = [
    "Central bank keeps interest rate at four per cent",
    "Late goal sends the home side into the semi-final",
    "La bolsa cierra con ganancias tras los datos de empleo",
    "Neues Smartphone kommt im Herbst in den Handel",
    "Hava yarın güneşli olacak",
    "اسعار النفط ترتفع في الاسواق",
]


@cache
def assessor() -> Assessor:
    return Assessor.load()


@pytest.mark.parametrize(("language", "text", "line"), GOLDEN)
def test_a_flashpoint_is_flagged_with_its_fault_line(language: str, text: str, line: str) -> None:
    (said,) = assessor().assess([Item(text, language)])
    assert said.flagged
    assert said.language == language
    assert line in said.lines
    assert said.trigger in taxonomy().triggers
    assert said.severity in (1, 2, 3)
    assert said.reasons[0].weight > 0


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_news_is_not_flagged_and_costs_nothing_more(text: str) -> None:
    (said,) = assessor().assess([Item(text)])
    assert not said.flagged
    assert (said.lines, said.trigger, said.severity, said.places, said.reasons) == (
        (),
        "",
        0,
        (),
        (),
    )


def test_reasons_are_the_articles_own_words_heaviest_first() -> None:
    text = "Église incendiée à Nantes : la communauté catholique sous le choc"
    (said,) = assessor().assess([Item(text, "fr")], everything=True)
    positive = [reason.weight for reason in said.reasons if reason.weight > 0]
    assert positive == sorted(positive, reverse=True)
    assert all(reason.words in text for reason in said.reasons)
    assert "Église incendiée" in said.reasons[0].words
    assert said.reasons[0].line == "religion"


def test_the_order_and_size_of_a_batch_change_nothing() -> None:
    items = [Item(text, language) for language, text, _line in GOLDEN]
    together = assessor().assess(items * 40)
    alone = [assessor().assess([item])[0] for item in items]
    for one, many in zip(alone, together, strict=False):
        assert one.score == pytest.approx(many.score, abs=1e-6)
        assert one.lines == many.lines
    assert len(together) == 40 * len(items)


def test_the_fast_scorer_gives_what_the_training_matrix_gives() -> None:
    model = artifacts.load(MODEL)
    texts = [text for _language, text, _line in GOLDEN] + ORDINARY
    x = vectors([units(text, taxonomy()) for text in texts], model.vocabulary)
    fast = Scorer(model, taxonomy()).margins(texts)
    assert np.allclose(fast, x @ model.weights + model.bias, atol=1e-4)


STRANGE = [
    "",
    " ",
    "\x00\x01\x02",
    "😀🔥",
    "\u202eslamic\u202c\u200f\u200e",
    "a" * 100_000,
    "مسجد " * 20_000,
    "清真寺" * 33_333,
    "\ud800",
    "\n".join("x" for _ in range(1000)),
    "ﷺ" * 50,
    "İ" * 300,
    "e\u0301" * 500,
]


@pytest.mark.parametrize("text", STRANGE, ids=range(len(STRANGE)))
def test_strange_texts_are_assessed_like_others(text: str) -> None:
    (said,) = assessor().assess([Item(text)], everything=True)
    assert 0 <= said.score <= 1
    assert said.lines
    assert asdict(said)["version"] == assessor().version


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=300), max_size=5))
def test_no_text_breaks_the_assessor(texts: list[str]) -> None:
    found = assessor().assess([Item(text) for text in texts], everything=True)
    assert len(found) == len(texts)
    for text, said in zip(texts, found, strict=True):
        assert 0 <= said.score <= 1
        assert said.flagged == (said.score >= assessor().threshold)
        assert all(reason.words in text for reason in said.reasons)


def test_a_missing_or_foreign_model_is_refused_with_a_way_out(tmp_path: Path) -> None:
    with pytest.raises(artifacts.UnreadableModel, match=r"models\.train"):
        artifacts.load(tmp_path / "none.skops")
    broken = tmp_path / "broken.skops"
    broken.write_bytes(b"PK not a model")
    with pytest.raises(artifacts.UnreadableModel, match="not a model file"):
        artifacts.load(broken)
    other = tmp_path / "other.skops"
    skops.io.dump({"format": 99}, other)
    with pytest.raises(artifacts.UnreadableModel, match="format"):
        artifacts.load(other)


class Smuggled:
    """A type that no model file of ours may hold."""


def test_a_model_that_holds_code_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "smuggled.skops"
    skops.io.dump({"format": artifacts.FORMAT, "x": Smuggled()}, file)
    with pytest.raises(artifacts.UnreadableModel, match="may not hold"):
        artifacts.load(file)


def test_the_model_file_is_small() -> None:
    assert MODEL.stat().st_size < 30_000_000


def test_every_idea_has_words_and_a_known_line() -> None:
    known = taxonomy()
    assert set(known.line_of.values()) <= {"", *known.lines}
    for idea in known.ideas:
        filed = [*known.exact.values(), *known.stems.values(), *known.han.values()]
        assert any(idea in ideas for ideas in filed), idea


@pytest.mark.parametrize(
    ("word", "idea"),
    [
        ("Moscheen", "mosque"),
        ("mosquées", "mosque"),
        ("وبالمسجد", "mosque"),
        ("मस्जिदों", "mosque"),
        ("穆斯林社区", "islam"),
        ("göçmenlere", "migrant"),
        ("беженцев", "refugee"),
        ("pengungsi", "refugee"),
    ],
)
def test_an_idea_is_known_in_other_languages(word: str, idea: str) -> None:
    assert idea in taxonomy().of_word(word)


def test_a_full_memory_starts_afresh_between_texts_and_changes_no_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = [text for _, text, _ in GOLDEN] + ORDINARY
    model = artifacts.load(MODEL)
    roomy = Scorer(model, taxonomy()).margins(texts)
    monkeypatch.setattr(scoring, "REMEMBERED", 300)
    assert np.allclose(Scorer(model, taxonomy()).margins(texts), roomy, atol=1e-4)


def test_long_texts_are_remembered_from_batch_to_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    scorer = Scorer(artifacts.load(MODEL), taxonomy())
    batch = [" ".join([text] * 15) for text in ORDINARY] * 40
    scorer.margins(batch)
    monkeypatch.setattr(Scorer, "_meet", lambda _self, word: pytest.fail(f"{word} was forgotten"))
    scorer.margins(batch)


def test_small_words_of_a_language_that_is_rare_in_training_are_no_reasons() -> None:
    text = "L'incendio è scoppiato nella moschea dei lavoratori portuali di Levantara, in Liguria"
    (said,) = Assessor.load().assess([Item(text, "it")], everything=True)
    parts = {word for reason in said.reasons for word in reason.words.lower().split()}
    assert "moschea" in parts
    assert not parts & {"di", "in", "è"}
