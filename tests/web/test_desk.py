"""The desk: the queue beside the open case, its filters, its fragments."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rrmm.flashpoints import services
from rrmm.flashpoints.models import Flashpoint, State
from rrmm.flashpoints.stages import cluster
from tests import cast, watching
from tests.builders import drain

pytestmark = pytest.mark.django_db
DESK = "staff:desk"
WATCH = ["cluster", "escalate"]


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(cast.staff("idris"))
    return client


@pytest.fixture
def seen_case() -> Iterator[Flashpoint]:
    """A case that the watch opened: one article of each of two owners, and a copy."""
    cluster.forget()
    watching.flagged(owner="Ligustro", severity=3, summary="The prayer room burnt. It rained.")
    watching.flagged("Porto Sereno: prayer room burnt down, marches called", owner="Al-Marsa")
    watching.flagged(owner="Copy House", severity=3)
    drain(WATCH)
    yield Flashpoint.objects.get()
    cluster.forget()


def page(desk: Client, name: str = DESK, *args: object, **query: str) -> str:
    answer = desk.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_empty_desk_says_how_far_we_see_and_what_next(desk: Client) -> None:
    text = page(desk)
    assert "No flashpoint so far" in text
    assert "without sources we see nothing" in text
    assert reverse("staff:health") in text
    assert reverse("staff:case-new") in text
    assert "No case is open" in text


def test_a_line_is_one_link_with_all_that_counts(desk: Client, seen_case: Flashpoint) -> None:
    text = page(desk)
    line = re.search(r'<a class="row.*?</a>', text, re.S)
    assert line is not None
    told = line.group()
    assert "row-unread" in told
    assert "Porto Sereno, Italy" in told
    assert "Severity 3 of 4, serious" in told
    assert "<b>2</b> voices" in told
    assert 'title="English"' in told
    assert "<polyline" in told
    assert "<a " not in told[2:]
    assert reverse(DESK) + f"?case={seen_case.pk}" in told


def test_opening_a_case_takes_the_bold_from_its_line(desk: Client, seen_case: Flashpoint) -> None:
    page(desk, case=str(seen_case.pk))
    assert "row-unread" not in page(desk)
    desk.force_login(cast.staff("tamar"))
    assert "row-unread" in page(desk)


def test_the_pane_says_why_it_was_flagged_and_folds_copies(
    desk: Client, seen_case: Flashpoint
) -> None:
    text = page(desk, case=str(seen_case.pk))
    assert '<mark class="religion strong">prayer room<span class="only-read-aloud" ' in text
    assert "Something done to a place of worship" in text
    assert "1 copy, not counted" in text
    assert "Good." not in text
    assert "2 independent owners in 1 language." in text
    assert "Newsworthiness" in text


def test_an_unknown_case_is_not_found(desk: Client) -> None:
    for wrong in ("x", "01a1fef8-aebb-75e1-aae3-9d063ccad979"):
        assert desk.get(reverse(DESK), {"case": wrong}).status_code == 404


def test_filters_stand_in_the_address_and_count(desk: Client) -> None:
    watching.case(severity=3, headline="Serious one")
    watching.case(lines=["culture"], headline="Culture one")
    gone = watching.case(headline="Old one")
    services.dismiss(gone.pk, cast.staff("idris"), "old")
    everything = page(desk)
    assert re.search(r"Open<span class=\"count\">2</span>", everything)
    assert re.search(r"Severity 3 and 4<span class=\"count\">1</span>", everything)
    assert re.search(r"Closed<span class=\"count\">1</span>", everything)
    severe = page(desk, show="severe")
    assert "Serious one" in severe
    assert "Culture one" not in severe
    culture = page(desk, line="culture")
    assert "Culture one" in culture
    assert "Serious one" not in culture
    closed = page(desk, show="closed")
    assert "Old one" in closed
    assert "Serious one" not in closed


def test_filters_keep_each_other_and_the_open_case(desk: Client) -> None:
    case = watching.case(lines=["culture"])
    text = page(desk, line="culture", case=str(case.pk))
    assert f"?show=mine&amp;line=culture&amp;case={case.pk}" in text
    assert f"?case={case.pk}" in text


def test_mine_shows_what_i_hold(desk: Client) -> None:
    mine, other = watching.case(headline="My case"), watching.case(headline="Other case")
    services.take(mine.pk, cast.staff("idris"))
    services.take(other.pk, cast.staff("tamar"))
    text = page(desk, show="mine")
    assert "My case" in text
    assert "Other case" not in text


def test_a_filter_that_hides_everything_says_so(desk: Client) -> None:
    watching.case(lines=["religion"])
    assert "Nothing like this is open" in page(desk, line="culture")


def test_a_line_says_who_has_it_until_when(desk: Client) -> None:
    mine, other = watching.case(), watching.case()
    services.take(mine.pk, cast.staff("idris"))
    services.take(other.pk, cast.staff("tamar"))
    text = page(desk)
    assert ">You<" in text
    assert ">Tamar O.<" in text
    assert "Being decided" in text


def test_a_lease_that_is_over_is_not_shown(desk: Client) -> None:
    case = watching.case()
    services.take(case.pk, cast.staff("tamar"))
    Flashpoint.objects.update(held_lease_until=timezone.now() - timedelta(seconds=1))
    text = page(desk, case=str(case.pk))
    assert "Tamar O." not in text
    assert "Locked by" not in text


def test_who_does_not_hold_a_locked_case_can_only_take_it_over(desk: Client) -> None:
    case = watching.case()
    services.take(case.pk, cast.staff("tamar"))
    text = page(desk, case=str(case.pk))
    assert "Locked by Tamar Olin" in text
    assert "Take over" in text
    assert 'data-key="c"' not in text


def test_the_queue_comes_alone_for_a_desk_that_stands(desk: Client) -> None:
    case = watching.case()
    text = page(desk, "staff:desk-queue", case=str(case.pk))
    assert text.lstrip().startswith("<section")
    assert "<html" not in text
    assert 'aria-current="true"' in text
    assert "live:flashpoints" in text


def test_the_pane_comes_alone_and_marks_as_read(desk: Client) -> None:
    case = watching.case()
    text = page(desk, "staff:desk-case", case.pk)
    assert "<html" not in text
    assert f"live:flashpoints:{case.pk}" in text
    assert "row-unread" not in page(desk)


def test_the_stamp_of_a_pane_changes_with_the_case(desk: Client) -> None:
    case = watching.case()
    stamp = re.compile(r'data-stamp="([^"]+)"')
    before = stamp.findall(page(desk, "staff:desk-case", case.pk))
    assert before == stamp.findall(page(desk, "staff:desk-case", case.pk))
    services.take(case.pk, cast.staff("tamar"))
    assert before != stamp.findall(page(desk, "staff:desk-case", case.pk))


def test_held_and_closed_cases_stand_in_their_groups(desk: Client) -> None:
    held, closed = watching.case(), watching.case()
    services.hold(held.pk, cast.staff("idris"), timezone.now() + timedelta(hours=1), "The court")
    services.dismiss(closed.pk, cast.staff("idris"), "other", "A rumour")
    text = page(desk)
    assert re.search(r'id="g-held">Held<span class="count">1', text)
    assert "The court" in text
    assert re.search(r'id="g-closed">Closed in the last 24 hours<span class="count">1', text)
    assert "A rumour" in text


def test_a_demo_case_is_marked_as_one(desk: Client) -> None:
    case = watching.case(demo=True)
    assert '<span class="chip">Demo</span>' in page(desk)
    assert "Demo, invented" in page(desk, case=str(case.pk))


@pytest.mark.parametrize("state", [State.NEW, State.HELD, State.DISMISSED, State.CLOSED])
def test_no_page_of_the_desk_has_inline_style_or_script(desk: Client, state: State) -> None:
    case = watching.case(
        state=state,
        held_until=timezone.now() + timedelta(hours=1),
        decided_at=timezone.now(),
        decided_by=cast.staff("idris"),
        dismissal="old",
    )
    for text in (
        page(desk, case=str(case.pk)),
        page(desk, "staff:case", case.pk),
        page(desk, "staff:cases"),
        page(desk, "staff:case-new"),
    ):
        assert not re.search(r"<[^>]+\s(style|on\w+)=", text)
        assert not re.search(r"<script(?![^>]+src=)", text)


def test_strangers_and_people_without_a_desk_see_nothing(client: Client) -> None:
    case = watching.case(headline="Only for staff")
    names: list[tuple[str, list[object]]] = [
        (DESK, []),
        ("staff:desk-queue", []),
        ("staff:cases", []),
        ("staff:find", []),
    ]
    names += [(n, [case.pk]) for n in ("staff:case", "staff:desk-case", "staff:confirm")]
    for signed_in in (False, True):
        if signed_in:
            client.force_login(cast.staff("gast"))
        for name, args in names:
            answer = client.get(reverse(name, args=args), {"q": "staff"})
            assert answer.status_code in {302, 403}, name
            assert b"Only for staff" not in answer.content
