"""What the polls brought becomes rows and events: one short transaction for a batch of feeds."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from uuid_utils.compat import uuid7

from streams import gate, rows
from streams.collectors import state
from streams.collectors.models import Article, Entry, Feed, FeedDay, FeedHour, Inbox, Poll
from streams.collectors.parse import Fresh
from streams.collectors.state import GOOD, Arrival
from streams.collectors.text import key_of
from streams.events import ArticleFetched
from streams.log import append_many
from streams.tally import count

ARTICLE = (
    "id", "feed", "url", "url_key", "title", "summary", "language", "published_at", "seen_at",
    "fingerprint", "backfill", "demo",
)  # fmt: skip
POLL = ("feed", "at", "code", "status", "new", "known", "dropped", "ms", "size", "detail", "pushed")


@dataclass(slots=True)
class Sorted:
    """One arrival's fresh entries, told apart with the database's help."""

    arrival: Arrival
    new: list[tuple[Fresh, int]] = field(default_factory=list)
    """With the key of their address."""
    known: int = 0
    drops: Counter[str] = field(default_factory=Counter)


def store(arrivals: Sequence[Arrival]) -> Counter[str]:
    """Writes it all in one transaction, events included; the counts, by name.

    An entry that its feed has shown before, and an article whose address is known from any
    feed, brings nothing; both are counted.
    """
    with transaction.atomic():
        if any(arrival.feed.demo for arrival in arrivals):
            gate.enter()
        sifted = _sift(arrivals)
        _write_articles(sifted)
        _write_entries(sifted)
        _write_days(sifted)
        _write_polls(sifted)  # before the feeds forget what they were
        _write_feeds(sifted)
        _clear_inbox(arrivals)
        counts = _counts(sifted)
        for name, n in counts.items():
            count(name, n)
    return counts


# --- what is new --------------------------------------------------------------------------------


def _sift(arrivals: Sequence[Arrival]) -> list[Sorted]:
    fresh = [found for arrival in arrivals for found in _fresh(arrival)]
    addresses = {found.url: key_of(found.url) for found in fresh}
    known = rows.existing(Entry, "key", [found.key for found in fresh])
    taken = rows.existing(Article, "url_key", list(addresses.values()))
    sifted = []
    for arrival in arrivals:
        mine = Sorted(arrival, known=arrival.parsed.known if arrival.parsed else 0)
        mine.drops.update(dict(arrival.parsed.dropped) if arrival.parsed else {})
        for found in _fresh(arrival):
            address = addresses[found.url]
            if found.key in known:
                mine.known += 1
            elif address in taken:
                mine.drops["duplicate_url"] += 1
            else:
                mine.new.append((found, address))
                taken.add(address)
            known.add(found.key)
        sifted.append(mine)
    return sifted


def _fresh(arrival: Arrival) -> tuple[Fresh, ...]:
    return arrival.parsed.fresh if arrival.parsed else ()


# --- rows ---------------------------------------------------------------------------------------


def _write_articles(sifted: Iterable[Sorted]) -> None:
    articles: list[tuple[Any, ...]] = []
    events: list[ArticleFetched] = []
    for mine in sifted:
        feed, now = mine.arrival.feed, mine.arrival.now
        backfill = mine.arrival.backfill
        for found, address in mine.new:
            ident = uuid7()
            articles.append((
                ident, feed.pk, found.url, address, found.title, found.summary, feed.language,
                found.published_at, now, found.fingerprint, backfill, feed.demo,
            ))  # fmt: skip
            events.append(_event(ident, mine.arrival, found, backfill))
    rows.insert(Article, ARTICLE, articles)
    append_many(events)


def _event(ident: Any, arrival: Arrival, found: Fresh, backfill: bool) -> ArticleFetched:
    feed = arrival.feed
    return ArticleFetched(
        at=arrival.now,
        demo=feed.demo,
        article=ident,
        feed=feed.pk,
        outlet=feed.outlet,
        owner=feed.owner,
        country=feed.country,
        language=feed.language,
        url=found.url,
        title=found.title,
        summary=found.summary,
        published_at=found.published_at,
        seen_at=arrival.now,
        backfill=backfill,
        fingerprint=found.fingerprint,
    )


def _write_entries(sifted: Iterable[Sorted]) -> None:
    """New entries, and a new date for those that just left their feed's window."""
    entries: list[tuple[Any, ...]] = []
    leaving: list[tuple[int, dict[str, Any]]] = []
    for mine in sifted:
        parsed, feed, now = mine.arrival.parsed, mine.arrival.feed, mine.arrival.now
        if parsed is None or parsed.code:
            continue
        entries += [(found.key, feed.pk, now) for found in parsed.fresh]
        entries += [(key, feed.pk, now) for key in parsed.dropped_keys]
        if not mine.arrival.pushed:
            left = state.window(feed.window, parsed.keys)[1]
            leaving += [(key, {"seen_at": now}) for key in left]
    rows.insert(Entry, ("key", "feed", "seen_at"), entries, skip_known=True)
    rows.update(Entry, ("seen_at",), leaving)


def _write_days(sifted: Iterable[Sorted]) -> None:
    """What came on a day that counts as usual later: no backfill, nothing of the demo."""
    days: Counter[tuple[Any, ...]] = Counter()
    hours: Counter[tuple[Any, ...]] = Counter()
    for mine in sifted:
        arrival = mine.arrival
        if mine.new and not (arrival.backfill or arrival.feed.demo):
            hour = arrival.now.replace(minute=0, second=0, microsecond=0)
            days[arrival.feed.pk, hour.date()] += len(mine.new)
            hours[arrival.feed.pk, hour] += len(mine.new)
    rows.add_up(FeedHour, ("feed", "hour"), "articles", hours)
    rows.add_up(FeedDay, ("feed", "day"), "articles", days)


def _write_feeds(sifted: Iterable[Sorted]) -> None:
    """Polls write all the collector's columns, pushes only what a push can know: its feed may be
    polled in the same moment."""
    polled: list[tuple[Any, dict[str, Any]]] = []
    pushed: list[tuple[Any, dict[str, Any]]] = []
    for mine in sifted:
        feed = mine.arrival.feed
        here = feed.address
        if values := state.advance(mine.arrival, len(mine.new)):
            for name, value in values.items():
                setattr(feed, name, value)
            names = state.PUSHED if mine.arrival.pushed else state.COLUMNS
            row = (feed.pk, {name: getattr(feed, name) for name in names})
            (pushed if mine.arrival.pushed else polled).append(row)
            count("collect.feed_moved", int(feed.address != here))
    rows.update(Feed, state.COLUMNS, polled)
    rows.update(Feed, state.PUSHED, pushed)


def _write_polls(sifted: Iterable[Sorted]) -> None:
    lines = []
    for mine in sifted:
        arrival, dropped = mine.arrival, mine.drops.total()
        if not state.matters(arrival, len(mine.new), dropped):
            continue
        fetched = arrival.fetched
        detail = arrival.detail or ", ".join(f"{k} {n}" for k, n in mine.drops.items())[:300]
        lines.append((
            arrival.feed.pk, arrival.now, arrival.code, fetched.status, len(mine.new), mine.known,
            dropped, fetched.ms, fetched.size, detail, arrival.pushed,
        ))  # fmt: skip
    rows.insert(Poll, POLL, lines)


def _clear_inbox(arrivals: Iterable[Arrival]) -> None:
    done = [arrival.inbox for arrival in arrivals if arrival.pushed]
    if done:
        Inbox.objects.filter(pk__in=done).delete()


# --- counts -------------------------------------------------------------------------------------


def _counts(sifted: Iterable[Sorted]) -> Counter[str]:
    found: Counter[str] = Counter()
    for mine in sifted:
        arrival = mine.arrival
        found["collect.pushed" if arrival.pushed else "collect.polls"] += 1
        if arrival.code == "unchanged":
            found["collect.unchanged"] += 1
        elif arrival.code not in GOOD:
            found[f"collect.failed.{arrival.code}"] += 1
        found["collect.articles"] += len(mine.new)
        found["collect.known"] += mine.known
        for name, n in mine.drops.items():
            found[f"collect.{name}"] += n
        if arrival.parsed:
            found += _parser_counts(arrival)
    return +found


def _parser_counts(arrival: Arrival) -> Counter[str]:
    parsed = arrival.parsed
    assert parsed is not None
    found = Counter({f"collect.parsed.{parsed.parser}": 1} if parsed.parser else {})
    if parsed.differences:
        found["collect.parsers_differ"] = 1
        found.update(f"collect.parsers_differ.{name}" for name in parsed.differences)
    return found
