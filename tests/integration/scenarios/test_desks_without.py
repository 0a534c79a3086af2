"""Front desks of houses without rooms, nights, prices or points: what does not exist is refused or left out."""

from datetime import timedelta

import attrs
import pytest

from booking_adapters.testing.builders import a_car_rental, cabins, nightly
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_app.front_desk_wiring import front_desk
from booking_core.domain.catalog.desk import DeskTerms, LateFee
from booking_core.domain.frontdesk.guests import VisitKind
from booking_core.domain.frontdesk.rooms import RoomStatus
from booking_core.domain.kernel.errors import InvalidInput, InvalidTransition, NotFound
from booking_core.domain.kernel.money import Money
from booking_core.domain.reservations.reservation import Reservation, Status
from booking_core.usecases.arrivals import ArrivalsQuery
from booking_core.usecases.check_in import ChangeRoomCommand, CheckInCommand, LockRoomCommand
from booking_core.usecases.check_out import CheckOutCommand
from booking_core.usecases.late_check_out import StayLongerCommand
from booking_core.usecases.show_guest import GuestQuery
from tests.integration.following import what_follows
from tests.integration.scenarios.counter import TERMS, Desk


def usd(minor: int) -> Money:
    return Money(minor, "USD")


@pytest.fixture
def rental(engine: TheEngine) -> OpenBusiness:
    return engine.opens(a_car_rental())


@pytest.fixture
def customer(rental: OpenBusiness) -> Reservation:
    """Somebody who stands at the counter for their car."""
    booked = rental.book("car", "2026-03-02 10:00/2026-03-02 14:00", customer="Ada")
    rental.it_is("10:00")
    return booked


def test_a_car_is_handed_out_and_taken_back_without_rooms_and_nights(
    engine: TheEngine, rental: OpenBusiness, customer: Reservation
) -> None:
    search = engine.search_slots
    desk = front_desk(send=engine.till.send, ids=engine.ids, reader=search.reader, rules=search.rules)
    whose = {"tenant": rental.tenant, "reservation": customer.id}
    assert list(desk.show_arrivals(ArrivalsQuery(tenant=rental.tenant))) == []
    with pytest.raises(InvalidInput, match="rooms"):
        desk.check_in(CheckInCommand(**whose, rooms=("301",)))  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="number"):
        desk.lock_room(LockRoomCommand(**whose, room="301"))  # type: ignore[arg-type]
    assert desk.check_in(CheckInCommand(**whose)).rooms == ()  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="rooms"):
        desk.change_room(ChangeRoomCommand(**whose, old="301", new="302"))  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="nights"):
        desk.stay_longer(StayLongerCommand(**whose, minute=14 * 60))  # type: ignore[arg-type]
    rental.it_is("13:00")
    assert desk.check_out(CheckOutCommand(**whose)).reservation.status is Status.COMPLETED  # type: ignore[arg-type]
    what_follows(engine, rental.tenant)
    file = desk.show_guest(GuestQuery(tenant=rental.tenant, guest="Ada"))
    assert file.guest is not None
    (visit,) = file.guest.standing
    assert (visit.kind, visit.nights, visit.rooms, visit.spent.amount_minor) == (VisitKind.STAYED, 0, (), 0)
    assert file.account is None, "a house without points gives none"


def test_a_stay_that_has_no_price_costs_what_the_guest_takes(engine: TheEngine) -> None:
    desk = Desk(engine, is_priced=False)
    guest = desk.a_guest()
    desk.arrives(guest)
    assert desk.charge(guest) == usd(1_250)
    assert desk.stays_until(guest, 18) == usd(1_250), "half of a night that costs nothing"
    desk.takes_cash(guest, 1_250)
    desk.it_is_at_least(guest.period.start + timedelta(days=1))
    gone = desk.leaves_now(guest)
    assert (gone.status, gone.stay and gone.stay.nights) == (Status.COMPLETED, 1)
    assert desk.owes(guest) == usd(0)


def test_a_no_show_without_a_price_owes_nothing_and_may_come_after_all(engine: TheEngine) -> None:
    desk = Desk(engine, is_priced=False)
    guest = desk.a_guest()
    desk.it_is_at_least(guest.period.start + timedelta(hours=12))
    assert desk.hotel.time_passes() == 1
    with pytest.raises(NotFound):
        desk.owes(guest)
    missed = desk.knows("Ada")
    assert missed.guest is not None
    assert missed.guest.spent == {"USD": usd(0)}
    desk.arrives(guest, after_all=True)
    assert desk.rooms()["301"] == (RoomStatus.OCCUPIED, "Ada")


def test_a_house_without_points_redeems_none_and_takes_none_back(engine: TheEngine) -> None:
    desk = Desk(engine, attrs.evolve(TERMS, loyalty=None))
    guest = desk.a_guest()
    with pytest.raises(InvalidInput, match="points"):
        desk.redeems(guest, 1)
    desk.hotel.cancel(guest)
    with pytest.raises(InvalidInput, match="points"):
        desk.redeems(guest, 1)
    assert desk.knows("Ada").account is None


def test_points_come_back_in_full_where_the_house_has_given_them_up(engine: TheEngine) -> None:
    desk = Desk(engine)
    guest = desk.a_guest()
    desk.arrives(guest)
    desk.takes_cash(guest, 3 * 18_900)
    desk.leaves(guest)
    desk.knows("Ada")
    again = desk.a_guest(nights="2026-04-01/2026-04-02")
    desk.redeems(again, 500)
    venue = attrs.evolve(desk.hotel.business.venue, desk=attrs.evolve(TERMS, loyalty=None))
    desk.hotel.becomes(attrs.evolve(desk.hotel.business, venue=venue).revised())
    desk.it_is_at_least(again.period.start - timedelta(hours=1))
    desk.hotel.cancel(again)
    account = desk.knows("Ada").account
    assert account is not None
    assert account.balance == 567, "though the cancellation costs a night"


def test_a_cabin_without_room_numbers_is_kept_longer_for_a_fee(engine: TheEngine) -> None:
    camp = cabins(1).priced("cabin", nightly("CABIN", Money(9_000, "CHF")))
    fee = LateFee(14 * 60, Money(1_000, "CHF"))
    camp = attrs.evolve(camp, venue=attrs.evolve(camp.venue, desk=DeskTerms(late_fees=(fee,))))
    opened, search = engine.opens(camp), engine.search_slots
    desk = front_desk(send=engine.till.send, ids=engine.ids, reader=search.reader, rules=search.rules)
    stay = opened.book("cabin", "2026-03-02/2026-03-04", customer="Ada")
    opened.it_is("2026-03-02 15:00")
    desk.check_in(CheckInCommand(tenant=opened.tenant, reservation=stay.id))
    later = desk.stay_longer(StayLongerCommand(tenant=opened.tenant, reservation=stay.id, minute=14 * 60))
    assert later.folio.balance == Money(19_000, "CHF")
    assert opened.wall.shown(later.reservation.period.end) == "14:00"


def test_whoever_may_stay_that_long_already_pays_no_fee_for_it(engine: TheEngine) -> None:
    desk = Desk(engine)
    guest = desk.a_guest()
    desk.arrives(guest)
    for hour in (10, 11):
        with pytest.raises(InvalidTransition, match="already"):
            desk.stays_until(guest, hour)
    desk.stays_until(guest, 14)
    with pytest.raises(InvalidTransition, match="already"):
        desk.stays_until(guest, 14)
