"""What staff do with cases: take, hold, dismiss, confirm, undo; and what stands in the way."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.contrib.auth.models import User
from django.utils import timezone

from experts.models import Mobilisation
from rrmm.flashpoints import jobs, queries, services
from rrmm.flashpoints.models import Flashpoint, State
from rrmm.flashpoints.services import Conflict
from streams.models import Record
from streams.trail import about
from tests import asking, watching
from tests.watching import case, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def tamar() -> User:
    return staff("Tamar Olin")


@pytest.fixture
def idris() -> User:
    return staff("Idris Kane")


def acts(found: Flashpoint) -> list[str]:
    ours = [row.act for row in about(found.pk) if row.act.startswith("flashpoint.")]
    return [act.removeprefix("flashpoint.") for act in ours if act != "flashpoint.opened_by_hand"]


def in_an_hour() -> Any:
    return timezone.now() + timedelta(hours=1)


def test_a_case_opened_by_hand_keeps_its_source_out_of_every_event(tamar: User) -> None:
    opened = services.open_by_hand(
        tamar,
        headline="Threats against the harbour families",
        country="it",
        place="Porto Sereno",
        lines=["migration"],
        severity=2,
        note="Told by a neighbour who must not be named",
        origin="partner",
        languages=["it"],
    )
    found = Flashpoint.objects.get(pk=opened)
    assert (found.country, found.voices, found.corroboration) == ("IT", 0, 0)
    payloads = " ".join(Record.objects.values_list("payload", flat=True))
    assert "neighbour" not in payloads
    assert "Threats" not in payloads
    assert str(opened) in payloads


def test_a_form_with_holes_says_what_is_missing(tamar: User) -> None:
    with pytest.raises(Conflict, match=r"what happened.*which country.*fault line"):
        services.open_by_hand(
            tamar, headline=" ", country="", place="", lines=["sport"], severity=2,
            note="", origin="staff", languages=[],
        )  # fmt: skip
    assert not Flashpoint.objects.exists()


def test_numbers_run_through_the_day(tamar: User) -> None:
    with time_machine.travel("2026-11-21T10:00:00Z", tick=False):
        assert [case(tamar).number, case(tamar).number] == ["26-1121-01", "26-1121-02"]
    with time_machine.travel("2026-11-22T10:00:00Z", tick=False):
        assert case(tamar).number == "26-1122-01"


def test_a_lease_lasts_fifteen_minutes(tamar: User, idris: User) -> None:
    found = case(tamar)
    with time_machine.travel("2026-11-21T10:00:00Z", tick=False) as clock:
        services.take(found.pk, tamar)
        with pytest.raises(Conflict, match="until 10:15 UTC"):
            services.take(found.pk, idris)
        clock.shift(timedelta(minutes=15))
        assert services.take(found.pk, idris).holder_id == idris.pk


def test_taking_over_stands_in_the_trail_with_both_names(tamar: User, idris: User) -> None:
    found = case(tamar)
    services.take(found.pk, tamar)
    services.take(found.pk, idris, force=True)
    last = list(about(found.pk))[-1]
    assert (last.act, last.actor) == ("flashpoint.taken_over", f"staff:{idris.pk}")
    assert last.detail == {"from_staff": tamar.pk}
    with pytest.raises(Conflict, match="Idris"):
        services.release(found.pk, tamar)


DECISIONS: list[Callable[[Any, User], Any]] = [
    lambda pk, who: services.hold(pk, who, in_an_hour()),
    lambda pk, who: services.dismiss(pk, who, "old"),
    lambda pk, who: services.confirm(pk, who, asking.plan([])),
    lambda pk, who: services.set_severity(pk, who, 4),
]


@pytest.mark.parametrize("decide", DECISIONS)
def test_nobody_decides_on_a_case_that_another_person_has(
    decide: Callable[[Any, User], Any], tamar: User, idris: User
) -> None:
    found = case(tamar)
    services.take(found.pk, tamar)
    before = Flashpoint.objects.get(pk=found.pk)
    with pytest.raises(Conflict, match="Tamar Olin"):
        decide(found.pk, idris)
    after = Flashpoint.objects.get(pk=found.pk)
    assert (after.version, after.state) == (before.version, "new")
    services.take(found.pk, idris, force=True)
    decide(found.pk, idris)
    assert Flashpoint.objects.get(pk=found.pk).version > before.version + 1


@pytest.mark.parametrize("decide", DECISIONS[:3])
@pytest.mark.parametrize("state", [State.DISMISSED, State.CLOSED, State.CONFIRMED])
def test_what_is_decided_must_be_undone_before_it_is_decided_again(
    decide: Callable[[Any, User], Any], state: State, tamar: User
) -> None:
    found = case(tamar, state=state, decided_by=tamar, decided_at=timezone.now())
    with pytest.raises(Conflict, match=str(State(state).label)):
        decide(found.pk, tamar)
    assert Flashpoint.objects.get(pk=found.pk).state == state


def test_a_held_case_comes_back_by_itself(tamar: User) -> None:
    with time_machine.travel("2026-11-21T10:00:00Z", tick=False) as clock:
        found = case(tamar)
        services.hold(found.pk, tamar, in_an_hour(), "court speaks then")
        assert jobs.wake_held() == 0
        clock.shift(timedelta(hours=1))
        assert jobs.wake_held() == 1
        assert jobs.wake_held() == 0
    back = Flashpoint.objects.get(pk=found.pk)
    assert (back.state, back.held_until, back.held_for) == ("new", None, "")
    assert acts(found) == ["held", "woken"]


def test_a_hold_needs_an_hour_that_lies_ahead(tamar: User) -> None:
    found = case(tamar)
    for until in (timezone.now() - timedelta(minutes=1), timezone.now() + timedelta(days=30)):
        with pytest.raises(Conflict, match="lies ahead"):
            services.hold(found.pk, tamar, until)


def test_ending_a_hold_early_brings_the_case_back(tamar: User) -> None:
    found = case(tamar)
    services.hold(found.pk, tamar, in_an_hour())
    assert services.unhold(found.pk, tamar).state == "new"


def test_a_dismissal_has_a_reason_and_can_be_undone(tamar: User) -> None:
    found = case(tamar)
    with pytest.raises(Conflict, match="reason"):
        services.dismiss(found.pk, tamar, "boring")
    services.dismiss(found.pk, tamar, "not_real", "corrected at source")
    gone = Flashpoint.objects.get(pk=found.pk)
    assert (gone.state, gone.dismissal, gone.decided_by_id) == ("dismissed", "not_real", tamar.pk)
    back = services.reopen(found.pk, tamar)
    assert (back.state, back.dismissal, back.decided_by_id) == ("new", "", None)
    assert acts(found) == ["dismissed", "reopened"]
    kinds = list(Record.objects.order_by("id").values_list("kind", flat=True))
    assert kinds[-2:] == ["FlashpointDismissed", "FlashpointReopened"]


def test_words_of_staff_are_in_the_trail_and_in_no_event(tamar: User) -> None:
    found = case(tamar)
    services.dismiss(found.pk, tamar, "other", "a private remark")
    assert list(about(found.pk))[-1].detail["words"] == "a private remark"
    assert "remark" not in " ".join(Record.objects.values_list("payload", flat=True))


def test_confirming_prepares_and_undoing_stops(tamar: User) -> None:
    found = case(tamar)
    [person] = asking.people(1)
    mobilisation = services.confirm(found.pk, tamar, asking.plan([person]))
    confirmed = Flashpoint.objects.get(pk=found.pk)
    assert (confirmed.state, confirmed.mobilisation) == ("confirmed", mobilisation)
    assert Mobilisation.objects.get(pk=mobilisation).case_number == found.number
    back = services.undo_confirm(found.pk, tamar)
    assert (back.state, back.mobilisation) == ("new", None)
    assert Mobilisation.objects.get(pk=mobilisation).state == "stopped"
    assert acts(found) == ["confirmed", "confirmation_undone"]


def test_a_plan_that_cannot_work_confirms_nothing(tamar: User) -> None:
    found = case(tamar)
    with pytest.raises(Conflict, match="deadline"):
        services.confirm(found.pk, tamar, asking.plan([], deadline_at=timezone.now()))
    assert Flashpoint.objects.get(pk=found.pk).state == "new"
    assert not Mobilisation.objects.exists()
    assert acts(found) == []


def test_a_confirmed_case_is_closed_and_reopened_as_confirmed(tamar: User) -> None:
    found = case(tamar)
    services.confirm(found.pk, tamar, asking.plan(asking.people(1)))
    with pytest.raises(Conflict, match="still being asked"):
        services.close(found.pk, tamar)
    Mobilisation.objects.update(state="filled")
    assert services.close(found.pk, tamar).state == "closed"
    assert services.reopen(found.pk, tamar).state == "confirmed"


def test_an_unknown_case_is_not_found(tamar: User) -> None:
    with pytest.raises(Flashpoint.DoesNotExist):
        services.take(uuid4(), tamar)


def test_the_desk_groups_cases_and_knows_what_was_read(tamar: User, idris: User) -> None:
    new, taken, held, gone = (case(tamar) for _ in range(4))
    services.take(taken.pk, idris)
    services.hold(held.pk, tamar, in_an_hour())
    services.dismiss(gone.pk, tamar, "old")
    services.mark_seen(new.pk, tamar)
    groups = {group.code: group.rows for group in queries.desk(tamar)}
    assert {code: [row.case.pk for row in rows] for code, rows in groups.items()} == {
        "new": [new.pk], "deciding": [taken.pk], "confirmed": [], "held": [held.pk],
        "closed": [gone.pk],
    }  # fmt: skip
    assert not groups["new"][0].unread
    assert groups["deciding"][0].unread
    assert groups["deciding"][0].leased
    assert not groups["deciding"][0].mine
    assert queries.counts()["new"] == 2


def test_the_desk_can_be_narrowed(tamar: User) -> None:
    case(tamar, severity=1)
    grave = case(tamar, severity=4, lines=["ethnicity"])
    filters = queries.Filters(line="ethnicity", severity_at_least=3, country="IT")
    found = [row.case.pk for group in queries.desk(tamar, filters) for row in group.rows]
    assert found == [grave.pk]


def test_search_finds_cases_and_articles_by_all_words(tamar: User) -> None:
    found = case(tamar, headline="Calls to answer the newcomers in Ak-Tobek")
    read = watching.flagged("Ak-Tobek stadium brawl", owner="Eins")
    assert [one.pk for one in queries.search("ak-tobek newcomers").cases] == [found.pk]
    assert [one.id for one in queries.search("tobek stadium").articles] == [read]
    assert [one.pk for one in queries.search(found.number).cases] == [found.pk]
    assert queries.search("a") == queries.Found((), ())


def test_the_clock_of_a_case_shows_hops_and_who_did_what(tamar: User) -> None:
    with time_machine.travel("2026-11-21T10:00:00Z", tick=False) as clock:
        found = case(tamar)
        clock.shift(timedelta(minutes=29))
        services.confirm(found.pk, tamar, asking.plan(asking.people(1)))
        line = queries.case_timeline(Flashpoint.objects.get(pk=found.pk))
    hops = {hop.code: (hop.at is not None, hop.minutes) for hop in line.hops}
    assert hops == {
        "article": (False, None), "flagged": (True, None), "confirmed": (True, 29),
        "asked": (False, None), "yes": (False, None),
    }  # fmt: skip
    assert {row.who for row in line.trail} == {"Tamar Olin"}
    assert "confirmed it" in [row.words for row in line.trail]


def test_the_draft_names_a_source_for_each_sentence_and_what_is_not_known(tamar: User) -> None:
    from rrmm.flashpoints.models import Flag, Story

    one = watching.flagged("Incendio nella sala di preghiera", owner="Ligustro", language="it")
    two = watching.flagged("Mezquita quemada", owner="Al-Marsa", language="es")
    copy = watching.flagged("Prayer room burnt", owner="Paper")
    story = Story.objects.create(opened_at=timezone.now(), last_article_at=timezone.now())
    Flag.objects.update(story=story)
    Flag.objects.filter(article_id=copy).update(is_copy=True)
    plan = queries.draft_plan(case(tamar, story=story, voices=2))
    sources = [sentence.source_article for sentence in plan.sentences]
    assert sources == [one, two, None]
    assert plan.sentences[0].text == "Incendio nella sala di preghiera."
    assert plan.sentences[0].source_language == "it"
    assert plan.sentences[-1].text.startswith("Not known yet")
    assert plan.deadline_at > timezone.now() + timedelta(hours=6)
    assert plan.deadline_at.minute in (0, 30)


def test_the_draft_is_in_a_language_that_staff_read_where_an_article_is(tamar: User) -> None:
    from rrmm.flashpoints.models import Flag, Story

    watching.flagged("Incendio nella sala di preghiera", owner="Ligustro", language="it")
    two = watching.flagged("Prayer room burnt", owner="Al-Marsa", language="en")
    three = watching.flagged("Imams call for calm", owner="Al-Marsa", language="en")
    story = Story.objects.create(opened_at=timezone.now(), last_article_at=timezone.now())
    Flag.objects.update(story=story)
    plan = queries.draft_plan(case(tamar, story=story, voices=2))
    assert [s.source_language for s in plan.sentences] == ["en", "en", ""]
    assert {s.source_article for s in plan.sentences[:2]} == {two, three}
