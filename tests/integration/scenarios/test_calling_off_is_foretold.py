"""What a cancellation would cost is what it costs then, to the cent, whatever was paid and how."""

from datetime import datetime, timedelta

import attrs
import pytest

from booking_adapters.testing.engine import TheEngine
from booking_core.domain.kernel.money import Money
from booking_core.domain.reservations.cancellation import Assessment, RefundStatus
from booking_core.domain.reservations.reservation import Reservation
from booking_core.usecases.cancel import CancellationQuery
from booking_core.usecases.paying_at_desk import CashCommand, TakeCash
from booking_core.usecases.refund import RefundCommand
from tests.integration.scenarios.paid_hotel import CHECK_IN, DESK, PaidHotel, usd

NOTHING, PRICE = usd("0"), usd("664.14")
HALF = (("ask", {"percent": "50"}),)
LONG_BEFORE, LATE = CHECK_IN - timedelta(hours=24), CHECK_IN - timedelta(hours=12)


def foretold(hotel: PaidHotel, reservation: Reservation, at: datetime) -> Assessment | None:
    return hotel.engine.simulate_cancellation(
        CancellationQuery(tenant=hotel.tenant, reservation=reservation.id, at=at)
    )


def amounts(assessment: Assessment | None) -> tuple[Money, Money, Money]:
    assert assessment is not None
    return assessment.penalty, assessment.refund, assessment.outstanding


def call_off(hotel: PaidHotel, reservation: Reservation, at: datetime) -> Assessment | None:
    """Call off then; the simulation must have said the same."""
    told = foretold(hotel, reservation, at)
    hotel.engine.clock.set(at)
    done = hotel.cancel(reservation).assessment
    assert done == told
    return done


@pytest.mark.parametrize(("at", "penalty"), [(LONG_BEFORE, NOTHING), (LATE, PRICE)])
def test_all_was_paid(engine: TheEngine, at: datetime, penalty: Money) -> None:
    hotel = PaidHotel.opens(engine)
    booked = hotel.book()
    assert amounts(call_off(hotel, booked, at)) == (penalty, PRICE - penalty, NOTHING)
    assert hotel.kept() == penalty


@pytest.mark.parametrize(
    ("at", "penalty", "refund", "outstanding"),
    [(LONG_BEFORE, NOTHING, usd("332.07"), NOTHING), (LATE, PRICE, NOTHING, usd("332.07"))],
)
def test_a_deposit_was_paid(
    engine: TheEngine, at: datetime, penalty: Money, refund: Money, outstanding: Money
) -> None:
    hotel = PaidHotel.opens(engine, payment=HALF)
    booked = hotel.book()
    assert amounts(call_off(hotel, booked, at)) == (penalty, refund, outstanding)
    assert hotel.kept() == usd("332.07") - refund
    assert hotel.folio(booked).balance == outstanding


def test_some_of_it_was_paid_in_cash(engine: TheEngine) -> None:
    """Card and cash are one: what goes back is both, each in the way it came."""
    hotel = PaidHotel.opens(engine, payment=HALF)
    booked = hotel.book()
    cash = CashCommand(tenant=hotel.tenant, reservation=booked.id, amount=usd("100"), actor=DESK)
    TakeCash(begin=engine.store, clock=engine.clock)(cash)
    assert amounts(foretold(hotel, booked, LATE)) == (PRICE, NOTHING, usd("232.07"))
    assert amounts(call_off(hotel, booked, LONG_BEFORE)) == (NOTHING, usd("432.07"), NOTHING)
    assert hotel.kept() == NOTHING
    assert hotel.folio(booked).balance == usd("-100"), "the cash is still to be handed back"
    (told,) = hotel.alerts()
    assert told.message == f"{booked.code}: cash is to be handed back"
    TakeCash(begin=engine.store, clock=engine.clock)(attrs.evolve(cash, is_handed_back=True))
    assert hotel.folio(booked).balance == NOTHING


def test_a_courtesy_that_went_back_does_not_go_back_twice(engine: TheEngine) -> None:
    hotel = PaidHotel.opens(engine)
    booked = hotel.book()
    engine.till.refund(
        RefundCommand(
            tenant=hotel.tenant, reservation=booked.id, amount=usd("64.14"), reason="the lift", actor=DESK
        )
    )
    hotel.works()
    assert amounts(call_off(hotel, booked, LONG_BEFORE)) == (NOTHING, usd("600"), NOTHING)
    assert hotel.kept() == NOTHING


def test_what_was_never_paid_for_shows_no_refund(engine: TheEngine) -> None:
    hotel = PaidHotel.opens(engine)
    pending = hotel.book(card="")
    assert foretold(hotel, pending, LATE) is None
    assert call_off(hotel, pending, hotel.engine.clock.now()) is None


def test_nothing_changes_by_asking(engine: TheEngine) -> None:
    hotel = PaidHotel.opens(engine)
    booked = hotel.book()
    before = hotel.folio(booked)
    told = foretold(hotel, booked, LATE)
    assert told is not None
    assert told.refund_status is RefundStatus.NOT_APPLICABLE
    hotel.works()
    assert (hotel.desk.show(booked.id), hotel.folio(booked), hotel.kept()) == (booked, before, PRICE)
