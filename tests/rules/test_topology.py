"""The topology refuses what does not hold together."""

import pytest
from django.utils.module_loading import import_string

from config.topology import JOBS, TOPOLOGY
from streams import events as e
from streams.checks import find
from streams.event import Event
from streams.topology import Stage, Topology, TopologyError
from streams.wiring import handler


def stage(name: str, consumes: type[Event], *emits: type[Event]) -> Stage:
    return Stage(name, (consumes,), "somewhere", emits=emits)


def test_an_event_that_is_consumed_must_be_emitted_by_somebody() -> None:
    with pytest.raises(TopologyError, match="MailQueued is consumed but nobody emits it"):
        Topology(stages=(stage("send", e.MailQueued),))


def test_an_event_that_nobody_reads_must_be_kept_on_purpose() -> None:
    send = stage("send", e.MailQueued, e.MailSent)
    with pytest.raises(TopologyError, match="MailSent is emitted, nobody consumes it"):
        Topology(stages=(send,), sources=frozenset({e.MailQueued}))
    Topology((send,), frozenset({e.MailQueued}), for_the_record=frozenset({e.MailSent}))


def test_two_stages_cannot_share_a_name() -> None:
    twice = (stage("send", e.MailQueued), stage("send", e.MailQueued))
    with pytest.raises(TopologyError, match="'send' is declared 2 times"):
        Topology(stages=twice, sources=frozenset({e.MailQueued}))


def test_an_unknown_stage_is_named_with_those_there_are() -> None:
    with pytest.raises(KeyError, match="assess"):
        TOPOLOGY.stage("asses")


def test_every_event_of_the_vocabulary_flows_somewhere() -> None:
    flowing = {event for s in TOPOLOGY.stages for event in (*s.consumes, *s.emits)}
    flowing |= TOPOLOGY.sources | TOPOLOGY.for_the_record
    shipped = {cls for cls in Event.vocabulary().values() if cls.__module__ == e.__name__}
    assert shipped <= flowing


def test_jobs_have_names_of_their_own() -> None:
    assert len({job.name for job in JOBS}) == len(JOBS)


def test_every_stage_and_job_can_be_imported_and_has_both_halves() -> None:
    for one in TOPOLOGY.stages:
        assert handler(one)
    for job in JOBS:
        assert callable(import_string(job.handler))


def test_the_check_at_start_finds_modules_and_objects_and_misses_what_is_not_there() -> None:
    find("config.topology")
    find("tests.contracts.flow.ordered")
    for missing in ("config.nothing", "tests.contracts.flow.nothing", "nothing.at.all"):
        with pytest.raises(ImportError):
            find(missing)
