"""A stage as one process runs it: what it met, and whether it stands still for a while."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from streams.delivery import Outcome, deliver
from streams.heartbeat import Pulse
from streams.retry import Breaker
from streams.topology import Stage


@dataclass
class Line:
    """Both runtimes deliver through this, so that both stop when much fails."""

    stage: Stage
    pulse: Pulse
    breaker: Breaker = field(default_factory=Breaker)

    def stands_until(self, now: datetime) -> datetime | None:
        """Until when nothing should be delivered; None when it runs."""
        return self.breaker.open_until(now)

    def meet(self, records: Sequence[UUID], now: datetime, *, park: bool = False) -> Outcome:
        """Delivers, and books what became of it. Raises DatabaseAway."""
        outcome = deliver(self.stage, records, now, park=park)
        for worked, times in ((True, outcome.done), (False, outcome.failed)):
            for _ in range(min(times, self.breaker.window)):
                self.breaker.note(worked, now)
        self.pulse.did(self.stage.name, outcome.done)
        return outcome
