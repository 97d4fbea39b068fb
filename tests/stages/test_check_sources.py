"""A check of sources says of each what is wrong with it, and claims nothing it did not see."""

import io
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from rrmm.flashpoints.management.commands.check_sources import wanted
from rrmm.flashpoints.source_check import check, judge
from rrmm.flashpoints.source_report import as_json, as_markdown, counts
from streams.collectors.demo.server import Running, running
from streams.collectors.fetch import Fetcher, Limits
from streams.collectors.parse import Parsed
from streams.collectors.sources import SourceRow

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def _row(url: str, language: str = "it", outlet: str = "Outlet") -> SourceRow:
    return SourceRow(url=url, outlet=outlet, country="IT", language=language)


def _fetcher(server: Running) -> Fetcher:
    port = int(server.address.rpartition(":")[2])
    return Fetcher(Limits(allow=(("127.0.0.1", port),), host_gap_s=0.0, total_s=5.0))


async def test_each_source_gets_its_verdict_in_the_lists_order() -> None:
    async with running() as server:
        rows = [
            _row(server.press.feed_url("la-nota-del-porto")),
            _row(server.press.feed_url("uferblatt")),
            _row(f"{server.address}/"),
            _row(f"{server.address}/feeds/nobody.xml"),
            _row("http://127.0.0.1:9/feed"),
        ]
        told: list[str] = []
        found = await check(rows, lambda one: told.append(one.row.url), _fetcher(server))

    assert [one.row for one in found] == rows
    verdicts = [one.verdict for one in found]
    assert verdicts == ["ok", "language", "html_page", "not_found", "private_address"]
    assert sorted(told) == sorted(row.url for row in rows)
    assert found[0].detected == "it"
    assert "The list says it, the articles are in de." in found[1].words
    assert "web page" in found[2].words
    assert "404" in found[3].words


async def test_every_invented_outlet_writes_the_language_it_declares() -> None:
    async with running() as server:
        rows = [
            _row(server.press.feed_url(outlet.slug), outlet.language, outlet.name)
            for outlet in server.press.scenario.outlets
        ]
        found = await check(rows, lambda one: None, _fetcher(server))

    assert counts(found) == {"ok": len(rows)}


def test_a_feed_without_young_entries_is_silent_and_one_without_any_is_empty() -> None:
    row = _row("https://old.example/rss")

    assert judge(row, Parsed(dropped=(("too_old", 4),))).verdict == "silent"
    assert judge(row, Parsed()).verdict == "empty"


async def test_the_reports_tell_people_and_programs_the_same() -> None:
    async with running() as server:
        rows = [
            _row(server.press.feed_url("la-nota-del-porto"), outlet="A | B"),
            _row(server.press.feed_url("uferblatt")),
            _row(f"{server.address}/"),
        ]
        found = await check(rows, lambda one: None, _fetcher(server))

    page, document = as_markdown(found, NOON), json.loads(as_json(found, NOON))

    assert "1 of 3 sources answered as the list says. Checked 2026-11-21 12:00 UTC." in page
    assert re.findall("^## (.*)$", page, re.MULTILINE) == [
        "Could not be read (1)",
        "Write another language (1)",
        "Fine (1)",
    ]
    assert "| A \\| B | IT | it |" in page
    assert document["counts"] == {"ok": 1, "language": 1, "html_page": 1}
    claims = [source["checked"] for source in document["sources"]]
    assert claims == ["2026-11-21 check_sources: OK", "", ""]


def test_only_takes_outlet_address_country_or_language() -> None:
    rows = [
        SourceRow(url="https://a.example/", outlet="Die Ufer", country="DE", language="de"),
        SourceRow(url="https://b.example/", outlet="Le Phare", country="FR", language="fr"),
    ]

    for only in ("ufer", "a.example", "DE", "de"):
        assert rows[0] in wanted(rows, only)
    assert list(wanted(rows, "FR")) == [rows[1]]
    assert list(wanted(rows, "")) == rows


def test_the_command_writes_its_report(tmp_path: Path) -> None:
    path, report, told = tmp_path / "list.toml", tmp_path / "report.md", io.StringIO()
    path.write_text(
        '[[feed]]\nurl = "http://127.0.0.1:9/"\noutlet = "Nobody"\ncountry = "FR"\n'
        'language = "fr"\n'
    )

    call_command("check_sources", file=path, report=report, stdout=told)

    assert "1/1  private_address  Nobody" in told.getvalue()
    assert "0 of 1 sources" in report.read_text()
    with pytest.raises(CommandError, match="No source of the list"):
        call_command("check_sources", file=path, only="elsewhere")
