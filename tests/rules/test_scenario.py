"""The recorded scenario holds what the demonstration needs."""

from collections import Counter

from streams.collectors.demo.documents import article_page
from streams.collectors.demo.scenario import Item, recorded

OURS = {"en", "fr", "es", "ar", "ru", "zh", "pt", "de", "tr", "fa", "hi", "id", "it"}


def _of(thread: str) -> list[Item]:
    return [item for item in recorded().items if item.thread == thread]


def _languages(items: list[Item]) -> set[str]:
    return {recorded().outlet(item.outlet).language for item in items}


def test_one_event_grows_within_half_a_minute() -> None:
    items = _of("harbour")
    owners = {recorded().outlet(item.outlet).owner for item in items}

    assert min(item.at for item in items) == 5
    assert sum(item.at <= 30 for item in items) >= 8
    assert 12 <= len(items) <= 16
    assert _languages(items) >= {"it", "fr", "ar", "en", "de"}
    assert len(owners) >= 8


def test_it_holds_two_syndicated_copies_from_other_owners() -> None:
    texts = Counter((item.title, item.summary) for item in recorded().items)
    copied = [text for text, n in texts.items() if n == 2]
    owners = [
        {recorded().outlet(i.outlet).owner for i in recorded().items if (i.title, i.summary) == c}
        for c in copied
    ]

    assert len(copied) == 2
    assert [len(of_one) for of_one in owners] == [2, 2]


def test_four_smaller_events_follow_in_their_own_languages() -> None:
    found = {item.thread for item in recorded().items} - {"", "harbour"}

    assert found == {"procession", "temple-fair", "statue", "signs"}
    assert _languages(_of("procession")) == {"hi", "en"}
    assert _languages(_of("temple-fair")) == {"zh", "en", "id"}
    assert _languages(_of("statue")) == {"en", "fr"}
    assert _languages(_of("signs")) == {"ar", "fr", "es"}
    assert all(2 <= len(_of(thread)) <= 5 for thread in found)


def test_most_of_the_news_is_ordinary_and_in_every_language() -> None:
    ordinary = _of("")

    assert len(ordinary) >= 60
    assert _languages(ordinary) == OURS


def test_old_news_is_ordinary_and_young_enough_to_be_taken() -> None:
    old = [item for item in recorded().items if item.at < 0]

    assert {item.thread for item in old} == {""}
    assert all(item.at > -72 * 3600 for item in old)


def test_everything_has_happened_after_ten_minutes() -> None:
    assert max(item.at for item in recorded().items) <= 600


def test_headlines_have_the_length_of_headlines() -> None:
    headlines = [i for i in recorded().items if recorded().outlet(i.outlet).language != "zh"]

    assert [i.slug for i in headlines if not 55 <= len(i.title) <= 110] == []


def test_a_page_cannot_be_broken_by_its_article() -> None:
    item = Item(slug="x", outlet="le-fanal", at=0, title="<script>1</script>", summary="a & <b>")

    page = article_page(item, recorded().outlet("le-fanal"), "n'a pas eu lieu <")

    assert "<script>" not in page
    assert "a &amp; &lt;b&gt;" in page
