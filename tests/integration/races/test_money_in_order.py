"""Money moves in order and once, also when fifty ask at the same moment (security requirement 7)."""

from collections import Counter
from collections.abc import Callable
from threading import Barrier

import attrs
import pytest

from booking_adapters.testing.contracts.crowd import all_at_once
from booking_adapters.testing.contracts.scene import Storage
from booking_adapters.testing.engine import TheEngine
from booking_core.domain.kernel.errors import BookingError, InvalidInput, NotFound
from booking_core.domain.kernel.events import Actor
from booking_core.domain.payments.intent import Operation
from booking_core.domain.reservations.reservation import Reservation, Status
from booking_core.usecases.cashier import Cashier
from booking_core.usecases.confirm import Decision
from booking_core.usecases.pay import PayCommand
from booking_core.usecases.refund import RefundCommand
from tests.integration.scenarios.paid_hotel import DESK, VISA, PaidHotel, usd

CROWD = 50
NOTHING, PRICE = usd("0"), usd("664.14")
STRANGER = Actor(kind="guest", name="Eve")


@pytest.fixture
def engine(store: Storage) -> TheEngine:
    return TheEngine(store)


def outcomes(act: Callable[[], object]) -> Counter[str]:
    """What fifty get who do it at once, by the code of the refusal; `done` where there was none."""

    def attempt() -> str:
        try:
            act()
        except BookingError as refused:
            return refused.code
        return "done"

    return Counter(str(found) for found in all_at_once(*[attempt] * CROWD))


def operations(hotel: PaidHotel, reservation: Reservation) -> Counter[Operation]:
    return Counter(intent.operation for intent in hotel.intents(reservation))


def test_nobody_confirms_what_was_not_paid(engine: TheEngine) -> None:
    hotel = PaidHotel.opens(engine, needs_approval=True)
    unpaid = hotel.book(card="")
    decision = Decision(tenant=hotel.tenant, reservation=unpaid.id, actor=DESK)
    assert outcomes(lambda: engine.confirm(decision)) == {"PAYMENT_REQUIRED": CROWD}
    assert hotel.status(unpaid) is Status.PENDING


def test_of_fifty_who_approve_at_once_one_does_and_the_money_is_captured_once(engine: TheEngine) -> None:
    hotel = PaidHotel.opens(engine, needs_approval=True)
    waiting = hotel.book()
    decision = Decision(tenant=hotel.tenant, reservation=waiting.id, actor=DESK)
    assert outcomes(lambda: engine.confirm(decision)) == {"done": 1, "INVALID_TRANSITION": CROWD - 1}
    assert outcomes(lambda: engine.till.send(hotel.tenant)) == {"done": CROWD}
    assert operations(hotel, waiting) == {Operation.AUTHORISE: 1, Operation.CAPTURE: 1}
    assert hotel.kept() == PRICE


def test_of_fifty_who_pay_at_once_one_does(engine: TheEngine) -> None:
    hotel = PaidHotel.opens(engine)
    pending = hotel.book(card="")
    paying = PayCommand(tenant=hotel.tenant, reservation=pending.id, method=VISA)
    found = outcomes(lambda: engine.till.pay(paying))
    assert found["done"] == 1
    assert found.keys() <= {"done", "PAYMENT_UNDER_WAY", "NOTHING_TO_PAY", "BUSY"}
    hotel.works()
    assert (len(hotel.payments(pending)), len(hotel.at_provider()), hotel.kept()) == (1, 1, PRICE)


def test_asking_without_looking_in_the_same_transaction_takes_the_money_many_times(engine: TheEngine) -> None:
    """The control: fifty who each saw that nothing was asked for, and asked afterwards."""
    hotel = PaidHotel.opens(engine)
    pending = hotel.book(card="")
    everybody_looked = Barrier(5)

    def look_then_ask() -> None:
        assert hotel.payments(pending) == []
        everybody_looked.wait(timeout=30)
        with engine.store(hotel.tenant) as tx:
            Cashier(engine.ids).ask(tx, pending.id, PRICE, method=VISA, at=engine.clock.now())

    all_at_once(*[look_then_ask] * 5)
    assert len(hotel.payments(pending)) == 5


def test_of_fifty_who_give_the_whole_price_back_at_once_one_does(engine: TheEngine) -> None:
    hotel = PaidHotel.opens(engine)
    booked = hotel.book()
    refund = RefundCommand(
        tenant=hotel.tenant, reservation=booked.id, amount=PRICE, reason="the lift", actor=DESK
    )
    found = outcomes(lambda: engine.till.refund(refund))
    assert found["done"] == 1
    assert found.keys() <= {"done", "REFUND_ABOVE_PAID", "INVALID_INPUT", "BUSY"}
    hotel.works()
    assert operations(hotel, booked)[Operation.REFUND] == 1
    assert (hotel.kept(), hotel.folio(booked).balance) == (NOTHING, NOTHING)


def test_nobody_pays_for_the_reservation_of_another_business(engine: TheEngine) -> None:
    hotel = PaidHotel.opens(engine)
    theirs = hotel.book(card="")
    other = PaidHotel.opens(engine, called="another-hotel")
    stolen = PayCommand(tenant=other.tenant, reservation=theirs.id, method=VISA, actor=STRANGER)
    assert outcomes(lambda: engine.till.pay(stolen)) == {"NOT_FOUND": CROWD}
    for act in (engine.till.resume_payment, engine.till.pay):
        with pytest.raises(NotFound):
            act(stolen)
    assert hotel.payments(theirs) == []
    assert hotel.at_provider() == []


def test_no_money_goes_back_to_the_payment_of_another_reservation(engine: TheEngine) -> None:
    hotel = PaidHotel.opens(engine)
    mine, theirs = hotel.book(), hotel.book()
    refund = RefundCommand(
        tenant=hotel.tenant, reservation=mine.id, amount=PRICE, reason="the lift", actor=DESK
    )
    (payment,) = hotel.payments(theirs)
    with pytest.raises(InvalidInput, match="another reservation"):
        engine.till.refund(attrs.evolve(refund, payments=(payment.id,)))
    hotel.works()
    assert hotel.kept() == PRICE + PRICE
