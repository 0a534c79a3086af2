"""Staff approve a pending reservation."""

import attrs

from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import ClaimId, TenantId
from booking_core.domain.kernel.text import plain_text
from booking_core.domain.reservations.closure import LONGEST_REASON
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.ambient import Clock
from booking_core.ports.storage import UnitOfWork


@attrs.frozen(kw_only=True)
class Decision:
    """About one reservation, with a reason where one is given."""

    tenant: TenantId
    reservation: ClaimId
    reason: str = ""
    actor: Actor = SYSTEM

    def __attrs_post_init__(self) -> None:
        """Refuse reasons that cannot be kept."""
        plain_text(self.reason, "reason", LONGEST_REASON)


@attrs.frozen(kw_only=True)
class Confirm:
    """Approve."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, command: Decision) -> Reservation:
        """The confirmed reservation; raises NotFound, InvalidTransition (it may have expired)."""
        at = self.clock.now()
        with self.begin(command.tenant, command.actor) as tx:
            reservation = tx.reservations.get(command.reservation)
            change = reservation.confirm(at)
            tx.reservations.save(change)
            return change.state
