"""Parser processes: each takes documents over a pipe, and may hang or die without harm."""

import asyncio
import contextlib
import multiprocessing
import resource
import signal
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from typing import Any

from streams.collectors.parse import Job, Parsed, parse

MEMORY = 1 << 30
"""Bytes of address space that a parser may take beyond what it starts with."""
START = 60.0
"""Seconds that a process may take to start on a busy machine."""
_spawn = multiprocessing.get_context("spawn")


class ParserLost(Exception):
    """The process died, or hung and was killed; the next document finds a new one."""

    def __init__(self, why: str, hung: bool = False) -> None:
        super().__init__(why)
        self.hung = hung


class ParserProcess:
    """One process, started when first needed, started anew after it was lost."""

    def __init__(self, seconds: float = 20.0) -> None:
        self._seconds = seconds
        self._process: Any = None
        self._pipe: Any = None
        self._closed = False
        self._thread = ThreadPoolExecutor(1, "parser-pipe")

    async def parse(self, jobs: Sequence[Job]) -> list[Parsed]:
        """The result of each job, in order.

        When the process is lost, every job is tried alone; one with which it is lost again
        comes back as "parser_lost", and the others are not harmed.
        """
        try:
            return await self._ask(jobs)
        except ParserLost as lost:
            if lost.hung and len(jobs) == 1:
                return [_given_up(lost)]
        return [await self._alone(job) for job in jobs]

    async def _alone(self, job: Job) -> Parsed:
        try:
            return (await self._ask([job]))[0]
        except ParserLost as lost:
            return _given_up(lost)

    async def start(self) -> None:
        """Starts the process ahead of its first document."""
        with contextlib.suppress(ParserLost, OSError, EOFError):  # the first document tries again
            await asyncio.get_running_loop().run_in_executor(self._thread, self._started)

    async def _ask(self, jobs: Sequence[Job]) -> list[Parsed]:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._ask_now, jobs)

    def _ask_now(self, jobs: Sequence[Job]) -> list[Parsed]:
        try:
            pipe = self._started()
            pipe.send(jobs)
            if not pipe.poll(self._seconds):
                raise ParserLost(f"no answer within {self._seconds:g} s", hung=True)
            answer: list[Parsed] = pipe.recv()
        except ParserLost:
            self._kill()
            raise
        except (OSError, EOFError) as error:
            self._kill()
            raise ParserLost("the parser process died") from error
        return answer

    def _started(self) -> Any:
        if self._process is None or not self._process.is_alive():
            self._kill()
            self._pipe, theirs = _spawn.Pipe()
            process = _spawn.Process(target=serve, args=(theirs,), daemon=True)
            process.start()
            self._process = process
            theirs.close()
            if self._closed:
                raise ParserLost("we are ending", hung=True)
            if not self._pipe.poll(START):
                raise ParserLost("the parser process did not start", hung=True)
            self._pipe.recv()
        return self._pipe

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join(5)
            self._pipe.close()
        self._process = None

    @property
    def pid(self) -> int | None:
        """Of the running process, if any."""
        return self._process.pid if self._process else None

    def close(self) -> None:
        """Ends the process at once, also in the middle of a document or of its start."""
        self._closed = True
        process = self._process
        if process is not None and process.pid is not None:
            process.kill()
            process.join(2)
        self._thread.shutdown(wait=False, cancel_futures=True)


def _given_up(lost: ParserLost) -> Parsed:
    return Parsed(code="parser_lost", detail=str(lost))


def serve(pipe: Connection) -> None:
    """The process: parses what comes until the other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the supervisor alone hears Ctrl-C
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _limit_memory()
    with contextlib.suppress(EOFError, OSError, KeyboardInterrupt):
        pipe.send("ready")
        while True:
            pipe.send([_parsed(job) for job in pipe.recv()])


def _parsed(job: Job) -> Parsed:
    try:
        return parse(job)
    except MemoryError:
        return Parsed(code="parser_failed", detail="out of memory")


def _limit_memory() -> None:
    used = 0
    with contextlib.suppress(OSError), open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123
        used = int(statm.read().split()[0]) * resource.getpagesize()
    with contextlib.suppress(ValueError, OSError):
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, hard))


class Parsers:
    """A few parser processes behind one queue.

    Documents that wait while all processes are busy go together in one message, so that the
    cost of a message is shared exactly when there is much to do.
    """

    MOST = 8
    """Documents in one message."""
    MOST_BYTES = 4 << 20

    def __init__(self, processes: int = 2, seconds: float = 20.0) -> None:
        self._queue: asyncio.Queue[tuple[Job, asyncio.Future[Parsed]]] = asyncio.Queue()
        self._processes = [ParserProcess(seconds) for _ in range(processes)]
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> "Parsers":
        self._tasks = [asyncio.create_task(self._feed(p)) for p in self._processes]
        return self

    async def __aexit__(self, *_exc: object) -> None:
        for task in self._tasks:
            task.cancel()
        for process in self._processes:
            process.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def parse(self, job: Job) -> Parsed:
        """The result of one document, whatever happens to the process."""
        done: asyncio.Future[Parsed] = asyncio.get_running_loop().create_future()
        await self._queue.put((job, done))
        return await done

    async def _feed(self, process: ParserProcess) -> None:
        await process.start()
        while True:
            waiting = [await self._queue.get()]
            size = len(waiting[0][0].body)
            while len(waiting) < self.MOST and size < self.MOST_BYTES and self._queue.qsize():
                waiting.append(self._queue.get_nowait())
                size += len(waiting[-1][0].body)
            await _answer(process, waiting)


async def _answer(
    process: ParserProcess, waiting: list[tuple[Job, "asyncio.Future[Parsed]"]]
) -> None:
    try:
        results = await process.parse([job for job, _ in waiting])
    except Exception as error:
        failed = Parsed(code="parser_failed", detail=f"{type(error).__name__}: {error}"[:200])
        results = [failed] * len(waiting)
    for (_, done), result in zip(waiting, results, strict=True):
        if not done.done():
            done.set_result(result)
