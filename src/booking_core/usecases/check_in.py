"""The guest is here: which rooms they get, and what is refused at the counter."""

from datetime import datetime

import attrs

from booking_core.domain.availability.request import SoldOut
from booking_core.domain.catalog.resource import Resource
from booking_core.domain.frontdesk.rooms import Room, RoomNotAssignable, give_rooms, move_guest
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.events import SYSTEM, Actor, Change
from booking_core.domain.kernel.ids import ClaimId, TenantId, UnitId
from booking_core.domain.kernel.period import epoch
from booking_core.domain.reservations.calendar import Allocation
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.ambient import Clock
from booking_core.ports.storage import Transaction, UnitOfWork
from booking_core.usecases.charging import folio_of
from booking_core.usecases.reading import free_lapsed
from booking_core.usecases.room_plans import (
    assignable_in,
    plan_around,
    refuse_promised,
    room_type_of,
    rooms_for,
    still_one_at_a_time,
    units_named,
)


@attrs.frozen(kw_only=True)
class CheckInCommand:
    """Check a reservation in, into `rooms` (by key), or into those that are promised or proposed.

    `corrects_no_show` takes back that they did not come: the lanes are claimed anew, and the price is owed again.
    """

    tenant: TenantId
    reservation: ClaimId
    rooms: tuple[str, ...] = ()
    corrects_no_show: bool = False
    actor: Actor = SYSTEM


@attrs.frozen
class CheckedIn:
    """The reservation, and the keys of its rooms: as many as were booked, none where nothing booked has rooms."""

    reservation: Reservation
    rooms: tuple[str, ...]


@attrs.frozen(kw_only=True)
class CheckIn:
    """Gives as many rooms as were booked, all or none."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, command: CheckInCommand) -> CheckedIn:
        """Who is in which rooms.

        Raises RoomNotAssignable (dirty, occupied, out of order, promised to somebody else, none left), InvalidInput
        naming `rooms` (of another type, too few, too many), SoldOut where a no-show's lanes are gone,
        InvalidTransition, NotFound.
        """
        at = self.clock.now()
        with self.begin(command.tenant, command.actor) as tx:
            reservation = tx.reservations.get(command.reservation)
            change = _arrival(tx, command, reservation, at)
            resource = room_type_of(tx.catalogs.load(), reservation)
            if resource is None:
                if command.rooms:
                    raise InvalidInput("rooms", "nothing that was booked has rooms", ", ".join(command.rooms))
                tx.reservations.save(change)
                return CheckedIn(change.state, ())
            still_one_at_a_time(tx, resource)
            chosen = _chosen(tx, command, reservation, resource)
            refuse_promised(tx, resource, reservation, chosen)
            _give(tx, reservation, resource, chosen, at)
            tx.reservations.save(change)
            keys = {unit.id: unit.key for unit in resource.units}
            return CheckedIn(change.state, tuple(keys[unit] for unit in chosen))


def _arrival(
    tx: Transaction, command: CheckInCommand, reservation: Reservation, at: datetime
) -> Change[Reservation, Reservation]:
    """The check-in, or the correction of a no-show: its lanes are placed anew, its price is agreed again."""
    if not command.corrects_no_show:
        return reservation.check_in(at)
    resources = tx.catalogs.load().resources
    claimed = [resources[claim.resource] for claim in reservation.claims]
    window = reservation.claims[0].period
    reading = tx.calendars.read(claimed, window, at)
    free_lapsed(tx, reading.lapsed, at)
    allocations: list[Allocation] = []
    for claim in reservation.claims:
        start, end = epoch(claim.period.start), epoch(claim.period.end)
        placed = reading.calendars[claim.resource].place(start, end, claim.quantity)
        if placed is None:
            raise SoldOut("the places of this guest were sold in the meantime")
        allocations += placed
    if reservation.quote is not None:
        agreed = folio_of(tx, reservation, at).agree(reservation.quote.lines, at)
        tx.folios.save(agreed)
    return reservation.correct_no_show(tuple(sorted(allocations)), at)


def _give(
    tx: Transaction, reservation: Reservation, resource: Resource, chosen: tuple[UnitId, ...], at: datetime
) -> None:
    """Hand the keys out, of rooms as clean as the venue wants them."""
    assignable = assignable_in(tx.catalogs.load(), resource)
    rooms = tx.front_desk.rooms.of(chosen)
    for room in give_rooms(reservation, resource, chosen, rooms, at=at, assignable=assignable):
        tx.front_desk.rooms.save(room)
    assignment = tx.front_desk.assignments.of([reservation.id])[reservation.id]
    tx.front_desk.assignments.save(assignment.give(chosen))


def _chosen(
    tx: Transaction, command: CheckInCommand, reservation: Reservation, resource: Resource
) -> tuple[UnitId, ...]:
    """The rooms that the desk names, else the plan's; raises RoomNotAssignable where too few are left."""
    if command.rooms:
        return units_named(resource, command.rooms)
    planned = rooms_for(plan_around(tx, resource, reservation), reservation.id)
    if len(planned) < reservation.quantity:
        raise RoomNotAssignable(
            f"too few rooms of type {resource.name} are ready",
            wanted=reservation.quantity,
            ready=len(planned),
        )
    return tuple(planned[number] for number in range(reservation.quantity))


@attrs.frozen(kw_only=True)
class LockRoomCommand:
    """Promise a room (by key) for place `number` of a reservation; None takes the promise back."""

    tenant: TenantId
    reservation: ClaimId
    room: str | None
    number: int = 0
    actor: Actor = SYSTEM


@attrs.frozen(kw_only=True)
class LockRoom:
    """A room with a view was asked for: from now on it is kept for this guest."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, command: LockRoomCommand) -> None:
        """Promise it; raises RoomNotAssignable where it is promised to another guest, InvalidInput, NotFound."""
        at = self.clock.now()
        with self.begin(command.tenant, command.actor) as tx:
            reservation = tx.reservations.get(command.reservation)
            resource = room_type_of(tx.catalogs.load(), reservation)
            if resource is None or not 0 <= command.number < reservation.quantity:
                raise InvalidInput("number", "is no room of this reservation", command.number)
            still_one_at_a_time(tx, resource)
            assignment = tx.front_desk.assignments.of([reservation.id])[reservation.id]
            if command.room is None:
                tx.front_desk.assignments.save(assignment.unlock(command.number, at))
                return
            (unit,) = units_named(resource, [command.room])
            refuse_promised(tx, resource, reservation, [unit])
            tx.front_desk.assignments.save(assignment.lock(command.number, unit, at))


@attrs.frozen(kw_only=True)
class ChangeRoomCommand:
    """Move the guests of a reservation from one room to another (by key)."""

    tenant: TenantId
    reservation: ClaimId
    old: str
    new: str
    actor: Actor = SYSTEM


@attrs.frozen(kw_only=True)
class ChangeRoom:
    """The old room needs cleaning, the new one is theirs: both or neither."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, command: ChangeRoomCommand) -> tuple[Room, Room]:
        """The old and the new room; raises RoomNotAssignable, InvalidTransition where they are not in the old one."""
        at = self.clock.now()
        with self.begin(command.tenant, command.actor) as tx:
            reservation = tx.reservations.get(command.reservation)
            resource = room_type_of(tx.catalogs.load(), reservation)
            if resource is None:
                raise InvalidInput("rooms", "nothing that was booked has rooms", command.new)
            still_one_at_a_time(tx, resource)
            old, new = units_named(resource, [command.old, command.new])
            refuse_promised(tx, resource, reservation, [new])
            rooms = tx.front_desk.rooms.of([old, new])
            assignable = assignable_in(tx.catalogs.load(), resource)
            left, taken = move_guest(reservation.id, rooms[old], rooms[new], at, assignable)
            tx.front_desk.rooms.save(left)
            tx.front_desk.rooms.save(taken)
            assignment = tx.front_desk.assignments.of([reservation.id])[reservation.id]
            tx.front_desk.assignments.save(assignment.exchange(old, new))
            return left.state, taken.state
