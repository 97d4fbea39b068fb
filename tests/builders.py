"""Moves the flow for tests: the real topology, in this process, until it is still."""

from collections.abc import Iterable

from django.utils import timezone

from streams.delivery import Outcome, deliver, due
from streams.wiring import topology

ROUNDS = 200


def drain(stages: Iterable[str] | None = None) -> dict[str, Outcome]:
    """Runs all due deliveries of the stages (all when none is named) until nothing is due.

    Returns what became of them, by stage. Fails when something is retried or buried unless the
    test looks at the outcome itself.
    """
    flow = topology()
    wanted = [flow.stage(name) for name in stages] if stages is not None else list(flow.stages)
    total = {stage.name: Outcome() for stage in wanted}
    for _ in range(ROUNDS):
        moved = 0
        for stage in wanted:
            ids = due(stage, timezone.now(), stage.batch)
            if ids:
                outcome = deliver(stage, ids)
                for name in ("done", "retried", "buried", "parked", "taken"):
                    setattr(total[stage.name], name,
                            getattr(total[stage.name], name) + getattr(outcome, name))  # fmt: skip
                moved += outcome.done + outcome.failed
        if not moved:
            return total
    raise AssertionError(f"the flow did not come to rest in {ROUNDS} rounds: {total}")
