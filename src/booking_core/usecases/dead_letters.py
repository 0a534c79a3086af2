"""What was tried as often as it may be: to be looked at by staff, and tried anew once its cause is mended."""

from collections.abc import Sequence

import attrs

from booking_core.domain.kernel.errors import NotFound
from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import TenantId
from booking_core.ports.ambient import Clock
from booking_core.ports.queues import DeadLetter
from booking_core.ports.storage import UnitOfWork

MOST_SHOWN = 100


@attrs.frozen(kw_only=True)
class ListDeadLetters:
    """The dead letters of every queue."""

    begin: UnitOfWork

    def __call__(self, tenant: TenantId) -> Sequence[DeadLetter]:
        """At most 100 of each queue, the latest of all first."""
        with self.begin.reading(tenant) as tx:
            found = [letter for queue in tx.queues.values() for letter in queue.dead(MOST_SHOWN)]
        return sorted(found, key=lambda each: each.died_at, reverse=True)


@attrs.frozen(kw_only=True)
class RequeueCommand:
    """Try a dead letter of a queue anew."""

    tenant: TenantId
    queue: str
    letter: str
    actor: Actor = SYSTEM


@attrs.frozen(kw_only=True)
class RequeueDeadLetter:
    """Makes a dead letter ready again, with all its attempts before it."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, command: RequeueCommand) -> DeadLetter:
        """What it was; raises NotFound, also for a queue that does not exist."""
        with self.begin(command.tenant, command.actor) as tx:
            queue = tx.queues.get(command.queue)
            if queue is None:
                raise NotFound("queue", command.queue)
            return queue.requeue(command.letter, self.clock.now())
