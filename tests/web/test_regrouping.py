"""The pages of merging and splitting, as a browser without scripts sees and posts them."""

from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from rrmm.flashpoints import services
from rrmm.flashpoints.models import Flag, Flashpoint, State
from rrmm.flashpoints.stages import cluster
from streams.trail import about
from tests import asking, cast, watching
from tests.builders import drain
from tests.regrouping import MARCHES, WATCH, case_of, cases
from tests.watching import FIRE, flagged

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(client: Client) -> Client:
    cluster.forget()
    client.force_login(cast.staff("idris"))
    return client


@pytest.fixture
def two(desk: Client) -> tuple[Flashpoint, Flashpoint]:
    return cases()


def page(desk: Client, url: str, **asked: Any) -> str:
    answer = desk.get(url, asked, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def merge_url(case: Flashpoint) -> str:
    return reverse("staff:case-merge", args=[case.pk])


def split_url(case: Flashpoint) -> str:
    return reverse("staff:case-split", args=[case.pk])


def article(title: str) -> UUID:
    return Flag.objects.get(article__title=title).article_id


def undo_of(text: str) -> str:
    """The address that a page offers for undoing."""
    start = text.index("/undo/")
    return text[text.rindex('"', 0, start) + 1 : text.index('"', start)]


def test_candidates_say_why_and_the_named_one_comes_first(desk: Client, two: Any) -> None:
    fire, statue = two
    near = watching.case(headline="Told on the phone", place="Porto Sereno", country="IT")
    text = page(desk, merge_url(fire))
    assert text.index(near.number) < text.index(statue.number)
    assert "same place" in text
    assert "at the same time" in text
    services.dismiss(statue.pk, cast.staff("idris"), "duplicate", f"Is {fire.number}")
    text = page(desk, merge_url(fire))
    assert text.index(statue.number) < text.index(near.number)
    assert "named in the dismissal" in text
    assert statue.number in page(desk, merge_url(fire), q="founder")
    assert "No open case holds all of" in page(desk, merge_url(fire), q="nowhere to be found")


def test_nothing_to_merge_with_is_said(desk: Client) -> None:
    assert "No other case is open" in page(desk, merge_url(watching.case()))


def test_both_are_seen_before_they_become_one(desk: Client, two: Any) -> None:
    fire, statue = two
    text = page(desk, merge_url(fire), **{"with": str(statue.pk)})
    rows = text[text.index("<tbody>") : text.index("</tbody>")]
    assert "<td>2</td><td>1</td><td><b>3</b></td>" in rows
    assert "<b>Italy, France</b>" in rows
    assert Flashpoint.objects.filter(state=State.MERGED).count() == 0


def merged(desk: Client, keep: Flashpoint, away: Flashpoint, **more: str) -> str:
    form = {"with": str(away.pk), "keep": str(keep.pk), **more}
    answer = desk.post(merge_url(keep), form, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_merging_leads_to_the_one_case_with_an_undo(desk: Client, two: Any) -> None:
    fire, statue = two
    text = merged(desk, fire, statue)
    assert f"Case {statue.number} is merged into {fire.number}." in text
    assert f"Case {statue.number} was merged into this one by Idris Kovar." in text
    again = desk.post(undo_of(text), follow=True).content.decode()
    assert "Undone. Everything is as it was." in again
    assert case_of(statue).state == State.NEW
    once_more = desk.post(undo_of(text), follow=True).content.decode()
    assert "undone already" in once_more


def test_from_the_desk_one_comes_back_to_the_desk(desk: Client, two: Any) -> None:
    fire, statue = two
    form = {"with": str(statue.pk), "keep": str(fire.pk), "desk": "1"}
    answer = desk.post(merge_url(fire), form)
    assert answer["Location"] == f"{reverse('staff:desk')}?case={fire.pk}"


def test_old_links_lead_to_the_case_that_goes_on(desk: Client, two: Any) -> None:
    fire, statue = two
    merged(desk, fire, statue)
    said = f"<b>Case {statue.number}</b> was merged into this one"
    old = desk.get(reverse("staff:case", args=[statue.pk]))
    assert old["Location"].startswith(reverse("staff:case", args=[fire.pk]))
    for url in (
        reverse("staff:case", args=[statue.pk]),
        f"{reverse('staff:desk')}?case={statue.pk}",
        reverse("staff:desk-case", args=[statue.pk]),
        reverse("staff:confirm", args=[statue.pk]),
    ):
        text = page(desk, url)
        assert said in text, url
        assert FIRE in text
    part = desk.get(reverse("staff:case", args=[statue.pk]), headers={"HX-Request": "true"})
    assert said in part.content.decode()
    found = page(desk, reverse("staff:find"), q=statue.number)
    assert "Merged" in found


def test_a_press_on_a_page_that_is_out_of_date_is_answered_on_the_one_case(
    desk: Client, two: Any
) -> None:
    fire, statue = two
    merged(desk, fire, statue)
    url = reverse("staff:case-take", args=[statue.pk])
    text = desk.post(url, follow=True).content.decode()
    assert f"was merged into case {fire.number}. Nothing was changed." in text
    assert FIRE in text


def test_what_cannot_be_merged_says_why_and_offers_no_button(desk: Client, two: Any) -> None:
    fire, statue = two
    people = asking.people(1)
    for one in two:
        services.confirm(one.pk, cast.staff("idris"), asking.plan(people))
    text = page(desk, merge_url(fire), **{"with": str(statue.pk)})
    assert "Undo one of the two confirmations first" in text
    assert "Merge into one" not in text
    answer = desk.post(merge_url(fire), {"with": str(statue.pk), "keep": str(fire.pk)})
    assert answer.status_code == 409


def test_the_one_whose_experts_are_asked_goes_on(desk: Client, two: Any) -> None:
    fire, statue = two
    services.confirm(statue.pk, cast.staff("idris"), asking.plan(asking.people(1)))
    text = page(desk, merge_url(fire), **{"with": str(statue.pk)})
    assert f'value="{statue.pk}" checked' in text
    assert f'value="{fire.pk}" disabled' in text


def test_somebody_elses_case_is_not_merged(desk: Client, two: Any) -> None:
    fire, statue = two
    services.take(statue.pk, cast.staff("tamar"))
    form = {"with": str(statue.pk), "keep": str(fire.pk)}
    answer = desk.post(merge_url(fire), form)
    assert answer.status_code == 409
    assert "Tamar Olin has this case" in answer.content.decode()
    assert case_of(statue).state == State.NEW


def test_what_we_were_told_of_a_merged_case_stays_to_be_read(desk: Client, two: Any) -> None:
    fire, _statue = two
    told = watching.case(note="A caller from the harbour, who is afraid")
    merged(desk, fire, told)
    for url in (
        reverse("staff:case", args=[fire.pk]), reverse("staff:desk-case", args=[fire.pk]),
    ):  # fmt: skip
        assert "A caller from the harbour, who is afraid" in page(desk, url)


def test_articles_are_listed_by_place_and_the_asked_one_is_ticked(desk: Client, two: Any) -> None:
    fire, statue = two
    merged(desk, fire, statue)
    text = page(desk, split_url(fire), article=str(article(MARCHES)))
    assert text.index("Porto Sereno, Italy") < text.index("Altwieden, France")
    assert f'value="{article(MARCHES)}" checked' in text
    assert f'value="{article(FIRE)}" checked' not in text


def test_a_whole_place_is_ticked_without_a_script(desk: Client, two: Any) -> None:
    fire, _statue = two
    form = {"do": "all:IT:Porto Sereno", "to": "rule"}
    text = desk.post(split_url(fire), form).content.decode()
    assert text.count("checked data-row") == 2
    assert 'value="rule" checked' in text
    ticked = {"do": "none:IT:Porto Sereno", "article": [str(article(FIRE))]}
    assert "checked data-row" not in desk.post(split_url(fire), ticked).content.decode()
    assert case_of(fire).article_count == 2


def test_splitting_makes_a_case_and_both_pages_say_so(desk: Client, two: Any) -> None:
    fire, _statue = two
    form = {"article": [str(article(MARCHES))], "to": "own", "do": "split"}
    text = desk.post(split_url(fire), form, follow=True).content.decode()
    made = Flashpoint.objects.latest("opened_at")
    assert f"1 article taken out: case {made.number} has them." in text
    assert f"Open {made.number}" in text
    assert about(made.pk).filter(act="flashpoint.split_off").exists()
    desk.post(undo_of(text), follow=True)
    assert case_of(fire).article_count == 2
    assert case_of(made).state == State.MERGED


def test_articles_go_into_another_case_that_is_chosen(desk: Client, two: Any) -> None:
    fire, statue = two
    form = {"article": [str(article(MARCHES))], "to": str(statue.pk), "do": "split"}
    desk.post(split_url(fire), form)
    assert case_of(statue).article_count == 2
    text = page(desk, reverse("staff:case", args=[statue.pk]))
    assert f"Idris Kovar put 1 article of case {fire.number} into this one." in text


@pytest.mark.parametrize(
    ("form", "status", "said"),
    [
        ({"to": "own"}, 409, "Tick the articles"),
        ({"article": ["fire"], "to": ""}, 422, "Say what becomes"),
        ({"article": ["not an id"], "to": "own"}, 422, "Say what becomes"),
        ({"article": ["fire", "marches"], "to": "own"}, 409, "Nothing would stay"),
    ],
)
def test_a_split_that_does_not_work_keeps_the_ticks(
    desk: Client, two: Any, form: dict[str, Any], status: int, said: str
) -> None:
    fire, _statue = two
    ids = {"fire": str(article(FIRE)), "marches": str(article(MARCHES))}
    sent = form | {"article": [ids.get(one, one) for one in form.get("article", [])]}
    answer = desk.post(split_url(fire), sent | {"do": "split"})
    text = answer.content.decode()
    assert answer.status_code == status
    assert said in text
    assert text.count("checked data-row") == sum(one in ids for one in form.get("article", []))


def test_copies_are_named_beside_what_they_go_with(desk: Client, two: Any) -> None:
    fire, _statue = two
    flagged(FIRE, owner="Copyist", severity=3)
    drain(WATCH)
    assert "1 copy goes with it" in page(desk, split_url(fire))


def test_an_article_that_experts_read_of_is_marked(desk: Client, two: Any) -> None:
    fire, _statue = two
    from experts.plan import BriefSentence

    sentence = BriefSentence(
        "A fire.", source_article=article(FIRE), source_title=FIRE, source_url="https://a.example/"
    )
    plan = asking.plan(asking.people(1), sentences=(sentence,))
    services.confirm(fire.pk, cast.staff("idris"), plan)
    assert page(desk, split_url(fire)).count("in the brief that experts read") == 1


def test_a_case_that_is_not_open_offers_no_ticks(desk: Client, two: Any) -> None:
    fire, _statue = two
    services.dismiss(fire.pk, cast.staff("idris"), "old")
    text = page(desk, split_url(fire))
    assert "This case is not open" in text
    assert "checkbox" not in text


def test_a_guest_and_a_stranger_case_get_nothing(client: Client, two: Any) -> None:
    fire, statue = two
    client.logout()
    for url in (merge_url(fire), split_url(fire)):
        assert client.get(url)["Location"].startswith("/signin")
    client.force_login(cast.staff("idris"))
    nobody = UUID(int=7)
    for name in ("case-merge", "case-split"):
        assert client.get(reverse(f"staff:{name}", args=[nobody])).status_code == 404
    asked = {"with": "no id"}
    assert client.get(merge_url(fire), asked).status_code == 404
    undo = reverse("staff:case-regroup-undo", args=[fire.pk, nobody])
    assert client.post(undo).status_code == 404
    assert client.get(undo).status_code == 405
    assert case_of(statue).state == State.NEW
