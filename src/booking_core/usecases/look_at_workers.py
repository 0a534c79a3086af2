"""Looking whether anybody works: what is due is done late, or never, where nobody does."""

from datetime import timedelta

import attrs

from booking_core.ports.ambient import Clock
from booking_core.ports.heartbeats import Heartbeats

LATE = timedelta(minutes=1)
"""A worker gives a sign every ten seconds, unless every thread of it is busy with something long."""


@attrs.frozen(kw_only=True)
class Workers:
    """How many gave a sign within the last minute, and how long ago the last sign of any was (None: of nobody)."""

    alive: int
    age: timedelta | None


@attrs.frozen(kw_only=True)
class LookAtWorkers:
    """The workers of the deployment, wherever they run."""

    heartbeats: Heartbeats
    clock: Clock

    def __call__(self) -> Workers:
        """As of now. Clocks of other machines may be ahead: nobody's sign is younger than now."""
        at = self.clock.now()
        ages = [max(timedelta(0), at - seen) for seen in self.heartbeats.last().values()]
        return Workers(alive=sum(age < LATE for age in ages), age=min(ages, default=None))
