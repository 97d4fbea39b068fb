"""A model file's figures are read without its weights, and nothing else is taken for figures."""

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import skops.io

from models import archive
from models.artifacts import Weights, save
from models.features import Vocabulary
from models.figures import Bin, Group, Interval, Report
from models.flashpoint import MODEL
from models.kernel import Kernel
from models.metrics import NoFigures, version_and_report
from models.mixture import Mixture
from models.verdicts import Chooser

I = Interval(0.8, 0.7, 0.9)  # noqa: E741  short for a table of them
GROUP = Group("feeds", "ar", 120, 4000, I, I, I, I, I, 0.85)
BINS = (Bin(0, 0.5, 0.1, 0.08, 1.0),)
REPORT = Report(
    (GROUP,), (replace(GROUP, line="religion"),), GROUP, 0.02, 0.6, BINS, 0.9, 0.8, 0.7, 5000,
    "2026-11-21", {"feeds": 1},
)  # fmt: skip


def model(path: Path, **metrics: object) -> Path:
    found = Weights(
        version="tiny-1",
        outputs=("flashpoint",),
        vocabulary=Vocabulary(["w:a"], np.ones(1)),
        weights=np.zeros((1, 1), np.float32),
        bias=np.zeros(1),
        kernel=Kernel(np.zeros((1, 2), np.float32), np.zeros((1, 1), np.float32), np.zeros(1)),
        encoder="tiny",
        mixture=Mixture({}, {}),
        passing={},
        thresholds={"en": 0.5},
        line_cuts={},
        trigger=Chooser(("law",), np.zeros((1, 1)), np.zeros(1)),
        severity=Chooser(("1",), np.zeros((1, 1)), np.zeros(1)),
        metrics=metrics,
    )
    save(found, path)
    return path


def test_a_report_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    file = model(tmp_path / "m.skops", seed=3, report=REPORT.as_dict())
    assert version_and_report(file) == ("tiny-1", REPORT)


def test_a_model_of_before_has_none(tmp_path: Path) -> None:
    assert version_and_report(model(tmp_path / "m.skops", rows=7)) == ("tiny-1", None)


def test_the_shipped_model_can_be_asked() -> None:
    assert version_and_report(MODEL)[0]


@pytest.mark.parametrize("report", [{"groups": []}, "none", 3, {"groups": [{"x": 1}]}])
def test_figures_of_another_shape_are_refused(tmp_path: Path, report: object) -> None:
    with pytest.raises(NoFigures):
        version_and_report(model(tmp_path / "m.skops", report=report))


def test_what_is_no_archive_of_ours_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no zip")
    with zipfile.ZipFile(tmp_path / "zip", "w") as archive:
        archive.writestr("schema.json", json.dumps([1, 2]))
    for name in ("text", "zip", "missing"):
        with pytest.raises(NoFigures):
            version_and_report(tmp_path / name)


def test_the_light_reader_reads_what_skops_reads(tmp_path: Path) -> None:
    file = model(tmp_path / "m.skops", report=REPORT.as_dict(), pair=(1, 2.5, None, True))
    ours, theirs = archive.read(file), skops.io.load(file, trusted=[])
    assert ours.keys() == theirs.keys()
    for name, value in theirs.items():
        if isinstance(value, np.ndarray):
            assert ours[name].dtype == value.dtype
            assert np.array_equal(ours[name], value)
        elif name not in {"trigger", "severity"}:
            assert ours[name] == value
    assert np.array_equal(ours["trigger"]["weights"], theirs["trigger"]["weights"])
