"""Leaving late and early, and not coming at all: what it costs, and what is free again, on every storage."""

from datetime import date, timedelta

import pytest

from booking_adapters.testing.builders import nightly
from booking_adapters.testing.engine import TheEngine
from booking_core.domain.availability.request import SoldOut
from booking_core.domain.frontdesk.departure import LateCheckOutRefused
from booking_core.domain.frontdesk.rooms import RoomNotAssignable
from booking_core.domain.kernel.errors import InvalidTransition
from booking_core.domain.kernel.money import Money
from booking_core.domain.kernel.period import Stay
from booking_core.domain.reservations.cancellation import CancellationPolicy, Waiver
from booking_core.domain.reservations.folio import NotCheckedIn
from booking_core.domain.reservations.reservation import Reservation, Status
from booking_core.usecases.pay import PayCommand
from tests.integration.scenarios.counter import Desk

NIGHT = 18_900
A_DAY = timedelta(days=1)


@pytest.fixture
def desk(engine: TheEngine) -> Desk:
    return Desk(engine)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def test_nobody_is_checked_in_days_before_or_after_the_stay(desk: Desk) -> None:
    guest = desk.a_guest()
    desk.it_is_at_least(guest.period.start - A_DAY - timedelta(seconds=1))
    command = desk.check_in_command(guest)
    with pytest.raises(InvalidTransition, match="too early"):
        desk.does.check_in(command)
    desk.it_is_at_least(guest.period.start - A_DAY)
    assert desk.does.check_in(command).rooms == ("301",)


@pytest.mark.parametrize(("hour", "fee"), [(13, 3_000), (14, 3_000), (15, NIGHT // 2), (18, NIGHT // 2)])
def test_a_late_check_out_costs_what_the_terms_say(desk: Desk, hour: int, fee: int) -> None:
    guest = desk.a_guest()
    desk.arrives(guest)
    assert desk.stays_until(guest, hour) == usd(3 * NIGHT + fee)
    later = desk.hotel.show(guest.code)
    assert desk.hotel.wall.shown(later.period.end) == f"{hour}:00"
    assert later.stay == guest.stay


def test_who_stays_longer_still_pays_for_the_longer_time_only(desk: Desk) -> None:
    guest = desk.a_guest()
    desk.arrives(guest)
    assert desk.stays_until(guest, 14) == usd(3 * NIGHT + 3_000)
    assert desk.stays_until(guest, 18) == usd(3 * NIGHT + NIGHT // 2)
    (late,) = (each for each in desk.bill(guest).items if each.code == "late-check-out")
    assert (late.amount, late.text) == (usd(NIGHT // 2), "late check-out until 18:00")


def test_a_late_fee_that_staff_took_back_is_not_taken_back_again(desk: Desk) -> None:
    guest = desk.a_guest()
    desk.arrives(guest)
    desk.stays_until(guest, 14)
    with desk.hotel.engine.store.reading(desk.tenant) as tx:
        (charged,) = tx.folios.get(guest.id).standing_extras("late-check-out")
    assert desk.take_back(guest, charged) == usd(3 * NIGHT)
    assert desk.stays_until(guest, 18) == usd(3 * NIGHT + NIGHT // 2)


def test_nobody_stays_longer_than_the_house_allows(desk: Desk) -> None:
    guest = desk.a_guest()
    with pytest.raises((NotCheckedIn, InvalidTransition)):
        desk.stays_until(guest, 14)
    desk.arrives(guest)
    with pytest.raises(LateCheckOutRefused):
        desk.stays_until(guest, 19)
    assert desk.hotel.show(guest.code).period == guest.period


def test_nobody_stays_into_the_next_guests_lanes(desk: Desk) -> None:
    guest = desk.a_guest()
    for name in ("Bob", "Cem", "Dan"):
        desk.a_guest(name, nights="2026-03-18/2026-03-19")
    desk.arrives(guest)
    with pytest.raises(SoldOut):
        desk.stays_until(guest, 18)
    assert desk.stays_until(guest, 14) == usd(3 * NIGHT + 3_000)


def test_nobody_stays_in_a_room_that_is_promised_to_the_next_guest(desk: Desk) -> None:
    guest, following = desk.a_guest(), desk.a_guest("Bob", nights="2026-03-18/2026-03-19")
    desk.arrives(guest, "301")
    desk.lock(following, "301")
    with pytest.raises(RoomNotAssignable, match="promised"):
        desk.stays_until(guest, 18)


def after_one_night(desk: Desk) -> Reservation:
    """A guest who wants to leave after one night of three."""
    guest = desk.a_guest()
    desk.arrives(guest)
    desk.it_is_at_least(guest.period.start + A_DAY - timedelta(hours=6))
    return guest


def test_who_leaves_early_owes_what_the_policy_keeps_and_frees_the_nights(desk: Desk) -> None:
    guest = after_one_night(desk)
    gone = desk.leaves_now(guest, owing=True)
    assert gone.status is Status.COMPLETED
    assert gone.stay == Stay(date(2026, 3, 15), date(2026, 3, 16))
    assert desk.owes(guest) == usd(3 * NIGHT)  # the policy keeps everything within 24 hours
    assert len([desk.a_guest(name, nights="2026-03-16/2026-03-18") for name in ("B", "C", "D")]) == 3


def test_who_leaves_early_keeps_the_price_of_the_nights_that_were_used(desk: Desk) -> None:
    guest = after_one_night(desk)
    dearer = nightly("DELUXE-2027", Money(25_000, "USD"), policy=CancellationPolicy.flexible("Flexible"))
    desk.hotel.becomes(desk.hotel.business.priced("deluxe-king", dearer).revised())
    desk.leaves_now(guest, owing=True, waiver=Waiver("the heating failed"))
    assert desk.owes(guest) == usd(NIGHT)


def test_nights_given_up_cost_nothing_when_staff_waive_it(desk: Desk) -> None:
    guest = after_one_night(desk)
    desk.leaves_now(guest, owing=True, waiver=Waiver("a death in the family"))
    assert desk.owes(guest) == usd(NIGHT)


def missing(desk: Desk) -> Reservation:
    """A guest who did not come."""
    guest = desk.a_guest()
    desk.it_is_at_least(guest.period.start + timedelta(hours=12))
    assert desk.hotel.time_passes() == 1
    assert desk.hotel.show(guest.code).status is Status.NO_SHOW
    return guest


def test_who_does_not_come_owes_the_fee_and_not_the_stay(desk: Desk) -> None:
    assert desk.owes(missing(desk)) == usd(NIGHT)


def test_staff_are_told_that_a_guest_who_did_not_come_owes_the_fee(desk: Desk) -> None:
    guest = missing(desk)
    with desk.hotel.engine.store.reading(desk.tenant) as tx:
        assert [(alert.kind, alert.subject) for alert in tx.alerts.open(10)] == [("balance_due", guest.id)]


def test_nobody_is_told_of_a_fee_that_was_paid(desk: Desk) -> None:
    guest = desk.a_guest()
    desk.till.pay(PayCommand(tenant=desk.tenant, reservation=guest.id, method="pm_card_visa"))
    desk.it_is_at_least(guest.period.start + timedelta(hours=12))
    assert desk.hotel.time_passes() == 1
    with desk.hotel.engine.store.reading(desk.tenant) as tx:
        assert tx.alerts.open(10) == []
    desk.till.works(desk.tenant)
    assert desk.owes(guest) == usd(0)


def test_the_fee_is_waived_for_a_reason(desk: Desk) -> None:
    guest = missing(desk)
    assert desk.waives(guest, "the airport was closed") == usd(0)
    with desk.hotel.engine.store.reading(desk.tenant) as tx:
        assert tx.folios.get(guest.id).entries[-1].text == "the airport was closed"
    with pytest.raises(InvalidTransition):
        desk.waives(desk.a_guest("Bob", nights="2026-04-01/2026-04-02"), "no reason at all")


def test_a_guest_who_comes_after_all_owes_the_stay_again(desk: Desk) -> None:
    guest = missing(desk)
    with pytest.raises(InvalidTransition, match="no-show"):
        desk.arrives(guest)
    assert desk.arrives(guest, after_all=True) == ("301",)
    here = desk.hotel.show(guest.code)
    assert (here.status, len(here.allocations)) == (Status.CHECKED_IN, 1)
    assert desk.owes(guest) == usd(3 * NIGHT)


def test_a_guest_who_comes_after_all_finds_no_place_that_was_sold(desk: Desk) -> None:
    guest = missing(desk)
    for name in ("Bob", "Cem", "Dan"):
        desk.a_guest(name, nights="2026-03-16/2026-03-17")
    with pytest.raises(SoldOut):
        desk.arrives(guest, after_all=True)
    assert desk.hotel.show(guest.code).status is Status.NO_SHOW
    assert desk.owes(guest) == usd(NIGHT)
