"""Subscription lists come in row by row, hostile ones are refused in words, ours go out whole."""

import io
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from streams.collectors.models import Feed
from streams.collectors.opml import LARGEST, OpmlError, OpmlReport, export_opml, import_opml
from streams.collectors.sources import seed

pytestmark = pytest.mark.django_db

LIST = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0" xmlns:rrmm="urn:rrmm:opml:1">
<head><title>Harbour &amp; sea</title><dateCreated>yesterday</dateCreated></head>
<body>
  <outline text="Italia">
    <outline text="La Nota del Porto" type="rss" xmlUrl="https://nota.example/rss?a=1&amp;b=2"
             language="it-IT" rrmm:country="IT" rrmm:owner="Nota" rrmm:owner_source="imprint"/>
    <outline title="अख़बार" type="rss" xmlUrl="https://akhbar.example/rss" language="unknown"/>
    <outline text="Again" type="rss" xmlUrl="https://akhbar.example/rss"/>
    <outline text="A list" type="source" xmlUrl="https://lists.example/other.opml"/>
  </outline>
  <outline text="Broken" type="rss" xmlUrl="file:///etc/passwd"/>
  <outline text="Elsewhere" type="rss" xmlUrl="https://else.example/" rrmm:country="UK"/>
</body></opml>""".encode()


def _results(report: OpmlReport) -> list[str]:
    return [row.result for row in report.rows]


def test_every_row_is_answered_for() -> None:
    report = import_opml(LIST)

    assert _results(report) == ["created", "created", "twice", "refused", "refused"]
    assert report.title == "Harbour & sea"
    assert "http or https" in report.rows[3].words
    assert "ISO 3166" in report.rows[4].words


def test_a_feed_takes_what_the_list_says() -> None:
    import_opml(LIST)

    nota = Feed.objects.get(url="https://nota.example/rss?a=1&b=2")
    assert (nota.outlet, nota.country, nota.language) == ("La Nota del Porto", "IT", "it")
    assert (nota.owner, nota.owner_source, nota.checked) == ("Nota", "imprint", "unverified")
    hindi = Feed.objects.get(url="https://akhbar.example/rss")
    assert (hindi.outlet, hindi.country, hindi.language) == ("अख़बार", "", "")


def test_a_dry_run_says_the_same_and_writes_nothing() -> None:
    report = import_opml(LIST, dry_run=True)

    assert _results(report) == ["created", "created", "twice", "refused", "refused"]
    assert not Feed.objects.exists()


def test_a_feed_we_have_is_left_as_it_is() -> None:
    Feed.objects.create(url="https://akhbar.example/rss", outlet="Ours", active=False)

    assert import_opml(LIST).count("known") == 1
    feed = Feed.objects.get(url="https://akhbar.example/rss")
    assert (feed.outlet, feed.active) == ("Ours", False)


def test_what_goes_out_comes_in_again_unchanged() -> None:
    seed(settings.FEEDS_FILE)
    fields = ("url", "outlet", "country", "language", "owner", "owner_source", "checked")
    before = set(Feed.objects.values_list(*fields))
    document = export_opml()
    Feed.objects.all().delete()

    report = import_opml(document)

    assert set(_results(report)) == {"created"}
    assert set(Feed.objects.values_list(*fields)) == before


def test_the_file_is_well_formed_whatever_an_outlet_is_called() -> None:
    Feed.objects.create(url="https://a.example/?x=1&y=2", outlet='<"Tom & Jerry">\x01\x0b')

    outline = ET.fromstring(export_opml()).find("./body/outline/outline")

    assert outline is not None
    assert (outline.get("text"), outline.get("xmlUrl")) == (
        '<"Tom & Jerry">',
        "https://a.example/?x=1&y=2",
    )


def test_the_demonstration_and_what_is_switched_off_stay_here() -> None:
    Feed.objects.create(url="https://demo.example/", demo=True)
    Feed.objects.create(url="https://off.example/", active=False)

    assert b"example" not in export_opml()


def _bomb() -> bytes:
    levels = [f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12)]
    entities = "".join(['<!ENTITY l0 "boom">', *levels])
    body = '<outline text="&l11;" xmlUrl="https://bomb.example/"/>'
    return (
        f"<?xml version='1.0'?><!DOCTYPE o [{entities}]><opml><body>{body}</body></opml>".encode()
    )


def test_an_entity_bomb_is_read_as_the_letters_it_is() -> None:
    import_opml(_bomb())

    assert Feed.objects.get().outlet == "&l11;"


def test_a_file_of_this_machine_is_not_read_through_an_entity() -> None:
    import_opml(
        b'<!DOCTYPE o [<!ENTITY f SYSTEM "file:///etc/hostname">]>'
        b'<opml><body><outline text="&f;" xmlUrl="https://x.example/"/></body></opml>'
    )

    assert Feed.objects.get().outlet == "&f;"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not OPML"),
        (b"<rss><channel/></rss>", "not OPML"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "cannot be read as utf-8"),
        (b"<?xml version='1.0' encoding='no-such'?><opml/>", "cannot be read as no-such"),
        (b"<?xml version='1.0' encoding='base64'?><opml/>", "cannot be read as base64"),
        (b"<opml version='2.0'><body/></opml>", "holds no feeds"),
        (b"<opml><body><outline text='Only a heading'/></body></opml>", "holds no feeds"),
        (b"<opml>" + b" " * LARGEST, "larger than 5 MB"),
        (b"<opml>" + b"<outline xmlUrl='https://a.example/'/>" * 10_001, "more than 10000"),
        (b"</opml></outline></outline><opml><", "holds no feeds"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(OpmlError, match=words):
        import_opml(content)
    assert not Feed.objects.exists()


def test_ten_thousand_levels_do_not_bring_it_down() -> None:
    deep = b"<outline text='x'>" * 10_000 + b"<outline xmlUrl='https://deep.example/'/>"

    assert import_opml(b"<opml>" + deep + b"</opml>").count("created") == 1


def test_another_encoding_is_read_when_the_file_names_it() -> None:
    text = LIST.decode().replace("UTF-8", "iso-8859-9").replace("अख़बार", "Günlük Şehir")

    import_opml(text.encode("iso-8859-9"))

    assert Feed.objects.filter(outlet="Günlük Şehir").exists()


def test_the_command_tells_of_every_refused_row(tmp_path: Path) -> None:
    path, told, wrong = tmp_path / "list.opml", io.StringIO(), io.StringIO()
    path.write_bytes(LIST)

    call_command("opml", "import", str(path), "--dry-run", stdout=told, stderr=wrong)
    assert "Would add 2 feeds" in told.getvalue()
    assert not Feed.objects.exists()
    call_command("opml", "import", str(path), stdout=told, stderr=wrong)

    assert "Added 2 feeds; had 0; twice in the file 1; refused 2." in told.getvalue()
    assert "4: file:///etc/passwd: url: must be an http or https address" in wrong.getvalue()


def test_the_command_names_the_file_it_cannot_use(tmp_path: Path) -> None:
    path = tmp_path / "list.opml"
    path.write_bytes(b"nothing")

    with pytest.raises(CommandError, match=r"list\.opml: The file is not OPML"):
        call_command("opml", "import", str(path))


def test_the_command_writes_a_file_or_to_stdout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Feed.objects.create(url="https://a.example/", outlet="A")
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw))

    call_command("opml", "export", str(tmp_path / "out.opml"), stdout=io.StringIO())
    call_command("opml", "export")

    assert b"https://a.example/" in (tmp_path / "out.opml").read_bytes()
    assert b"https://a.example/" in raw.getvalue()
