"""Give a hold back."""

import attrs

from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import ClaimId, TenantId
from booking_core.ports.ambient import Clock
from booking_core.ports.storage import UnitOfWork


@attrs.frozen(kw_only=True)
class HoldReference:
    """One hold of a session."""

    tenant: TenantId
    session: str
    hold: ClaimId
    actor: Actor = SYSTEM


@attrs.frozen(kw_only=True)
class ReleaseHold:
    """The customer changed their mind: the lanes are free at once."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, command: HoldReference) -> None:
        """Release it; one that is gone already is no error. Raises HoldOfAnotherSession."""
        at = self.clock.now()
        with self.begin(command.tenant, command.actor) as tx:
            hold = tx.holds.find(command.hold)
            if hold is None:
                return
            if hold.has_lapsed(at):
                tx.holds.save(hold.release(at, has_lapsed=True))
                return
            hold.check(command.session, at)
            tx.holds.save(hold.release(at))
