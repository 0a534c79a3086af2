"""The guest leaves: the reservation is over, their rooms are to be cleaned."""

from datetime import datetime

import attrs

from booking_core.domain.kernel.ids import ClaimId, TenantId
from booking_core.domain.reservations.bill import Bill, bill_of
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.storage import Transaction, UnitOfWork


def complete_departure(tx: Transaction, reservation: Reservation, at: datetime) -> Reservation:
    """End a stay: the lanes are free, the rooms need cleaning (of which housekeeping is told by their events).

    Raises InvalidTransition where the guest is not checked in.
    """
    change = reservation.complete(at)
    for room in tx.front_desk.rooms.occupied_by(reservation.id):
        tx.front_desk.rooms.save(room.vacate(reservation.id, at))
    tx.reservations.save(change)
    return change.state


def depart_once(tx: Transaction, reservation: Reservation, at: datetime) -> None:
    """End a stay whose balance was paid, unless it has ended in the meantime: what follows from a provider's answer."""
    if reservation.is_live:
        complete_departure(tx, reservation, at)


@attrs.frozen(kw_only=True)
class BillQuery:
    """The bill of a reservation as it stands."""

    tenant: TenantId
    reservation: ClaimId


@attrs.frozen(kw_only=True)
class ShowBill:
    """The folio, read by its guest."""

    begin: UnitOfWork

    def __call__(self, query: BillQuery) -> Bill:
        """The bill; raises NotFound where nothing was ever charged."""
        with self.begin.reading(query.tenant) as tx:
            return bill_of(tx.folios.get(query.reservation))
