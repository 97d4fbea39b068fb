"""The starter list holds what it promises, and a fault in it is named."""

from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings

from streams.collectors.sources import SourcesError, load

OURS = {"en", "fr", "es", "ar", "ru", "zh", "pt", "de", "tr", "fa", "hi", "id"}
GOOD = {
    "url": "https://harbour.example/rss",
    "outlet": "Harbour Post",
    "country": "IT",
    "language": "it",
    "owner": "",
    "owner_source": "",
    "checked": "unverified",
}


def _written(folder: Path, *tables: dict[str, str]) -> Path:
    path = folder / "feeds.toml"
    lines = []
    for table in tables:
        lines += ["[[feed]]", *(f'{name} = "{value}"' for name, value in table.items())]
    path.write_text("\n".join(lines))
    return path


def test_the_list_covers_the_world_as_the_issue_asks() -> None:
    rows = load(settings.FEEDS_FILE)

    assert len({row.url for row in rows}) == len(rows) >= 200
    assert len({row.country for row in rows}) >= 60
    assert {row.language for row in rows} >= OURS


def test_each_of_our_languages_has_several_outlets() -> None:
    rows = load(settings.FEEDS_FILE)

    outlets = Counter(language for language, _ in {(row.language, row.outlet) for row in rows})
    assert {language: n for language, n in outlets.items() if language in OURS and n < 8} == {}


@pytest.mark.parametrize("country", ["IN", "PK", "BD", "ID", "MY", "NG", "BA", "IL", "TR", "RU"])
def test_where_tension_is_likely_the_voices_have_several_addresses(country: str) -> None:
    hosts = {row.url.split("/")[2] for row in load(settings.FEEDS_FILE) if row.country == country}

    assert len(hosts) >= 2


@pytest.mark.data
def test_no_check_is_claimed_that_the_candidates_do_not_show(shared_data: Path) -> None:
    candidates = (shared_data / "sources" / "candidates.csv").read_text(encoding="utf-8")
    seen = {line.split(",")[0]: line for line in candidates.splitlines()}

    claimed = [row for row in load(settings.FEEDS_FILE) if row.checked != "unverified"]
    assert [row.url for row in claimed if ",OK 2026-" not in seen.get(row.url, "")] == []


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"country": "UK"}, "feed 2 (Harbour Post): country: 'UK' is not an ISO 3166 code"),
        ({"language": "ital"}, "language: 'ital' is not an ISO 639-1 code"),
        ({"url": "ftp://harbour.example/rss"}, "url: must be an http or https address"),
        ({"url": "https://me:secret@harbour.example/"}, "url: must not carry a name"),
        ({"url": "https://[harbour.example/"}, "url: is not a web address"),
        ({"outlet": " "}, "outlet must not be empty"),
        ({"owner": "Somebody"}, "owner and owner_source go together"),
        ({"checked": "yes"}, 'checked must be "unverified" or a date'),
        ({"colour": "red"}, "colour: Extra inputs are not permitted"),
        ({"url": "https://other.example/rss"}, "stands twice: Other, Harbour Post"),
    ],
)
def test_a_fault_is_told_with_its_table(tmp_path: Path, fault: dict[str, str], words: str) -> None:
    other = {**GOOD, "url": "https://other.example/rss", "outlet": "Other"}

    with pytest.raises(SourcesError) as told:
        load(_written(tmp_path, other, {**GOOD, **fault}))

    assert words in str(told.value)
    assert str(told.value).startswith("feeds.toml, ")


def test_every_fault_of_the_file_is_told_at_once(tmp_path: Path) -> None:
    bad = {**GOOD, "country": "UK", "language": "xx1"}

    with pytest.raises(SourcesError) as told:
        load(_written(tmp_path, bad, {**bad, "url": "x"}))

    assert len(str(told.value).splitlines()) == 5


@pytest.mark.parametrize("content", ["", "[[feed", "feeds = 3", "[[feed]]\n[other]", "feed = [1]"])
def test_a_file_that_is_no_list_of_feeds_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "feeds.toml"
    path.write_text(content)

    with pytest.raises(SourcesError, match=r"feeds\.toml"):
        load(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourcesError, match=r"nowhere\.toml"):
        load(tmp_path / "nowhere.toml")


def test_blanks_around_an_owner_do_not_make_another_owner(tmp_path: Path) -> None:
    row = {**GOOD, "owner": " Harbour   Press ", "owner_source": "imprint"}

    assert load(_written(tmp_path, row))[0].owner == "Harbour Press"


def test_a_list_that_says_it_is_empty_is_no_fault(tmp_path: Path) -> None:
    empty = tmp_path / "feeds.toml"
    empty.write_text("feed = []\n")

    assert load(empty) == []


def test_a_file_without_tables_is_a_fault(tmp_path: Path) -> None:
    other = tmp_path / "feeds.toml"
    other.write_text('source = "https://harbour.example/rss"\n')

    with pytest.raises(SourcesError, match="must hold"):
        load(other)
