"""Staff refuse a pending reservation."""

import attrs

from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.ambient import Clock, IdGenerator
from booking_core.ports.storage import UnitOfWork
from booking_core.usecases.cashier import Cashier, let_go
from booking_core.usecases.confirm import Decision


@attrs.frozen(kw_only=True)
class Decline:
    """Refuse; the lanes are free at once, and what was authorised is given back."""

    begin: UnitOfWork
    clock: Clock
    ids: IdGenerator

    def __call__(self, command: Decision) -> Reservation:
        """The declined reservation; raises NotFound, InvalidTransition, InvalidInput (a guest)."""
        command.actor.check_is_staff("refusal")
        at = self.clock.now()
        with self.begin(command.tenant, command.actor) as tx:
            change = tx.reservations.get(command.reservation).decline(at, command.reason)
            tx.reservations.save(change)
            let_go(tx, change.state.id, at)
            Cashier(self.ids).settle(tx, change.state.id, at)
            return change.state
