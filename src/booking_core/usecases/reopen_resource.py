"""Open a closed resource again."""

import attrs

from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import ClosureId, TenantId
from booking_core.ports.ambient import Clock
from booking_core.ports.storage import UnitOfWork


@attrs.frozen(kw_only=True)
class ReopenCommand:
    """One closure."""

    tenant: TenantId
    closure: ClosureId
    actor: Actor = SYSTEM


@attrs.frozen(kw_only=True)
class ReopenResource:
    """Ends a closure; its lanes are free at once."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, command: ReopenCommand) -> None:
        """Reopen; raises NotFound."""
        with self.begin(command.tenant, command.actor) as tx:
            tx.closures.save(tx.closures.get(command.closure).reopen(self.clock.now()))
