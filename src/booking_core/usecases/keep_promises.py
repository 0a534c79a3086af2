"""What follows from a move: a room that was promised and can no longer be kept is taken back, and staff are told."""

from typing import ClassVar

import attrs

from booking_core.domain.catalog.resource import Resource
from booking_core.domain.frontdesk.room_assignment import RoomAssignment
from booking_core.domain.frontdesk.rooms import RoomNotAssignable
from booking_core.domain.kernel.events import Event
from booking_core.domain.kernel.ids import AlertId, ClaimId, UnitId
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.alerts import Alert
from booking_core.ports.ambient import IdGenerator
from booking_core.ports.storage import Transaction
from booking_core.usecases.room_plans import refuse_promised, room_type_of, still_one_at_a_time

BROKEN = "promise_broken"
"""The kind of the alert that tells of it."""


@attrs.frozen(kw_only=True)
class KeepPromises:
    """Guests move to other dates without asking for their room; whoever was promised it for those dates has it.

    A promise of a room of another type than is booked now, or for a place that is no longer booked, is void as well.
    """

    ids: IdGenerator
    name: ClassVar[str] = "keep promises"
    events: ClassVar[frozenset[str]] = frozenset({"ReservationMoved"})

    def __call__(self, tx: Transaction, event: Event) -> None:
        """Take back what cannot be kept, and tell staff once for a reservation."""
        reservation = tx.reservations.get(ClaimId(event.subject))
        resource = room_type_of(tx.catalogs.load(), reservation)
        if resource is not None:
            still_one_at_a_time(tx, resource)
        assignment = tx.front_desk.assignments.of([reservation.id])[reservation.id]
        if not reservation.is_live:
            return
        broken = _broken(tx, resource, reservation, assignment)
        for number in broken:
            change = assignment.unlock(number, event.at)
            tx.front_desk.assignments.save(change)
            assignment = change.state
        if broken:
            message = f"{reservation.code}: a room that was promised is not theirs on the new dates"
            tx.alerts.raise_(
                Alert(
                    id=AlertId(self.ids.new()),
                    kind=BROKEN,
                    subject=reservation.id,
                    message=message,
                    at=event.at,
                )
            )


def _broken(
    tx: Transaction, resource: Resource | None, reservation: Reservation, assignment: RoomAssignment
) -> list[int]:
    """The places whose promised room cannot be kept."""
    return [
        number
        for number, unit in assignment.locked.items()
        if number >= reservation.quantity or not _can_be_kept(tx, resource, reservation, unit)
    ]


def _can_be_kept(tx: Transaction, resource: Resource | None, reservation: Reservation, unit: UnitId) -> bool:
    if resource is None or unit not in {each.id for each in resource.units}:
        return False
    try:
        refuse_promised(tx, resource, reservation, [unit])
    except RoomNotAssignable:
        return False
    return True
