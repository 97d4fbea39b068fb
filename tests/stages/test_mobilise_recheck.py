"""Between deciding and writing the world may move: apply re-checks what prepare relied on."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from experts import services
from experts.models import Risk
from experts.plan import BriefSentence
from experts.stages import mobilise
from streams.events import MobilisationPrepared
from streams.mail.models import Message
from streams.models import Record
from streams.retry import Transient
from tests import asking as a
from tests.builders import drain

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_hold(settings: Any) -> None:
    settings.ASK_HOLD = 0


def foreseen(made: Any) -> Any:
    return mobilise.prepare([MobilisationPrepared(mobilisation=made.pk, case=made.case)])


def test_stopped_in_between_nobody_is_asked() -> None:
    made = a.prepared(a.people(3))
    seen = foreseen(made)
    services.stop_mobilisation(made.pk, a.staff().pk)
    mobilise.apply(seen)
    drain(a.STAGES)
    assert not made.asks.exists()
    assert not Message.objects.exists()


@pytest.mark.parametrize("change", ["paused", "shielded", "removed"])
def test_somebody_who_may_no_longer_be_asked_sends_the_stage_back(change: str) -> None:
    one, two = a.people(2)
    made = a.prepared([one, two], slots=1)
    seen = foreseen(made)
    if change == "paused":
        one.paused_until = timezone.now() + timedelta(days=1)
        one.save()
    elif change == "shielded":
        services.set_risk(made.pk, one.pk, Risk.DO_NOT_MAIL, a.staff().pk)
    else:
        services.remove_from_slate(made.pk, one.pk, a.staff().pk)
    with pytest.raises(Transient):
        mobilise.apply(seen)
    drain(a.STAGES)
    assert a.open_asks(made) == {"Person 2"}


def test_a_brief_changed_in_between_is_rendered_anew() -> None:
    made = a.prepared(a.people(1), slots=1)
    seen = foreseen(made)
    services.new_brief_version(
        made.pk,
        a.staff().pk,
        [BriefSentence("It was a short circuit.")],
        "500 words.",
        made.deadline_at,
    )
    with pytest.raises(Transient):
        mobilise.apply(seen)
    drain(a.STAGES)
    assert "It was a short circuit." in Message.objects.get().text


def test_a_yes_in_between_makes_the_wave_smaller() -> None:
    one, two, three, four, five = a.people(5)
    made = a.asking([one, two, three, four, five])
    services.decline(a.token(made, one))
    services.decline(a.token(made, two))
    seen = foreseen(made)
    assert len(seen[0].asks) == 2
    services.accept(a.token(made, three))
    mobilise.apply(seen)
    assert len(a.open_asks(made)) == 2, "one open place and one more"


def test_applied_twice_it_asks_once() -> None:
    made = a.prepared(a.people(3))
    seen = foreseen(made)
    mobilise.apply(seen)
    mobilise.apply(seen)
    assert made.asks.count() == 3
    assert Message.objects.count() == 3


def test_the_log_carries_ids_only() -> None:
    one, *others = a.people(3)
    made = a.asking([one, *others])
    services.suggest(a.token(made, one), "Nour Example", "nour@uni.example")
    drain(a.STAGES)
    logged = " ".join(Record.objects.values_list("payload", flat=True))
    for private in ("Person", "people.example", "Nour", "Tamar", "fish hall"):
        assert private not in logged


def test_the_demo_goes_with_one_call_and_takes_nothing_else() -> None:
    real = a.asking([a.expert("Real Example")])
    invented = a.expert("Demo Example", demo=True)
    pretended = services.prepare_mobilisation(
        case_id=real.pk, number="d", plan=a.plan([invented]), staff_id=a.staff().pk, demo=True
    )
    drain(a.STAGES)
    gone = services.remove_demo()
    assert gone == {"mobilisations": 1, "proposals": 0, "experts": 1}
    assert a.states(real) == {"Real Example": "asked"}
    assert not type(real).objects.filter(pk=pretended).exists()
