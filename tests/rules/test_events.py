"""The vocabulary stays readable: one golden payload per event must load for ever."""

import json
from pathlib import Path
from typing import Any

import pytest

from streams.event import Event

GOLDEN = Path(__file__).parent.parent / "data" / "events"
SHIPPED = {
    kind: cls for kind, cls in Event.vocabulary().items() if cls.__module__ == "streams.events"
}


def only_known(again: Any, stored: Any) -> Any:
    """What came back without the fields that have been added since, inside of lists, too."""
    if isinstance(stored, dict):
        return {name: only_known(again[name], value) for name, value in stored.items()}
    if isinstance(stored, list) and len(again) == len(stored):
        return [only_known(*both) for both in zip(again, stored, strict=True)]
    return again


@pytest.mark.parametrize("kind", sorted(SHIPPED))
def test_every_event_has_a_golden_payload_that_still_loads(kind: str) -> None:
    files = sorted(GOLDEN.glob(f"*/{kind}.json"))
    assert files, f"write tests/data/events/0.1/{kind}.json"
    for file in files:
        stored = json.loads(file.read_text())
        loaded = SHIPPED[kind].model_validate(stored)
        again = json.loads(loaded.model_dump_json())
        assert only_known(again, stored) == stored


@pytest.mark.parametrize("kind", sorted(SHIPPED))
def test_an_event_of_tomorrow_with_more_fields_loads_today(kind: str) -> None:
    file = next(GOLDEN.glob(f"*/{kind}.json"))
    stored = json.loads(file.read_text()) | {"a_field_of_tomorrow": 1}
    assert SHIPPED[kind].model_validate(stored).key


def test_no_event_can_be_changed() -> None:
    event = SHIPPED["MailQueued"].model_validate_json(
        (GOLDEN / "0.1" / "MailQueued.json").read_text()
    )
    with pytest.raises(ValueError, match="frozen"):
        setattr(event, "demo", True)  # noqa: B010  mypy knows that it is read-only


def test_no_event_has_room_for_a_person() -> None:
    forbidden = {"email", "address", "phone", "first_name", "last_name", "expert_name", "note"}
    for cls in SHIPPED.values():
        assert not forbidden & set(cls.model_fields), cls.kind()
