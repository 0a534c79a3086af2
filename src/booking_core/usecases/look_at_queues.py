"""Looking how the queues stand, for those who keep them running."""

from collections.abc import Mapping

import attrs

from booking_core.domain.kernel.ids import TenantId
from booking_core.ports.ambient import Clock
from booking_core.ports.queues import Standing
from booking_core.ports.storage import UnitOfWork


@attrs.frozen(kw_only=True)
class LookAtQueues:
    """How every queue of a tenant stands."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, tenant: TenantId) -> Mapping[str, Standing]:
        """By the queue's name."""
        at = self.clock.now()
        with self.begin.reading(tenant) as tx:
            return {name: queue.standing(at) for name, queue in tx.queues.items()}
