"""The guest leaves: the reservation is over, their rooms are to be cleaned."""

from datetime import datetime

import attrs

from booking_core.domain.frontdesk.housekeeping import Task, Work
from booking_core.domain.kernel.ids import ClaimId, TaskId, TenantId
from booking_core.domain.reservations.bill import Bill, bill_of
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.ambient import IdGenerator
from booking_core.ports.storage import Transaction, UnitOfWork


def complete_departure(
    tx: Transaction, ids: IdGenerator, reservation: Reservation, at: datetime
) -> Reservation:
    """End a stay: the lanes are free, the rooms need cleaning, and housekeeping is told.

    Raises InvalidTransition where the guest is not checked in.
    """
    change = reservation.complete(at)
    for room in tx.front_desk.rooms.occupied_by(reservation.id):
        tx.front_desk.rooms.save(room.vacate(reservation.id, at))
        task = Task.open(id=TaskId(ids.new()), unit=room.unit, work=Work.CLEANING, at=at)
        tx.front_desk.tasks.save(task)
    tx.reservations.save(change)
    return change.state


@attrs.frozen
class CompleteDeparture:
    """Ends a stay whose balance was paid: what follows from the provider's answer to a check-out."""

    ids: IdGenerator

    def __call__(self, tx: Transaction, reservation: Reservation, at: datetime) -> None:
        """End it, unless it has ended in the meantime."""
        if reservation.is_live:
            complete_departure(tx, self.ids, reservation, at)


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
