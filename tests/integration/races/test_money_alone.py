"""Whoever asks for money, changes a price or opens a bill again waits for the others; and the controls, who do not."""

from collections.abc import Callable
from concurrent.futures import Future

import attrs
import pytest

from booking_adapters.postgres import PostgresStore
from booking_adapters.testing.contracts.crowd import PATIENCE_SECONDS, had_a_moment, somebody_else
from booking_adapters.testing.contracts.scene import Storage
from booking_adapters.testing.engine import TheEngine
from booking_core.domain.reservations.reservation import Reservation, Status
from booking_core.usecases.cashier import PaymentUnderWay
from booking_core.usecases.check_out import BalanceDue, CheckOutCommand, PrepareCheckOut
from booking_core.usecases.pay import PayCommand
from booking_core.usecases.reschedule import Reschedule, RescheduleCommand
from tests.integration.races.interrupted import Interrupted
from tests.integration.scenarios.counter import MINIBAR, Desk
from tests.integration.scenarios.paid_hotel import DESK, VISA, PaidHotel, usd

NOTHING = usd("0")
BAD = "pm_card_visa_chargeDeclined"


@attrs.define
class Meanwhile:
    """Something that another thread begins in the middle of a transaction, and whether it came to its end there."""

    act: Callable[[], object]
    is_done: bool = False
    begun: "Future[object] | None" = None

    def __call__(self) -> None:
        self.begun = somebody_else(self.act)
        self.is_done = had_a_moment(self.begun)

    def result(self) -> object:
        assert self.begun is not None, "it was never begun"
        return self.begun.result(PATIENCE_SECONDS)


def moved_while_somebody_pays(store: Storage, *, never_alone: bool = False) -> tuple[PaidHotel, Meanwhile]:
    """A stay that waits for its money becomes a night longer while its guest pays."""
    engine = TheEngine(store)
    hotel = PaidHotel.opens(engine)
    pending = hotel.book(card="")
    paying = PayCommand(tenant=hotel.tenant, reservation=pending.id, method=VISA)
    pays = Meanwhile(lambda: engine.till.pay.ask(paying))
    move = Reschedule(
        begin=Interrupted(store, pays, after="reservations.save", never_alone=never_alone),
        clock=engine.clock,
        ids=engine.ids,
        reader=engine.search_slots.reader,
        rules=engine.search_slots.rules,
    )
    longer = hotel._wanted(15, 19)
    move(RescheduleCommand(tenant=hotel.tenant, reservation=pending.id, wanted=longer, actor=DESK))
    pays.result()
    hotel.works()
    assert hotel.status(pending) is Status.CONFIRMED
    assert hotel.folio(pending).charges == usd("871.92")
    return hotel, pays


def test_who_pays_while_their_stay_becomes_longer_pays_for_all_of_it(store: Storage) -> None:
    hotel, pays = moved_while_somebody_pays(store)
    assert not pays.is_done
    assert hotel.kept() == usd("871.92")


def test_control_who_does_not_wait_pays_for_less_than_is_sold(postgres_store: PostgresStore) -> None:
    hotel, pays = moved_while_somebody_pays(postgres_store, never_alone=True)
    assert pays.is_done
    assert hotel.kept() == usd("664.14")


def charged_while(
    store: Storage, does: Callable[[Desk, Reservation], object], *, never_alone: bool = False
) -> tuple[Desk, Reservation, Meanwhile]:
    """A card was declined; while one desk charges another card, the next desk does something."""
    engine = TheEngine(store)
    desk = Desk(engine)
    guest = desk.a_guest()
    desk.arrives(guest)
    desk.it_is_at_least(guest.period.end)
    with pytest.raises(BalanceDue):
        desk.leaves_now(guest, card=BAD)
    meanwhile = Meanwhile(lambda: does(desk, guest))
    prepare = PrepareCheckOut(
        begin=Interrupted(store, meanwhile, after="payments.save", never_alone=never_alone),
        clock=engine.clock,
        ids=engine.ids,
    )
    prepare(CheckOutCommand(tenant=desk.tenant, reservation=guest.id, method=VISA))
    return desk, guest, meanwhile


def reopens(desk: Desk, guest: Reservation) -> None:
    desk.reopens(guest)


def charges_too(desk: Desk, guest: Reservation) -> None:
    desk.prepares(guest, VISA)


@pytest.mark.parametrize("does", [reopens, charges_too])
def test_a_bill_that_is_being_charged_is_neither_opened_nor_charged_again(
    store: Storage, does: Callable[[Desk, Reservation], object]
) -> None:
    desk, guest, meanwhile = charged_while(store, does)
    assert not meanwhile.is_done
    with pytest.raises(PaymentUnderWay):
        meanwhile.result()
    desk.till.works(desk.tenant)
    assert desk.hotel.show(guest.code).status is Status.COMPLETED
    assert (desk.owes(guest), charges_of(desk, guest)) == (NOTHING, 2)


def test_control_a_bill_that_is_opened_while_it_is_charged_lets_a_guest_go_owing(
    postgres_store: PostgresStore,
) -> None:
    desk, guest, meanwhile = charged_while(postgres_store, reopens, never_alone=True)
    assert meanwhile.is_done
    desk.charge(guest)
    desk.till.works(desk.tenant)
    assert desk.hotel.show(guest.code).status is Status.COMPLETED
    assert desk.owes(guest) == MINIBAR.price


def test_control_two_desks_that_do_not_wait_charge_twice(postgres_store: PostgresStore) -> None:
    desk, guest, meanwhile = charged_while(postgres_store, charges_too, never_alone=True)
    assert meanwhile.is_done
    assert charges_of(desk, guest) == 3


def charges_of(desk: Desk, guest: Reservation) -> int:
    """How often a card was asked for money, the declined one too."""
    with desk.hotel.engine.store.reading(desk.tenant) as tx:
        return len(tx.payments.of_claim(guest.id))
