"""Parser processes may hang, die, or be fed nonsense: the document pays, nobody else."""

import asyncio
import os
import signal
from datetime import UTC, datetime

import pytest

from streams.collectors.parse import Job
from streams.collectors.workers import ParserLost, ParserProcess, Parsers

BODY = (
    b"<rss version='2.0'><channel><item><title>T</title>"
    b"<link>https://a.example/1</link></item></channel></rss>"
)


def job(body: bytes = BODY) -> Job:
    return Job(b"f" * 16, "https://a.example/feed", body, datetime.now(UTC))


async def test_documents_come_back_in_order_and_to_whom_they_belong() -> None:
    async with Parsers(processes=2) as parsers:
        bodies = [BODY.replace(b"<title>T", b"<title>T%d" % n) for n in range(30)]
        found = await asyncio.gather(*(parsers.parse(job(body)) for body in bodies))
    assert [parsed.fresh[0].title for parsed in found] == [f"T{n}" for n in range(30)]


async def test_a_killed_process_is_replaced_and_its_documents_are_read_again() -> None:
    async with Parsers(processes=1) as parsers:
        assert (await parsers.parse(job())).fresh
        process = parsers._processes[0]
        first = process.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        assert (await parsers.parse(job())).fresh
        assert process.pid != first


async def test_a_document_that_takes_for_ever_is_given_up_and_named() -> None:
    process = ParserProcess(seconds=3)
    await process.start()
    (alive,) = await process.parse([job()])
    assert alive.fresh
    assert process.pid is not None
    os.kill(process.pid, signal.SIGSTOP)  # as if it were lost in a document
    (first,) = await process.parse([job()])
    assert first.code == "parser_lost"
    (second,) = await process.parse([job()])
    process.close()
    assert second.fresh, "and the next document finds a new process"


async def test_one_bad_document_does_not_take_its_neighbours_along(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    process = ParserProcess(seconds=20)
    real = process._ask_now

    def dies_with(jobs: list[Job]) -> object:
        if any(b"deadly" in one.body for one in jobs):
            process._kill()
            raise ParserLost("the parser process died")
        return real(jobs)

    monkeypatch.setattr(process, "_ask_now", dies_with)
    found = await process.parse([job(), job(b"deadly"), job()])
    process.close()
    assert [parsed.code for parsed in found] == ["", "parser_lost", ""]
