"""Checking out with a card: charged once, declined, retried, paid otherwise, and whatever dies in between."""

from datetime import timedelta

import pytest

from booking_adapters.testing.engine import TheEngine
from booking_core.domain.frontdesk.rooms import RoomStatus
from booking_core.domain.kernel.errors import InvalidTransition
from booking_core.domain.kernel.money import Money
from booking_core.domain.reservations.cancellation import Waiver
from booking_core.domain.reservations.folio import Folio, FolioFrozen
from booking_core.domain.reservations.reservation import Reservation, Status
from booking_core.usecases.cashier import PaymentUnderWay
from booking_core.usecases.check_out import BalanceDue
from booking_core.usecases.pay import PayCommand
from tests.integration.scenarios.counter import Desk

STAY = 3 * 18_900
MINIBAR = 1_250
GOOD, BAD = "pm_card_visa", "pm_card_visa_chargeDeclined"


@pytest.fixture
def desk(engine: TheEngine) -> Desk:
    return Desk(engine)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def in_house(desk: Desk, *, paid_ahead: bool = False) -> Reservation:
    """A guest with something from the minibar on the last day."""
    guest = desk.a_guest()
    desk.arrives(guest)
    if paid_ahead:
        desk.till.pay(PayCommand(tenant=desk.tenant, reservation=guest.id, method=GOOD))
    desk.charge(guest)
    desk.it_is_at_least(guest.period.end)
    return guest


def folio_of(desk: Desk, guest: Reservation) -> Folio:
    with desk.hotel.engine.store.reading(desk.tenant) as tx:
        return tx.folios.get(guest.id)


def has_left(desk: Desk, guest: Reservation) -> bool:
    """Completed, the room to be cleaned, and housekeeping told once."""
    status, (room, _) = desk.hotel.show(guest.code).status, desk.rooms()["301"]
    tasks = len(desk.tasks())
    assert (status, room, tasks) in {
        (Status.COMPLETED, RoomStatus.NEEDS_CLEANING, 1),
        (Status.CHECKED_IN, RoomStatus.OCCUPIED, 0),
    }
    return status is Status.COMPLETED


def test_the_balance_is_charged_to_a_card(desk: Desk) -> None:
    guest = in_house(desk)
    desk.leaves_now(guest, card=GOOD)
    assert has_left(desk, guest)
    assert (folio_of(desk, guest).received, folio_of(desk, guest).balance) == (usd(STAY + MINIBAR), usd(0))


def test_the_extras_are_charged_to_the_card_on_file(desk: Desk) -> None:
    guest = in_house(desk, paid_ahead=True)
    assert folio_of(desk, guest).balance == usd(MINIBAR)
    desk.leaves_now(guest)
    assert has_left(desk, guest)
    assert [each.amount for each in folio_of(desk, guest).entries if each.payment] == [
        usd(-STAY),
        usd(-MINIBAR),
    ]


def test_a_declined_card_leaves_the_balance_and_the_guest(desk: Desk) -> None:
    guest = in_house(desk)
    with pytest.raises(BalanceDue) as refused:
        desk.leaves_now(guest, card=BAD)
    assert refused.value.details == {"balance_minor": STAY + MINIBAR, "currency": "USD"}
    assert not has_left(desk, guest)
    with pytest.raises(FolioFrozen):
        desk.charge(guest)
    desk.leaves_now(guest, card=GOOD)
    assert has_left(desk, guest)
    assert folio_of(desk, guest).received == usd(STAY + MINIBAR)


def test_after_a_declined_card_the_guest_pays_in_cash(desk: Desk) -> None:
    guest = in_house(desk)
    with pytest.raises(BalanceDue):
        desk.leaves_now(guest, card=BAD)
    assert desk.takes_cash(guest, STAY + MINIBAR) == usd(0)
    desk.leaves_now(guest)
    assert has_left(desk, guest)


def test_after_a_declined_card_the_guest_leaves_owing(desk: Desk) -> None:
    guest = in_house(desk)
    with pytest.raises(BalanceDue):
        desk.leaves_now(guest, card=BAD)
    desk.leaves_now(guest, owing=True)
    assert has_left(desk, guest)
    assert folio_of(desk, guest).balance == usd(STAY + MINIBAR)


def test_a_check_out_that_is_called_off_lets_the_bill_grow_again(desk: Desk) -> None:
    guest = in_house(desk)
    with pytest.raises(BalanceDue):
        desk.leaves_now(guest, card=BAD)
    desk.reopens(guest)
    assert desk.charge(guest) == usd(STAY + 2 * MINIBAR)
    desk.leaves_now(guest, card=GOOD)
    with pytest.raises(InvalidTransition):
        desk.reopens(guest)
    with pytest.raises(InvalidTransition):
        desk.leaves_now(guest, card=GOOD)
    assert folio_of(desk, guest).received == usd(STAY + 2 * MINIBAR)


def test_a_desk_that_dies_after_the_commit_leaves_the_charge_to_the_worker(desk: Desk) -> None:
    guest = in_house(desk)
    desk.prepares(guest, GOOD)
    assert not has_left(desk, guest)
    with pytest.raises(PaymentUnderWay):
        desk.leaves_now(guest, card=GOOD)
    with pytest.raises(PaymentUnderWay):
        desk.reopens(guest)
    desk.till.works(desk.tenant)
    assert has_left(desk, guest)
    desk.till.works(desk.tenant)
    assert folio_of(desk, guest).received == usd(STAY + MINIBAR)


def test_what_was_paid_for_nights_given_up_and_waived_goes_back(desk: Desk) -> None:
    guest = desk.a_guest()
    desk.arrives(guest)
    desk.till.pay(PayCommand(tenant=desk.tenant, reservation=guest.id, method=GOOD))
    desk.leaves_now(guest, waiver=Waiver("the heating failed"))
    assert has_left(desk, guest)
    folio = folio_of(desk, guest)
    assert (folio.received, folio.refunded, folio.balance) == (usd(STAY), usd(STAY - 18_900), usd(0))


def test_a_charge_that_is_answered_after_the_stay_was_over_ends_nothing_twice(desk: Desk) -> None:
    guest = in_house(desk)
    desk.prepares(guest, GOOD)
    desk.it_is_at_least(guest.period.end + timedelta(days=1))
    assert desk.hotel.time_passes() == 1
    assert has_left(desk, guest)
    desk.till.works(desk.tenant)
    assert (folio_of(desk, guest).received, folio_of(desk, guest).balance) == (usd(STAY + MINIBAR), usd(0))
    assert has_left(desk, guest)


def test_what_goes_back_is_split_over_the_payments_and_none_gives_back_more_than_it_took(desk: Desk) -> None:
    guest = desk.a_guest()
    desk.arrives(guest)
    desk.till.pay(PayCommand(tenant=desk.tenant, reservation=guest.id, method=GOOD))
    desk.charge(guest)
    desk.till.pay(PayCommand(tenant=desk.tenant, reservation=guest.id, method=GOOD))
    desk.leaves_now(guest, waiver=Waiver("the heating failed"))
    assert has_left(desk, guest)
    moved = [entry.amount.amount_minor for entry in folio_of(desk, guest).entries if entry.payment]
    rest = STAY - 18_900 - MINIBAR
    assert sorted(moved) == [-STAY, -MINIBAR, MINIBAR, rest], (
        "all of the newest, and what is missing of the first"
    )
    assert folio_of(desk, guest).balance == usd(0)
