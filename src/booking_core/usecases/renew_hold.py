"""Keep a hold for longer."""

import attrs

from booking_core.domain.kernel.errors import NotFound
from booking_core.domain.reservations.hold import Hold
from booking_core.ports.ambient import Clock
from booking_core.ports.storage import UnitOfWork
from booking_core.usecases.release_hold import HoldReference


@attrs.frozen(kw_only=True)
class RenewHold:
    """Another full time to live, from now."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, command: HoldReference) -> Hold:
        """The renewed hold; raises NotFound, HoldExpired, HoldOfAnotherSession."""
        with self.begin(command.tenant, command.actor) as tx:
            hold = tx.holds.find(command.hold)
            if hold is None:
                raise NotFound("hold", command.hold)
            ttl = tx.catalogs.load().service(hold.service).policy.hold_ttl
            renewal = hold.renew(command.session, self.clock.now(), ttl)
            tx.holds.save(renewal)
            return renewal.state
