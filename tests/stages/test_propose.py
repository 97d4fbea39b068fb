"""Stage propose: a case comes, and the right people are proposed for it, as a set."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from experts import registry
from experts.matching import text
from experts.models import Ask, Brief, Expert, Mobilisation, Proposal
from experts.queries.registry import proposal, ranking
from experts.stages import propose
from streams.events import FlashpointGrew, FlashpointOpened
from streams.log import append
from streams.models import Record
from streams.wiring import topology, warm
from tests import cast
from tests.builders import drain

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = "Incendio nella sala di preghiera del porto di Genova: due quartieri si accusano"


def _opened(case: UUID | None = None, **told: object) -> FlashpointOpened:
    facts = {"lines": ("religion", "migration"), "countries": ("IT",), "languages": ("it", "ar"),
             "text": TEXT, **told}  # fmt: skip
    return FlashpointOpened.model_validate({"flashpoint": case or uuid7(), **facts})


def _flow(*events: FlashpointOpened | FlashpointGrew) -> None:
    for event in events:
        with transaction.atomic():
            append(event)
    outcome = drain(stages=["propose"])["propose"]
    assert outcome.failed == 0


def _slates() -> int:
    return Record.objects.filter(kind="SlateProposed").count()


def test_a_new_case_gets_a_slate_with_reasons() -> None:
    cast.everybody()
    event = _opened()
    _flow(event)
    slate = proposal(event.flashpoint)
    assert {one.expert.ref for one in slate} == {"ottavia", "leila", "benno"}
    best = next(one for one in slate if one.expert.ref == "ottavia")
    assert "speaks Italian" in best.reasons
    assert "works on religion in Italy" in best.reasons
    assert _slates() == 1


def test_nobody_is_proposed_who_cannot_be_asked() -> None:
    cast.everybody()
    event = _opened()
    _flow(event)
    found = {one.expert.ref for one in ranking(event.flashpoint)}
    assert not found & {"corrado", "nouran", "paused_pia", "silent_sven"}


def test_a_case_that_grows_is_ranked_anew_and_the_generation_rises() -> None:
    cast.everybody()
    event = _opened()
    _flow(event)
    Expert.objects.get(ref="benno").delete()
    grown = FlashpointGrew(**event.model_dump(exclude={"id", "at", "by_hand"}))
    _flow(grown)
    held = Proposal.objects.get(case=event.flashpoint)
    assert held.generation == 2
    assert "benno" not in {one.expert.ref for one in ranking(event.flashpoint)}


def test_growth_that_moves_nobody_makes_no_new_generation() -> None:
    cast.everybody()
    event = _opened()
    _flow(event)
    _flow(FlashpointGrew(**event.model_dump(exclude={"id", "at", "by_hand"})))
    assert Proposal.objects.get(case=event.flashpoint).generation == 1
    assert _slates() == 1


def test_a_person_who_left_between_ranking_and_writing_is_not_written() -> None:
    cast.everybody()
    event = _opened()
    prepared = propose.prepare([event])
    gone = Expert.objects.get(ref="ottavia")
    gone.delete()
    with transaction.atomic():
        propose.apply(prepared)
    held = Proposal.objects.get(case=event.flashpoint)
    assert str(gone.pk) not in [*held.slate, *(line["expert"] for line in held.ranking)]


def test_a_pause_takes_effect_with_the_next_case() -> None:
    people = {expert.ref: expert for expert in cast.everybody()}
    first, second = _opened(), _opened()
    _flow(first)
    until = timezone.now() + timedelta(days=3)
    registry.pause(people["ottavia"].pk, until, cast.staff().pk)
    _flow(second)
    assert "ottavia" in {one.expert.ref for one in proposal(first.flashpoint)}
    assert "ottavia" not in {one.expert.ref for one in proposal(second.flashpoint)}


def test_an_invented_case_never_gets_real_people() -> None:
    cast.everybody()
    cast.expert("ottavia")
    Expert.objects.filter(ref="leila").update(demo=True)
    event = _opened(demo=True)
    _flow(event)
    assert [one.expert.ref for one in proposal(event.flashpoint)] == ["leila"]
    assert Proposal.objects.get(case=event.flashpoint).demo


def test_invented_people_stand_in_for_a_real_case_only_while_there_is_nobody_else() -> None:
    cast.expert("leila", demo=True)
    alone = _opened()
    _flow(alone)
    assert [one.expert.ref for one in proposal(alone.flashpoint)] == ["leila"]
    cast.expert("ottavia")
    together = _opened()
    _flow(together)
    assert [one.expert.ref for one in proposal(together.flashpoint)] == ["ottavia"]


def test_who_was_asked_lately_steps_back_behind_an_equal() -> None:
    first, second = cast.expert("ottavia"), cast.expert("benno")
    for name in ("title", "bio", "fault_lines", "languages", "regions", "affiliation"):
        setattr(second, name, getattr(first, name))
    second.save()
    _asked(first)
    event = _opened()
    _flow(event)
    assert [one.expert.ref for one in ranking(event.flashpoint)] == ["benno", "ottavia"]
    assert "asked once in 90 days" in ranking(event.flashpoint)[1].reasons


def test_a_case_opened_by_hand_without_words_is_ranked_by_its_codes() -> None:
    cast.everybody()
    event = _opened(text="", by_hand=True)
    _flow(event)
    assert {one.expert.ref for one in proposal(event.flashpoint)} == {"ottavia", "leila", "benno"}


def test_an_empty_registry_proposes_nobody_and_says_so() -> None:
    event = _opened()
    _flow(event)
    assert proposal(event.flashpoint) == []
    assert Proposal.objects.filter(case=event.flashpoint).exists()


def test_stored_reasons_and_sides_name_no_community() -> None:
    cast.everybody()
    event = _opened()
    _flow(event)
    held = Proposal.objects.get(case=event.flashpoint)
    assert "harbour families" not in str(held.ranking)
    assert {line["side"] for line in held.ranking} <= {"a", "b", ""}


def _asked(expert: Expert) -> None:
    now = timezone.now()
    asking = Mobilisation.objects.create(
        case=uuid7(), case_number="26-1121-01", slots=1, extra=1, deadline_at=now,
        hold_until=now, prepared_by=1, prepared_at=now,
    )  # fmt: skip
    Brief.objects.create(
        mobilisation=asking, version=1, ask_text="x", deadline_at=now, made_by=1, made_at=now
    )
    Ask.objects.create(
        mobilisation=asking, expert=expert, wave=1, asked_at=now, due_at=now, state="expired"
    )


def test_a_warm_worker_knows_all_names_before_the_first_case() -> None:
    text.place_words.cache_clear()
    warm(topology().stage("propose"))
    assert text.place_words.cache_info().currsize == 1
