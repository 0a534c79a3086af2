"""Call a reservation off."""

import attrs

from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.ambient import Clock
from booking_core.ports.storage import UnitOfWork
from booking_core.usecases.confirm import Decision


@attrs.frozen(kw_only=True)
class Cancel:
    """Cancel; the lanes are free at once."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, command: Decision) -> Reservation:
        """The cancelled reservation; raises NotFound, InvalidTransition (a checked-in guest asks the front desk)."""
        at = self.clock.now()
        with self.begin(command.tenant, command.actor) as tx:
            change = tx.reservations.get(command.reservation).cancel(at, command.reason)
            tx.reservations.save(change)
            return change.state
