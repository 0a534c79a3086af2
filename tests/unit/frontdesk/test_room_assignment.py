"""Which rooms a reservation is to get."""

from uuid import UUID

import pytest

from booking_core.domain.frontdesk.room_assignment import AssignedRoom, RoomAssignment
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.ids import ClaimId, UnitId
from tests.unit.frontdesk.builders import NOON

BOOKED = ClaimId(UUID(int=1))
R301, R302, R303 = (UnitId(UUID(int=number)) for number in (301, 302, 303))
NOTHING = RoomAssignment(reservation=BOOKED)


def test_a_promise_takes_the_place_of_what_was_promised_before() -> None:
    before = NOTHING.lock(0, R301, NOON).state.lock(1, R302, NOON).state
    change = before.lock(1, R303, NOON)
    assert (change.state.locked, change.state.proposed) == ({0: R301, 1: R303}, {})
    assert [(event.name, event.data) for event in change.events] == [("RoomLocked", {"unit": str(R303)})]


def test_a_promise_taken_back_gives_way_to_another() -> None:
    free = NOTHING.lock(0, R301, NOON).state.unlock(0, NOON).state
    change = free.lock(1, R301, NOON)
    assert (change.state.locked, change.state.proposed) == ({1: R301}, {})


def test_one_room_is_not_promised_for_two_places() -> None:
    with pytest.raises(InvalidInput, match="different ones"):
        NOTHING.lock(0, R301, NOON).state.lock(1, R301, NOON)


def test_a_promise_taken_back_stays_a_proposal() -> None:
    change = NOTHING.lock(0, R301, NOON).state.unlock(0, NOON)
    assert (change.state.locked, change.state.proposed) == ({}, {0: R301})
    assert [event.name for event in change.events] == ["RoomUnlocked"]
    with pytest.raises(InvalidInput, match="no locked room"):
        change.state.unlock(0, NOON)


def test_given_rooms_are_locked_and_can_be_exchanged() -> None:
    given = NOTHING.lock(0, R303, NOON).state.give([R301, R302]).state
    assert given.exchange(R301, R303).state.locked == {0: R303, 1: R302}
    with pytest.raises(InvalidInput):
        given.exchange(R301, R302)


@pytest.mark.parametrize("number", [-1, 1_000])
def test_places_are_counted_from_zero_to_a_limit(number: int) -> None:
    with pytest.raises(InvalidInput, match="number"):
        RoomAssignment(reservation=BOOKED, rooms=(AssignedRoom(number=number, unit=R301),))
