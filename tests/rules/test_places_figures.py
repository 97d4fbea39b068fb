"""The country of real news items, labelled before any answer was seen: floors per set."""

import json
from pathlib import Path

import pytest

from models.places import Gazetteer

pytestmark = [pytest.mark.data]

LABELS = Path(__file__).parents[1] / "data" / "places" / "real.jsonl"
FLOORS = {"develop": 0.91, "report": 0.91, "fresh": 0.88}
"""Share of items whose main country the label accepts. Measured: docs/places.md."""


@pytest.fixture(scope="module")
def answers(shared_data: Path) -> list[tuple[str, bool]]:
    """Half of each labelled item, and whether the gazetteer gave an accepted country."""
    labels = {row["id"]: row for row in map(json.loads, LABELS.read_text().splitlines())}
    found: list[tuple[str, bool]] = []
    with (shared_data / "flashpoints" / "train.jsonl").open(encoding="utf-8") as file:
        for item in map(json.loads, file):
            if row := labels.get(item["id"]):
                places = Gazetteer.load().find(item["text"], item["lang"])
                country = next((place.country for place in places if place.main), "")
                found.append((row["half"], country in row["countries"]))
    return found


def test_every_labelled_item_is_in_the_collection(answers: list[tuple[str, bool]]) -> None:
    assert len(answers) == len(LABELS.read_text().splitlines()) == 550


@pytest.mark.parametrize("half", FLOORS)
def test_the_main_country_is_right_as_often_as_promised(
    half: str, answers: list[tuple[str, bool]]
) -> None:
    right = [is_right for name, is_right in answers if name == half]
    assert sum(right) / len(right) >= FLOORS[half]


def test_only_ids_and_codes_of_real_items_are_kept() -> None:
    for line in LABELS.read_text().splitlines():
        row = json.loads(line)
        assert set(row) == {"id", "language", "countries", "half"}
        assert all(code == "" or (len(code) == 2 and code.isupper()) for code in row["countries"])
