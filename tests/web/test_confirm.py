"""The confirm page: one form, nothing lost, nothing sent before its time."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from experts.models import Expert, Mobilisation, Proposal
from rrmm.flashpoints import services
from rrmm.flashpoints.models import Flashpoint, State
from rrmm.flashpoints.stages import cluster
from rrmm.web.staff.changes import fingerprint
from streams.mail.models import Message
from streams.models import Record
from streams.trail import about
from tests import cast, watching
from tests.builders import drain

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(cast.staff("idris"))
    return client


@pytest.fixture
def case() -> Flashpoint:
    found = watching.case()
    people = [cast.expert(name) for name in ("ottavia", "leila", "benno")]
    ranking = [
        {"expert": str(one.pk), "score": 0.9, "reasons": _reasons(one), "side": side}
        for one, side in zip(people, ("a", "b", ""), strict=True)
    ]
    slate = [str(one.pk) for one in people[:2]]
    Proposal.objects.create(case=found.pk, ranking=ranking, slate=slate, at=timezone.now())
    return found


def _reasons(one: Expert) -> list[dict[str, str]]:
    """What the matcher stores: the first repeats what the page shows anyway."""
    return [
        {"code": "speaks", "about": one.languages[0], "more": ""},
        {"code": "line_place", "about": "religion", "more": "IT"},
    ]


def url(case: Flashpoint) -> str:
    return reverse("staff:confirm", args=[case.pk])


def form(case: Flashpoint, **changes: Any) -> dict[str, Any]:
    """A form that can be confirmed, with changes."""
    due = timezone.now() + timedelta(hours=5)
    people = [cast.expert("ottavia"), cast.expert("leila")]
    return {
        "do": "confirm",
        "saw": fingerprint(case),
        "text": ["A fire destroyed a room.", "Nobody was hurt."],
        "source": ["", ""],
        "ask": "700 words, please.",
        "day": f"{due:%Y-%m-%d}",
        "time": f"{due:%H:%M}",
        "slots": "2",
        "answer": "",
        "language": ["it", "en"],
        "expert": [str(one.pk) for one in people],
        "risk": ["ordinary", "do_not_mail"],
    } | changes


def test_the_page_comes_filled_with_brief_and_slate(desk: Client, case: Flashpoint) -> None:
    text = desk.get(url(case)).content.decode()
    assert "Fire in harbour prayer room." in text
    assert "Ottavia Brenzon" in text
    assert "Leïla Mansoury" in text
    assert "Benno Aumann" not in text
    assert "works on religion in Italy" in text
    assert "speaks Italian" not in text
    assert "Confirm. First wave leaves in 2 minutes" in text
    assert "nothing goes to journalists or editors" in text
    assert "in Tunis" in text


def test_every_view_of_communities_is_in_the_trail(desk: Client, case: Flashpoint) -> None:
    assert "harbour families" in desk.get(url(case)).content.decode()
    seen = about(case.pk).get(act="communities.viewed")
    assert seen.actor == f"staff:{cast.staff('idris').pk}"
    assert "harbour" not in str(seen.detail)


def test_confirming_prepares_and_sends_nothing(desk: Client, case: Flashpoint) -> None:
    answer = desk.post(url(case), form(case), follow=True)
    text = answer.content.decode()
    assert "Confirmed. The first wave leaves in 2 minutes." in text
    assert f'data-undo="{reverse("staff:case-undo", args=[case.pk])}"' in text
    case.refresh_from_db()
    assert case.state == State.CONFIRMED
    mobilisation = Mobilisation.objects.get(case=case.pk)
    assert (mobilisation.slots, mobilisation.languages) == (2, ["it", "en"])
    slate = mobilisation.slate.values_list("expert__ref", "risk")
    assert list(slate) == [("ottavia", "ordinary"), ("leila", "do_not_mail")]
    assert mobilisation.slate.first().reasons == ["works on religion in Italy"]  # type: ignore[union-attr]
    assert not Message.objects.exists()


def test_a_sentence_keeps_the_article_that_says_so(desk: Client) -> None:
    cluster.forget()
    watching.flagged(owner="Ligustro", severity=3)
    drain(["cluster", "escalate"])
    case = Flashpoint.objects.get()
    page = desk.get(url(case)).content.decode()
    article = str(case.story.flags.get().article_id)  # type: ignore[union-attr]
    assert f'value="{article}" selected' in page
    desk.post(url(case), form(case, text=["It burnt."], source=[article]))
    sentence = Mobilisation.objects.get().briefs.get().sentences[0]
    assert sentence["text"] == "It burnt."
    assert sentence["source"]["article"] == article
    assert sentence["source"]["outlet"].startswith("Outlet")


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"text": ["", " "]}, "f-lines", "Write at least one sentence"),
        ({"ask": ""}, "f-ask", "Say what we ask"),
        ({"day": "", "time": ""}, "f-deadline", "Say the day and the time"),
        ({"day": "2020-01-01"}, "f-deadline", "is over. Choose a later time."),
        ({"slots": "0"}, "f-slots", "From 1 to 12 places."),
        ({"answer": "2"}, "f-answer", "From 5 to 1440 minutes."),
        ({"language": []}, "f-languages", "Choose at least one language"),
        ({"expert": [], "risk": []}, "f-picks", "Nobody is on the slate."),
        ({"risk": ["do_not_mail", "do_not_mail"]}, "f-picks", "Our mail goes to nobody"),
    ],
)
def test_what_is_missing_is_said_at_the_field_and_at_the_top(
    desk: Client, case: Flashpoint, changes: dict[str, Any], field: str, words: str
) -> None:
    answer = desk.post(url(case), form(case, **{"ask": "Kept words.", **changes}))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert f'<a href="#{field}">{words}' in text or words in text
    assert f'id="{field}-e"' in text
    assert "Not confirmed yet." in text
    if "ask" not in changes:
        assert "Kept words." in text
    assert not Mobilisation.objects.exists()


def test_buttons_of_the_form_change_the_form_and_nothing_else(
    desk: Client, case: Flashpoint
) -> None:
    benno = cast.expert("benno")
    text = desk.post(url(case), form(case, do="add")).content.decode()
    assert text.count('name="text"') == 3
    text = desk.post(url(case), form(case, do="drop:0")).content.decode()
    assert "A fire destroyed a room." not in text
    text = desk.post(url(case), form(case, do="down:0")).content.decode()
    assert text.index("Nobody was hurt.") < text.index("A fire destroyed a room.")
    text = desk.post(url(case), form(case, do=f"invite:{benno.pk}")).content.decode()
    assert f'id="pick-{benno.pk}"' in text
    ottavia = cast.expert("ottavia")
    text = desk.post(url(case), form(case, do=f"remove:{ottavia.pk}")).content.decode()
    assert f'id="pick-{ottavia.pk}"' not in text
    text = desk.post(url(case), form(case, do=f"later:{ottavia.pk}")).content.decode()
    assert text.index("Leïla Mansoury") < text.index("Ottavia Brenzon")
    case.refresh_from_db()
    assert case.state == State.NEW


def test_nonsense_from_a_form_breaks_nothing(desk: Client, case: Flashpoint) -> None:
    for do in ("drop:99", "up:x", "invite:nobody", "remove:", "nothing", ""):
        answer = desk.post(url(case), form(case, do=do, expert=["no id"], risk=["odd"]))
        assert answer.status_code in {200, 422}
    assert not Mobilisation.objects.exists()


def test_people_are_looked_for_and_those_who_cannot_be_asked_say_why(
    desk: Client, case: Flashpoint
) -> None:
    cast.everybody()
    there = reverse("staff:confirm-people", args=[case.pk])
    found = desk.get(there, {"q": "mediator"}).content.decode()
    assert "Benno Aumann" in found
    assert "<html" not in found
    nouran = desk.get(there, {"q": "Nouran"}).content.decode()
    assert "no consent on record" in nouran
    assert "disabled" in nouran
    chosen = {"q": "Ottavia", "expert": str(cast.expert("ottavia").pk)}
    assert "Nobody fits" in desk.get(there, chosen).content.decode()


def test_the_alert_can_be_seen_and_sent_to_oneself(desk: Client, case: Flashpoint) -> None:
    text = desk.post(url(case), form(case, do="preview")).content.decode()
    assert 'id="preview"' in text
    assert "A fire destroyed a room." in text
    text = desk.post(url(case), form(case, do="test")).content.decode()
    assert "on its way to you" in text
    assert Message.objects.get().to_ref == f"staff:{cast.staff('idris').pk}"
    case.refresh_from_db()
    assert case.state == State.NEW


def test_a_case_that_changed_meanwhile_says_what_changed_and_keeps_the_text(
    desk: Client, case: Flashpoint
) -> None:
    sent = form(case, ask="Typed with care.")
    services.set_severity(case.pk, cast.staff("tamar"), 4)
    answer = desk.post(url(case), sent)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Severity is 4 now, it was 2." in text
    assert "Typed with care." in text
    assert not Mobilisation.objects.exists()
    case.refresh_from_db()
    assert desk.post(url(case), sent | {"saw": fingerprint(case)}).status_code == 302


def test_more_articles_do_not_stand_in_the_way(desk: Client, case: Flashpoint) -> None:
    sent = form(case)
    Flashpoint.objects.update(article_count=40, voices=9, version=17, headline="A better one")
    assert desk.post(url(case), sent).status_code == 302


def test_a_case_that_another_took_meanwhile_is_not_confirmed(
    desk: Client, case: Flashpoint
) -> None:
    services.take(case.pk, cast.staff("tamar"))
    answer = desk.post(url(case), form(case, ask="Typed with care."))
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Nothing you typed is lost." in text
    assert "Typed with care." in text
    assert 'value="takeover"' in text
    text = desk.post(url(case), form(case, do="takeover", ask="Typed with care.")).content.decode()
    assert "Typed with care." in text
    assert desk.post(url(case), form(case)).status_code == 302


def test_a_lease_that_ran_out_while_typing_does_no_harm(desk: Client, case: Flashpoint) -> None:
    services.take(case.pk, cast.staff("idris"))
    Flashpoint.objects.update(held_lease_until=timezone.now() - timedelta(minutes=1))
    assert desk.post(url(case), form(case)).status_code == 302


def test_a_second_click_confirms_once(desk: Client, case: Flashpoint) -> None:
    assert desk.post(url(case), form(case)).status_code == 302
    answer = desk.post(url(case), form(case))
    assert answer.status_code == 409
    assert "Nothing was changed" in answer.content.decode()
    assert Mobilisation.objects.count() == 1
    assert Record.objects.filter(kind="FlashpointConfirmed").count() == 1


def test_a_decided_case_has_no_confirm_page(desk: Client, case: Flashpoint) -> None:
    services.dismiss(case.pk, cast.staff("idris"), "old")
    answer = desk.get(url(case), follow=True)
    assert "not waiting for a decision any more" in answer.content.decode()
