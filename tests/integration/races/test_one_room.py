"""One room and two desks at the same instant: one hands out the key, and one promises it. With controls."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest

from booking_adapters.ambient.retrying import Persistent
from booking_adapters.testing.contracts.crowd import all_at_once
from booking_adapters.testing.contracts.scene import Storage
from booking_adapters.testing.engine import TheEngine
from booking_core.domain.frontdesk.rooms import RoomNotAssignable, RoomStatus
from booking_core.domain.kernel.errors import StaleVersion
from booking_core.domain.reservations.reservation import Reservation, Status
from booking_core.usecases.check_in import CheckIn, CheckInCommand, LockRoom, LockRoomCommand
from tests.integration.races.hasty import HastyDesk
from tests.integration.scenarios.counter import Desk

DESKS = ("Ada", "Bob", "Cem")


@pytest.fixture
def desk(store: Storage) -> Desk:
    return Desk(TheEngine(store))


@pytest.fixture
def guests(desk: Desk) -> Sequence[Reservation]:
    """Three guests who stand at three desks on the day of their arrival."""
    found = [desk.a_guest(name) for name in DESKS]
    desk.it_is_at_least(found[0].period.start)
    return found


def check_ins(desk: Desk, guests: Sequence[Reservation], check_in: Any) -> list[object]:
    commands = [CheckInCommand(tenant=desk.tenant, reservation=guest.id, rooms=("301",)) for guest in guests]
    return list(all_at_once(*(partial(check_in, command) for command in commands)))


def promises(desk: Desk, guests: Sequence[Reservation], lock_room: Any) -> list[object]:
    commands = [LockRoomCommand(tenant=desk.tenant, reservation=guest.id, room="301") for guest in guests]
    return list(all_at_once(*(partial(lock_room, command) for command in commands)))


def in_house(desk: Desk, guests: Sequence[Reservation]) -> list[str]:
    """Who has been checked in."""
    found = [desk.hotel.show(guest.code) for guest in guests]
    return [each.customer.name for each in found if each.status is Status.CHECKED_IN]


def hasty_check_in(desk: Desk, *, compares_rooms: bool = True) -> CheckIn:
    """Checking in by desks that all saw the room free before any of them wrote."""
    engine = desk.hotel.engine
    begin: Any = HastyDesk(engine.store, len(DESKS), compares_rooms=compares_rooms)
    return CheckIn(begin=begin, clock=engine.clock)


def test_of_desks_that_give_one_room_at_one_instant_one_does(
    desk: Desk, guests: Sequence[Reservation]
) -> None:
    results = check_ins(desk, guests, desk.does.check_in)
    assert sorted(type(each).__name__ for each in results) == ["CheckedIn"] + ["RoomNotAssignable"] * 2
    (winner,) = in_house(desk, guests)
    assert desk.rooms()["301"] == (RoomStatus.OCCUPIED, winner)


def test_of_desks_that_all_saw_the_room_free_one_gives_it(desk: Desk, guests: Sequence[Reservation]) -> None:
    results = check_ins(desk, guests, hasty_check_in(desk))
    assert sorted(type(each) is StaleVersion for each in results) == [False, True, True]
    (winner,) = in_house(desk, guests)
    assert desk.rooms()["301"] == (RoomStatus.OCCUPIED, winner)


def test_a_desk_that_lost_and_tries_again_reads_that_the_room_is_occupied(
    desk: Desk, guests: Sequence[Reservation]
) -> None:
    results = check_ins(desk, guests, Persistent(hasty_check_in(desk)))
    assert sorted(type(each) is RoomNotAssignable for each in results) == [False, True, True]
    assert len(in_house(desk, guests)) == 1


def test_without_the_comparison_the_same_race_puts_everybody_into_one_room(
    desk: Desk, guests: Sequence[Reservation]
) -> None:
    check_ins(desk, guests, hasty_check_in(desk, compares_rooms=False))
    assert in_house(desk, guests) == [*DESKS]
    with desk.hotel.engine.store.reading(desk.tenant) as tx:
        assigned = tx.front_desk.assignments.of([guest.id for guest in guests]).values()
    assert len({each.locked[0] for each in assigned}) == 1, "three keys to one room"


def test_of_desks_that_promise_one_room_at_one_instant_one_does(
    desk: Desk, guests: Sequence[Reservation]
) -> None:
    results = promises(desk, guests, desk.does.lock_room)
    assert sorted(type(each) is RoomNotAssignable for each in results) == [False, True, True]
    rooms = desk.arrivals()
    assert sorted(room for found in rooms.values() for room in found if room.endswith("!")) == ["301!"]


def test_without_waiting_for_each_other_the_same_race_promises_one_room_to_everybody(
    desk: Desk, guests: Sequence[Reservation]
) -> None:
    engine = desk.hotel.engine
    begin: Any = HastyDesk(engine.store, len(DESKS))
    assert promises(desk, guests, LockRoom(begin=begin, clock=engine.clock)) == [None] * len(DESKS)
    with engine.store.reading(desk.tenant) as tx:
        assigned = tx.front_desk.assignments.of([guest.id for guest in guests]).values()
    assert len([each.locked[0] for each in assigned]) == len(DESKS)
    assert len({each.locked[0] for each in assigned}) == 1
