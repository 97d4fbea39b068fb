"""What everything that keeps profiles' vectors for the matcher keeps to: in memory, in a file."""

import hashlib
import os
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from experts.matching.meaning import Floats, InMemory, Meaning, Meant, parts
from experts.vectors import VectorFile

SIZE = 8
TEXTS = ["a mosque", "a church", "a temple", "a mosque", "مسجد"]


class Letters:
    """An encoder without a model: a text's vector comes from its digest; counts its texts."""

    name, size, languages = "letters", SIZE, frozenset({"en"})

    def __init__(self) -> None:
        self.encoded = 0

    def encode(self, texts: Sequence[str]) -> Floats:
        self.encoded += len(texts)
        found = np.zeros((len(texts), SIZE), np.float32)
        for row, text in enumerate(texts):
            if text.strip():
                digest = np.frombuffer(hashlib.sha256(text.encode()).digest()[:SIZE], np.int8)
                found[row] = digest / np.linalg.norm(digest.astype(np.float32))
        return found


def _in_memory(_folder: Path, tool: Letters) -> Meaning:
    return InMemory(tool.encode, tool.languages)


def _in_a_file(folder: Path, tool: Letters) -> Meaning:
    return VectorFile(folder, "people", tool)


@pytest.fixture(params=[_in_memory, _in_a_file])
def meaning(request: pytest.FixtureRequest, tmp_path: Path) -> Meaning:
    make: Callable[[Path, Letters], Meaning] = request.param
    return make(tmp_path, Letters())


def test_each_text_has_its_vector(meaning: Meaning) -> None:
    vectors, rows = meaning.table(TEXTS)
    np.testing.assert_allclose(vectors[rows], Letters().encode(TEXTS), atol=1e-3)
    assert rows[0] == rows[3]
    np.testing.assert_allclose(meaning.of("a mosque"), vectors[rows[0]], atol=1e-3)


def test_no_texts_have_no_rows(meaning: Meaning) -> None:
    _vectors, rows = meaning.table([])
    assert len(rows) == 0


def test_the_nearest_part_counts_and_not_the_mean(meaning: Meaning) -> None:
    told = [["a church", "opera", "wine", "a church opera wine"], ["a choir"]]
    near = Meant(meaning, told).near("a church", np.asarray([True, True]))
    assert near[0] == pytest.approx(1.0, abs=1e-2)
    assert near[1] < 0.99


def test_who_may_not_be_asked_is_near_to_nothing(meaning: Meaning) -> None:
    meant = Meant(meaning, [["a church"]] * 20)
    few = np.zeros(20, dtype=bool)
    few[3] = True
    for among in (few, ~few):
        assert (meant.near("a church", among)[~among] == 0).all()
        assert (meant.near("a church", among)[among] > 0.99).all()
    assert (meant.near("a church", np.zeros(20, dtype=bool)) == 0).all()


def test_a_profile_has_at_least_one_part_and_the_last_is_the_whole() -> None:
    assert parts("") == [""]
    assert parts("One matter") == ["One matter"]
    assert parts("First matter. Second one.")[-1] == "First matter. Second one."
    assert parts("پہلا معاملہ۔ دوسرا معاملہ۔", "first matter")[-1] == "first matter"
    assert len(parts("A sentence. " * 500)) < 20


# --- the file -----------------------------------------------------------------------------------


def test_what_was_encoded_is_not_encoded_again(tmp_path: Path) -> None:
    VectorFile(tmp_path, "people", Letters()).table(TEXTS)
    tool = Letters()
    vectors, rows = VectorFile(tmp_path, "people", tool).table([*TEXTS, "a synagogue"])
    assert tool.encoded == 1
    np.testing.assert_allclose(vectors[rows], Letters().encode([*TEXTS, "a synagogue"]), atol=1e-3)


def test_nothing_of_a_person_stays_who_left(tmp_path: Path) -> None:
    file = VectorFile(tmp_path, "people", Letters())
    file.table(TEXTS)
    [path] = tmp_path.iterdir()
    before = path.stat().st_size
    left = Letters().encode(["a church"])[0].astype("<f4").tobytes()
    assert left in path.read_bytes()
    file.table(["a mosque", "مسجد"])
    assert left not in path.read_bytes()
    file.table(["a mosque", "مسجد", "new", "newer"])
    assert path.stat().st_size == before


def test_a_file_that_was_cut_off_in_the_middle_is_mended(tmp_path: Path) -> None:
    VectorFile(tmp_path, "people", Letters()).table(TEXTS)
    [path] = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-5])
    vectors, rows = VectorFile(tmp_path, "people", Letters()).table(TEXTS)
    np.testing.assert_allclose(vectors[rows], Letters().encode(TEXTS), atol=1e-3)


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    VectorFile(tmp_path, "people", Letters()).table(TEXTS)
    [path] = tmp_path.iterdir()
    assert path.stat().st_mode & 0o077 == 0


def test_encoders_do_not_share_a_file(tmp_path: Path) -> None:
    other = Letters()
    other.name = "others"
    VectorFile(tmp_path, "people", Letters()).table(TEXTS)
    VectorFile(tmp_path, "people", other).table(TEXTS)
    assert len(list(tmp_path.iterdir())) == 2


def _extend(folder: Path) -> int:
    vectors, rows = VectorFile(folder, "people", Letters()).table([f"text {n}" for n in range(500)])
    wanted = Letters().encode([f"text {n}" for n in range(500)])
    return int(np.abs(np.asarray(vectors[rows], np.float32) - wanted).max() < 1e-2)


@pytest.mark.skipif(os.cpu_count() == 1, reason="needs two processes at a time")
def test_two_processes_that_start_together_fill_it_once(tmp_path: Path) -> None:
    with get_context("spawn").Pool(2) as pool:
        assert pool.map(_extend, [tmp_path] * 2) == [1, 1]
    [path] = tmp_path.iterdir()
    assert path.stat().st_size == 500 * (8 + 4 * SIZE)
