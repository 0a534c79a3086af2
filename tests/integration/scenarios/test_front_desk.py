"""The front desk of the Grand Hotel on every storage: check in, charge, change rooms, check out, clean."""

from functools import partial

import pytest

from booking_adapters.testing.contracts.crowd import all_at_once
from booking_adapters.testing.engine import TheEngine
from booking_core.domain.frontdesk.rooms import RoomNotAssignable, RoomStatus
from booking_core.domain.kernel.errors import InvalidInput, InvalidTransition
from booking_core.domain.kernel.money import Money
from booking_core.domain.reservations.folio import NotCheckedIn
from booking_core.domain.reservations.reservation import Status
from booking_core.usecases.check_out import BalanceDue
from booking_core.usecases.housekeeping import (
    RoomReport,
)
from tests.integration.scenarios.counter import BREAKFAST, MINIBAR, ROOMS, Desk


@pytest.fixture
def desk(engine: TheEngine) -> Desk:
    return Desk(engine)


CLEAN = (RoomStatus.CLEAN, None)


def test_a_guest_checks_in_is_charged_and_checks_out(desk: Desk) -> None:
    guest = desk.a_guest()
    with pytest.raises(NotCheckedIn):
        desk.charge(guest)
    assert desk.arrives(guest) == ("301",)
    assert desk.rooms()["301"] == (RoomStatus.OCCUPIED, "Ada")
    assert desk.hotel.show(guest.code).status is Status.CHECKED_IN
    assert desk.charge(guest) == Money(3 * 18_900 + 1_250, "USD")
    with pytest.raises(BalanceDue) as refused:
        desk.leaves(guest)
    assert refused.value.details == {"balance_minor": 57_950, "currency": "USD"}
    assert refused.value.retry_action == "UPDATE_PAYMENT"
    assert desk.rooms()["301"] == (RoomStatus.OCCUPIED, "Ada")
    gone = desk.leaves(guest, owing=True)
    assert gone.status is Status.COMPLETED
    assert desk.rooms()["301"] == (RoomStatus.NEEDS_CLEANING, None)
    assert len(desk.tasks()) == 1
    desk.cleans()
    assert desk.rooms() == dict.fromkeys(ROOMS, CLEAN)
    assert desk.tasks() == []
    bill = desk.bill(guest)
    assert [(item.code, item.amount.amount_minor) for item in bill.items][-1] == ("MINIBAR", 1_250)
    assert bill.balance == Money(57_950, "USD")


def test_who_leaves_owing_is_known_to_staff(desk: Desk) -> None:
    guest = desk.a_guest()
    desk.arrives(guest)
    desk.leaves(guest, owing=True)
    with desk.hotel.engine.store.reading(desk.tenant) as tx:
        assert [(each.kind, each.subject) for each in tx.alerts.open(9)] == [("balance_due", guest.id)]


def test_taxes_on_what_a_guest_takes_are_charged_and_taken_back_with_it(desk: Desk) -> None:
    guest = desk.a_guest()
    desk.arrives(guest)
    before = desk.owes(guest)
    assert desk.charge(guest, BREAKFAST.code) - before == Money(2_200, "USD")
    bill = [(item.code, item.amount.amount_minor) for item in desk.bill(guest).items]
    assert {("BREAKFAST", 2_000), ("sales-tax", 200)} < {*bill}
    with desk.hotel.engine.store.reading(desk.tenant) as tx:
        group = tx.folios.get(guest.id).entries[-1].group
    assert desk.take_back(guest, group) == before


def test_an_extra_is_taken_back(desk: Desk) -> None:
    guest = desk.a_guest()
    desk.arrives(guest)
    before = desk.charge(guest) - MINIBAR.price
    with desk.hotel.engine.store.reading(desk.tenant) as tx:
        group = tx.folios.get(guest.id).entries[-1].group
    assert desk.take_back(guest, group) == before
    with pytest.raises(InvalidInput):
        desk.take_back(guest, group)


@pytest.mark.parametrize("report", [RoomReport.NEEDS_CLEANING, RoomReport.OUT_OF_ORDER])
def test_nobody_gets_a_room_that_is_dirty_or_out_of_order(desk: Desk, report: RoomReport) -> None:
    guest = desk.a_guest()
    desk.report("301", report)
    with pytest.raises(RoomNotAssignable):
        desk.arrives(guest, "301")
    assert desk.hotel.show(guest.code).status is Status.CONFIRMED
    assert desk.arrives(guest) == ("302",)


def test_nobody_gets_a_room_that_somebody_is_in(desk: Desk) -> None:
    ada, bob = desk.a_guest("Ada"), desk.a_guest("Bob")
    desk.arrives(ada, "301")
    with pytest.raises(RoomNotAssignable):
        desk.arrives(bob, "301")
    assert desk.arrives(bob) == ("302",)


@pytest.mark.parametrize("rooms", [("901",), ("301",), ("301", "302", "303"), ("301", "301")])
def test_as_many_rooms_of_the_booked_type_as_were_booked(desk: Desk, rooms: tuple[str, ...]) -> None:
    party = desk.a_guest(rooms=2)
    with pytest.raises(InvalidInput, match="rooms"):
        desk.arrives(party, *rooms)
    assert desk.rooms() == dict.fromkeys(ROOMS, CLEAN)
    assert desk.arrives(party, "301", "303") == ("301", "303")


def test_a_promised_room_is_kept_for_its_guest(desk: Desk) -> None:
    ada, bob = desk.a_guest("Ada"), desk.a_guest("Bob")
    desk.lock(ada, "301")
    with pytest.raises(RoomNotAssignable, match="promised"):
        desk.lock(bob, "301")
    with pytest.raises(RoomNotAssignable, match="promised"):
        desk.arrives(bob, "301")
    assert desk.arrives(bob) == ("302",)
    assert desk.arrives(ada) == ("301",)


def test_a_promise_can_be_taken_back(desk: Desk) -> None:
    ada, bob = desk.a_guest("Ada"), desk.a_guest("Bob")
    desk.lock(ada, "301")
    desk.lock(ada, None)
    assert desk.arrives(bob, "301") == ("301",)


def test_a_guest_changes_rooms(desk: Desk) -> None:
    guest, other = desk.a_guest("Ada"), desk.a_guest("Bob")
    desk.arrives(guest, "301")
    desk.lock(other, "302")
    with pytest.raises(RoomNotAssignable):
        desk.moves(guest, "301", "302")
    with pytest.raises(InvalidTransition):
        desk.moves(other, "301", "303")
    desk.moves(guest, "301", "303")
    assert desk.rooms() == {
        "301": (RoomStatus.NEEDS_CLEANING, None),
        "302": CLEAN,
        "303": (RoomStatus.OCCUPIED, "Ada"),
    }


def test_of_two_desks_that_give_one_room_at_once_one_does(desk: Desk) -> None:
    guests = [desk.a_guest("Ada"), desk.a_guest("Bob")]
    results = all_at_once(*(partial(desk.arrives, guest, "301") for guest in guests))
    assert sorted(isinstance(each, RoomNotAssignable) for each in results) == [False, True]
    assert desk.rooms()["301"][0] is RoomStatus.OCCUPIED
    states = [desk.hotel.show(guest.code).status for guest in guests]
    assert sorted(states) == [Status.CHECKED_IN, Status.CONFIRMED]


def test_desks_that_give_different_rooms_at_once_both_do(desk: Desk) -> None:
    ada, bob = desk.a_guest("Ada"), desk.a_guest("Bob")
    results = all_at_once(partial(desk.arrives, ada, "301"), partial(desk.arrives, bob, "302"))
    assert results == [("301",), ("302",)]
