"""A provider that does not give money back, and money for a request that nobody approved."""

from datetime import timedelta
from typing import cast

import attrs
import pytest

from booking_adapters.sandbox.account import State
from booking_adapters.testing.engine import TheEngine
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.money import Money
from booking_core.domain.payments.answers import Answer, DeclineCode, Declined, PaymentFailed
from booking_core.domain.payments.intent import Intent
from booking_core.domain.payments.payment import RefundAbovePaid
from booking_core.domain.reservations.folio import ALLOWANCE
from booking_core.domain.reservations.reservation import Reservation, Status
from booking_core.ports.payments import PaymentGateway
from booking_core.usecases.paying_at_desk import CashCommand, TakeCash
from booking_core.usecases.refund import RefundCommand
from tests.integration.scenarios.paid_hotel import BANK_ASKS, BROKE, CHECK_IN, DESK, PaidHotel, usd

NOTHING, PRICE, COURTESY = usd("0"), usd("664.14"), usd("50")


@attrs.define
class Stubborn:
    """The PaymentGateway port over another: while it `refuses`, no refund goes through."""

    inner: PaymentGateway
    refuses: bool = True

    def refund(self, intent: Intent) -> Answer:
        if self.refuses:
            return Declined(code=DeclineCode.OTHER, message="the account is closed")
        return self.inner.refund(intent)

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)


@pytest.fixture
def hotel(engine: TheEngine) -> PaidHotel:
    return PaidHotel.opens(engine)


@pytest.fixture
def provider(hotel: PaidHotel) -> Stubborn:
    till = hotel.engine.till
    stubborn = Stubborn(till.send.gateway)
    till.send = attrs.evolve(till.send, gateway=cast("PaymentGateway", stubborn))
    return stubborn


def gives_back(hotel: PaidHotel, reservation: Reservation, amount: Money) -> None:
    """Staff give money back, and the worker sends it."""
    hotel.engine.till.refund(
        RefundCommand(
            tenant=hotel.tenant, reservation=reservation.id, amount=amount, reason="the lift", actor=DESK
        )
    )
    hotel.works()


def let_off(hotel: PaidHotel, reservation: Reservation) -> list[Money]:
    return [each.amount for each in hotel.folio(reservation).entries if each.code == ALLOWANCE]


def test_what_a_cancelled_guest_did_not_get_back_is_given_back_again(
    hotel: PaidHotel, provider: Stubborn
) -> None:
    booked = hotel.book()
    hotel.cancel(booked)
    assert [alert.kind for alert in hotel.alerts()] == ["a_refund_failed"]
    assert (hotel.kept(), hotel.folio(booked).balance) == (PRICE, -PRICE)
    provider.refuses = False
    gives_back(hotel, booked, PRICE)
    assert (hotel.kept(), hotel.folio(booked).balance, let_off(hotel, booked)) == (NOTHING, NOTHING, [])
    with pytest.raises(RefundAbovePaid):
        gives_back(hotel, booked, usd("0.01"))


def test_a_courtesy_that_failed_is_given_once_however_often_it_is_tried(
    hotel: PaidHotel, provider: Stubborn
) -> None:
    booked = hotel.book()
    gives_back(hotel, booked, COURTESY)
    gives_back(hotel, booked, COURTESY)
    assert hotel.kept() == PRICE
    provider.refuses = False
    gives_back(hotel, booked, COURTESY)
    assert (hotel.kept(), hotel.folio(booked).balance) == (PRICE - COURTESY, NOTHING)
    assert let_off(hotel, booked) == [-COURTESY]
    gives_back(hotel, booked, usd("70"))
    assert (hotel.kept(), hotel.folio(booked).balance) == (PRICE - COURTESY - usd("70"), NOTHING)
    assert let_off(hotel, booked) == [-COURTESY, usd("-70")]


def test_what_a_guest_was_let_off_is_not_taken_back(hotel: PaidHotel) -> None:
    booked = hotel.book()
    gives_back(hotel, booked, COURTESY)
    folio = hotel.folio(booked)
    (allowance,) = (each for each in folio.entries if each.code == ALLOWANCE)
    assert allowance.group is not None
    with pytest.raises(InvalidInput, match="no extra"):
        folio.reverse(allowance.group, "a mistake", hotel.engine.clock.now())


def test_money_for_a_request_that_nobody_approved_in_time_goes_back(engine: TheEngine) -> None:
    hotel = PaidHotel.opens(engine, needs_approval=True, pending_ttl=timedelta(hours=1))
    request = hotel.book(card=BANK_ASKS)
    engine.clock.advance(timedelta(minutes=61))
    engine.till.account.authenticate(hotel.payments(request)[0].reference)
    for _ in range(3):
        engine.clock.advance(timedelta(hours=1))
        engine.till.send(hotel.tenant)
    assert hotel.status(request) is Status.EXPIRED
    assert (hotel.kept(), hotel.blocked(), hotel.free_rooms(15, 18)) == (NOTHING, NOTHING, 5)
    assert [alert.kind for alert in hotel.alerts()] == ["paid_for_a_request_that_nobody_approved_in_time"]


def test_a_second_charge_for_one_instruction_is_told_of(hotel: PaidHotel) -> None:
    """Our clock stepped a day ahead: a key was renewed whose charge was still on its way."""
    hotel.book()
    hotel.works()
    assert hotel.alerts() == []
    payments = hotel.engine.till.account.payments
    (charged,) = payments.values()
    payments["late"] = attrs.evolve(charged, reference="late")
    hotel.works()
    assert [alert.kind for alert in hotel.alerts()] == ["the_provider_has_other_amounts"]


def test_a_second_authorisation_that_ended_by_itself_is_nobodys_business(hotel: PaidHotel) -> None:
    hotel.book()
    payments = hotel.engine.till.account.payments
    (charged,) = payments.values()
    payments["late"] = attrs.evolve(charged, reference="late", state=State.VOIDED, captured=NOTHING)
    hotel.works()
    assert hotel.alerts() == []


def test_cash_for_a_booking_whose_card_was_declined_is_to_be_handed_back(hotel: PaidHotel) -> None:
    pending = hotel.book(card="")
    cash = CashCommand(tenant=hotel.tenant, reservation=pending.id, amount=usd("100"), actor=DESK)
    TakeCash(begin=hotel.engine.store, clock=hotel.engine.clock)(cash)
    with pytest.raises(PaymentFailed):
        hotel.pay(pending, BROKE)
    assert hotel.status(pending) is Status.CANCELLED
    assert [alert.kind for alert in hotel.alerts()] == ["cash_is_to_be_handed_back"]


def test_what_a_guest_was_let_off_counts_towards_what_their_cancellation_costs(hotel: PaidHotel) -> None:
    booked = hotel.book()
    gives_back(hotel, booked, COURTESY)
    hotel.engine.clock.set(CHECK_IN - timedelta(hours=12))
    cancelled = hotel.cancel(booked, actor=DESK)
    assert cancelled.assessment is not None
    assert (cancelled.assessment.refund, cancelled.assessment.outstanding) == (NOTHING, NOTHING)
    assert (hotel.kept(), hotel.folio(booked).balance) == (PRICE - COURTESY, NOTHING)


def test_what_goes_back_of_a_free_cancellation_is_what_was_not_given_back_before(hotel: PaidHotel) -> None:
    booked = hotel.book()
    gives_back(hotel, booked, COURTESY)
    cancelled = hotel.cancel(booked)
    assert cancelled.assessment is not None
    assert cancelled.assessment.refund == PRICE - COURTESY
    assert (hotel.kept(), hotel.folio(booked).balance) == (NOTHING, NOTHING)
