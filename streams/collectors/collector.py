"""The long-running collector: due feeds are fetched, parsed, stored; no feed can stop it."""

import asyncio
import contextlib
import logging
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import (
    DatabaseError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    close_old_connections,
)
from django.utils import timezone

from streams import tally
from streams.collectors import decide, due, pages, parse, subscriptions
from streams.collectors.bell import Bell
from streams.collectors.fetch import Fetched, Fetcher, Wanted
from streams.collectors.models import Feed
from streams.collectors.parse import Job, Parsed
from streams.collectors.reader import PAGES_TICK, TOGETHER, Reader
from streams.collectors.state import Arrival
from streams.collectors.store import store
from streams.collectors.workers import Parsers
from streams.heartbeat import Pulse
from streams.turn import Turn

P = ParamSpec("P")
T = TypeVar("T")

TURN = "collect"
"""Name of the lease: two collectors must not poll the same feeds."""
TICK = 0.25
"""Seconds between two looks for due feeds."""
HUBS_TICK = 2.0
"""Seconds between two looks for hubs to ask."""
BATCH = 100
"""Documents stored in one transaction."""
LINGER = 0.02
"""Seconds that a polled document waits for company before it is stored."""
PATIENCE = 2.0
"""Seconds that fetched documents have to be stored after we were asked to end."""
AWAY = (OperationalError, InterfaceError)
"""The database is locked or away: wait, and try the same again."""

log = logging.getLogger(__name__)


async def in_database(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Runs synchronous Django code on the one database thread."""

    def run() -> T:
        close_old_connections()
        return work(*args, **kwargs)

    return await sync_to_async(run, thread_sensitive=True)()


class Collector:
    """One process's collecting. `chance` gives numbers in [0, 1): jitter and parser checks."""

    def __init__(
        self, fetcher: Fetcher, parsers: Parsers, chance: Callable[[], float] = random.random
    ) -> None:
        self._fetcher, self._parsers, self._chance = fetcher, parsers, chance
        self._ready: asyncio.Queue[Arrival] = asyncio.Queue()
        self._busy: set[UUID] = set()
        """Feeds between being found due and being stored."""
        self._inbox: set[UUID] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._pulse, self._turn, self._bell = Pulse("collect"), Turn(TURN), Bell()
        self._most = settings.COLLECT_TOGETHER * 2
        self._reader = Reader(fetcher)
        self.counts: Counter[str] = Counter()

    async def run(self, stop: Callable[[], bool]) -> None:
        """Until `stop()`; what was fetched by then is stored if that takes no longer than
        PATIENCE seconds, the rest is fetched again the next time."""
        storing = asyncio.create_task(self._forever(self._store_next, 0))
        listening = asyncio.create_task(self._bell.listen())
        looking = [
            asyncio.create_task(self._forever(work, seconds))
            for work, seconds in (
                (self._keep_turn, 0.2),
                (self._poll_due, TICK),
                (self._take_inbox, 0),
                (self._ask_hubs, HUBS_TICK),
                (self._read_pages, PAGES_TICK),
                (self._beat, 1.0),
            )
        ]
        while not stop():
            await asyncio.sleep(0.1)
        await _cancel(*looking, *self._tasks)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await self._ready.join()
        await _cancel(storing)
        self._bell.close()
        await listening
        with contextlib.suppress(DatabaseError):
            await in_database(self._turn.release)

    async def poll_once(self, feeds: Sequence[Feed]) -> Counter[str]:
        """Polls these feeds and stores what they bring; for tests, benchmarks and `--once`."""
        storing = asyncio.create_task(self._forever(self._store_next, 0))
        for feed in feeds:
            self._begin(feed)
        while self._busy:
            await asyncio.sleep(0.002)
        await _cancel(storing)
        return self.counts

    # --- what there is to do --------------------------------------------------------------------

    async def _keep_turn(self) -> None:
        """One collector works; others stand by and take over when it dies."""
        had = self._turn.mine
        if await in_database(self._turn.keep) and not had:
            self._bell.ring()

    async def _poll_due(self) -> None:
        room = self._most - len(self._busy)
        if room <= 0 or not self._turn.mine:
            return
        for feed in await in_database(due.feeds, timezone.now(), room, self._busy):
            self._begin(feed)

    async def _take_inbox(self) -> None:
        await self._bell.wait()
        if not self._turn.mine:
            return
        for pushed in await in_database(due.inbox, self._inbox):
            self._inbox.add(pushed.pk)
            self._spawn(self._take(pushed))

    async def _ask_hubs(self) -> None:
        feeds = await in_database(subscriptions.claim) if self._turn.mine else []
        if feeds:
            asking = (subscriptions.ask(self._fetcher, feed) for feed in feeds)
            said = await asyncio.gather(*asking)
            await in_database(subscriptions.note_answers, list(zip(feeds, said, strict=True)))

    async def _read_pages(self) -> None:
        mine = self._turn.mine
        for_us = await in_database(pages.claim, TOGETHER, timezone.now()) if mine else []
        read = await asyncio.gather(*(self._reader.read(page) for page in for_us))
        self.counts += await in_database(pages.keep, read, timezone.now()) if read else Counter()

    async def _beat(self) -> None:
        says = {"busy": len(self._busy), "waiting": self._ready.qsize()}
        if not self._turn.mine:
            says["standby"] = True
        await in_database(self._pulse.beat, **says)
        await in_database(tally.flush)

    # --- one feed -------------------------------------------------------------------------------

    def _begin(self, feed: Feed) -> None:
        self._busy.add(feed.pk)
        self._spawn(self._poll(feed))

    async def _poll(self, feed: Feed) -> None:
        now, fetched, parsed = timezone.now(), Fetched("internal", feed.address), None
        try:
            fetched = await self._fetcher.fetch(_wanted(feed, now))
            now = timezone.now()
            if fetched.code == "ok":
                parsed = await self._parse(feed, fetched.url, fetched.body, fetched.content_type)
        except Exception as error:
            log.exception("a feed could not be polled")
            fetched = Fetched("internal", feed.address, detail=type(error).__name__)
        slim = _without_body(fetched)
        await self._ready.put(Arrival(feed, slim, now, self._chance(), parsed))

    async def _take(self, pushed: due.PushedDocument) -> None:
        parsed = await self._parse(pushed.feed, pushed.feed.address, pushed.body, pushed.kind)
        fetched = Fetched("ok", pushed.feed.address, size=len(pushed.body))
        now = timezone.now()
        await self._ready.put(
            Arrival(pushed.feed, fetched, now, self._chance(), parsed, inbox=pushed.pk)
        )

    async def _parse(self, feed: Feed, url: str, body: bytes, content_type: str) -> Parsed:
        return await self._parsers.parse(
            Job(
                feed=feed.pk.bytes,
                url=url,
                body=body,
                now=timezone.now(),
                content_type=content_type,
                window=bytes(feed.window),
                trust=feed.parser_trust,
                check=self._chance() * parse.CHECK_EVERY < 1,
            )
        )

    # --- storing --------------------------------------------------------------------------------

    async def _store_next(self) -> None:
        batch = [await self._ready.get()]
        if not batch[0].pushed and self._busy:
            await asyncio.sleep(LINGER)
        while len(batch) < BATCH and not self._ready.empty():
            batch.append(self._ready.get_nowait())
        try:
            await self._store(batch)
        finally:
            for arrival in batch:
                self._ready.task_done()
                if arrival.pushed:
                    self._inbox.discard(arrival.inbox)
                    self._bell.ring()  # the feed's next document may wait
                else:
                    self._busy.discard(arrival.feed.pk)

    async def _store(self, batch: Sequence[Arrival], *, again: bool = True) -> None:
        """Stores the batch; a document that the database refuses is found and left alone.

        again: what collides with rows that somebody else has just written is looked at once
        more (the collector whose turn it was before may not have ended yet).
        """
        try:
            counts = await self._patiently(store, batch)
        except (DatabaseError, ValueError, TypeError) as error:
            if len(batch) > 1 or (again and isinstance(error, IntegrityError)):
                for arrival in batch:
                    await self._store([arrival], again=len(batch) > 1)
                return
            counts = await self._patiently(store, [_refused(batch[0], error)])
        self.counts += counts
        self._pulse.did("polls", counts["collect.polls"])
        self._pulse.did("articles", counts["collect.articles"])

    async def _patiently(
        self, work: Callable[[Sequence[Arrival]], Counter[str]], batch: Sequence[Arrival]
    ) -> Counter[str]:
        wait = 0.1
        while True:
            try:
                return await in_database(work, batch)
            except AWAY as error:
                log.warning("the database is away, trying again in %.1f s: %s", wait, error)
            await asyncio.sleep(wait)
            wait = min(wait * 2, 5.0)

    # --- tasks ----------------------------------------------------------------------------------

    def _spawn(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _forever(self, work: Callable[[], Awaitable[None]], seconds: float) -> None:
        while True:
            try:
                await work()
            except AWAY as error:
                log.warning("the database is away: %s", error)
                await asyncio.sleep(1.0)
            except Exception:
                log.exception("collecting goes on after an error")
                await asyncio.sleep(1.0)
            if seconds:
                await asyncio.sleep(seconds)


def _wanted(feed: Feed, now: datetime) -> Wanted:
    mark = bytes(feed.body_hash)
    if decide.wants_whole(feed.last_full_at, now):
        return Wanted(feed.address, body_hash=mark)
    return Wanted(feed.address, feed.etag, feed.last_modified, mark)


def _without_body(fetched: Fetched) -> Fetched:
    object.__setattr__(fetched, "body", b"")  # parsed; a batch must not hold megabytes
    return fetched


def _refused(arrival: Arrival, error: Exception) -> Arrival:
    log.error("a feed's document could not be stored", exc_info=error)
    failed = Fetched("not_stored", arrival.fetched.url, detail=type(error).__name__)
    return Arrival(arrival.feed, failed, arrival.now, arrival.chance, None, arrival.inbox)


async def _cancel(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
