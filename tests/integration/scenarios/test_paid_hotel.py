"""The Grand Hotel with payment, to the cent: booked, extended, shortened, cancelled, on every storage."""

from datetime import timedelta

import pytest

from booking_adapters.testing.engine import TheEngine
from booking_core.domain.availability.request import NotBookable
from booking_core.domain.kernel.errors import InvalidInput, InvalidTransition
from booking_core.domain.payments.answers import PaymentFailed
from booking_core.domain.payments.payment import PaymentState
from booking_core.domain.reservations.cancellation import RefundStatus
from booking_core.domain.reservations.reservation import Status
from booking_core.usecases.confirm import Confirm, Decision, PaymentRequired
from booking_core.usecases.pay import NothingToPay
from tests.integration.scenarios.paid_hotel import (
    BANK_ASKS,
    BROKE,
    CHECK_IN,
    DESK,
    GUEST,
    PaidHotel,
    usd,
)

NOTHING = usd("0")


@pytest.fixture
def hotel(engine: TheEngine) -> PaidHotel:
    return PaidHotel.opens(engine)


def test_a_booking_with_a_good_card_is_confirmed_and_paid(hotel: PaidHotel) -> None:
    booked = hotel.book()
    assert booked.code.startswith("GH-NYC-")
    assert booked.status is Status.CONFIRMED
    folio = hotel.folio(booked)
    assert (folio.charges, folio.received, folio.balance) == (usd("664.14"), usd("664.14"), NOTHING)
    assert (hotel.kept(), hotel.blocked()) == (usd("664.14"), NOTHING)


def test_a_card_that_is_declined_releases_the_room(hotel: PaidHotel) -> None:
    with pytest.raises(PaymentFailed) as failed:
        hotel.book(card=BROKE)
    assert (failed.value.code, failed.value.retryable) == ("PAYMENT_FAILED", True)
    assert failed.value.retry_action == "UPDATE_PAYMENT"
    assert hotel.free_rooms(15, 18) == 5
    assert (hotel.kept(), hotel.blocked()) == (NOTHING, NOTHING)


def test_the_same_key_gives_the_same_answer_also_when_the_card_failed(hotel: PaidHotel) -> None:
    for _ in range(2):
        with pytest.raises(PaymentFailed):
            hotel.book(card=BROKE, key="once")
    booked = hotel.book(key="twice")
    assert hotel.book(key="twice") == booked
    assert len(hotel.at_provider()) == 2
    assert hotel.kept() == usd("664.14")


def test_extending_by_a_night_costs_that_night(hotel: PaidHotel) -> None:
    booked = hotel.book()
    extended = hotel.move(booked, 15, 19).reservation
    assert extended.quote is not None
    assert extended.quote.total == usd("871.92")
    assert [payment.captured for payment in hotel.payments(booked)] == [usd("664.14"), usd("207.78")]
    assert hotel.folio(booked).balance == NOTHING
    assert extended.stay is not None
    assert extended.stay.nights == 4


def test_extending_into_a_night_that_is_sold_out_changes_nothing(hotel: PaidHotel) -> None:
    booked = hotel.book()
    for _ in range(5):
        hotel.book(18, 19)
    before, kept = hotel.desk.show(booked.id), hotel.kept()
    with pytest.raises(NotBookable, match="2024-03-18"):
        hotel.move(booked, 15, 19)
    assert hotel.desk.show(booked.id) == before
    assert hotel.kept() == kept


def test_extending_with_a_card_that_fails_changes_nothing(hotel: PaidHotel) -> None:
    booked = hotel.book()
    before, folio = hotel.desk.show(booked.id), hotel.folio(booked)
    with pytest.raises(PaymentFailed):
        hotel.move(booked, 15, 19, card=BROKE)
    assert hotel.desk.show(booked.id) == before
    assert hotel.folio(booked) == folio
    assert hotel.free_rooms(18, 19) == 5
    assert hotel.kept() == usd("664.14")


def test_an_extension_that_waits_for_the_bank_holds_the_night_and_nothing_else(hotel: PaidHotel) -> None:
    booked = hotel.book()
    waiting = hotel.move(booked, 15, 19, card=BANK_ASKS)
    assert waiting.amendment is not None
    assert hotel.desk.show(booked.id) == booked
    assert hotel.free_rooms(18, 19) == 4
    hotel.engine.till.account.authenticate(hotel.payments(booked)[-1].reference)
    extended = hotel.resume(booked).reservation
    assert extended.stay is not None
    assert extended.stay.nights == 4
    assert hotel.kept() == usd("871.92")


def test_an_extension_whose_time_is_over_gives_the_night_back(hotel: PaidHotel) -> None:
    booked = hotel.book()
    hotel.move(booked, 15, 19, card=BANK_ASKS)
    hotel.engine.clock.advance(timedelta(minutes=31))
    hotel.works()
    assert hotel.free_rooms(18, 19) == 5
    assert hotel.desk.show(booked.id) == booked
    assert (hotel.kept(), hotel.blocked()) == (usd("664.14"), NOTHING)
    hotel.move(booked, 15, 19)
    assert hotel.kept() == usd("871.92")


def test_shortening_gives_back_what_is_not_kept(hotel: PaidHotel) -> None:
    booked = hotel.book(15, 19)
    paid = hotel.kept()
    shortened = hotel.move(booked, 15, 18).reservation
    hotel.works()
    assert shortened.quote is not None
    assert hotel.kept() == shortened.quote.total == usd("664.14")
    assert paid > usd("664.14")
    assert hotel.folio(booked).balance == NOTHING


def test_extending_and_shortening_again_costs_what_it_cost(hotel: PaidHotel) -> None:
    booked = hotel.book()
    hotel.move(booked, 15, 19)
    hotel.move(booked, 15, 18)
    hotel.works()
    assert hotel.kept() == usd("664.14")
    assert hotel.folio(booked).balance == NOTHING


def test_twelve_hours_before_check_in_nothing_comes_back(hotel: PaidHotel) -> None:
    booked = hotel.book()
    hotel.engine.clock.set(CHECK_IN - timedelta(hours=12))
    cancelled = hotel.cancel(booked)
    assert cancelled.assessment is not None
    assert cancelled.assessment.penalty == usd("664.14")
    assert cancelled.assessment.refund_status is RefundStatus.NOT_APPLICABLE
    assert hotel.kept() == usd("664.14")
    assert hotel.free_rooms(15, 18) == 5


@pytest.mark.parametrize("hours", [36, 24])
def test_a_day_before_check_in_everything_comes_back(hotel: PaidHotel, hours: int) -> None:
    booked = hotel.book()
    hotel.engine.clock.set(CHECK_IN - timedelta(hours=hours))
    cancelled = hotel.cancel(booked)
    assert cancelled.assessment is not None
    assert cancelled.assessment.refund == usd("664.14")
    assert hotel.kept() == NOTHING
    assert hotel.folio(booked).balance == NOTHING
    assert [payment.state for payment in hotel.payments(booked)] == [PaymentState.REFUNDED]


def test_staff_may_waive_the_penalty_and_say_why(hotel: PaidHotel) -> None:
    booked = hotel.book()
    hotel.engine.clock.set(CHECK_IN - timedelta(hours=1))
    with pytest.raises(InvalidInput):
        hotel.cancel(booked, actor=GUEST, reason="ill", waives=True)
    cancelled = hotel.cancel(booked, actor=DESK, reason="a storm", waives=True)
    assert cancelled.assessment is not None
    assert cancelled.assessment.waived == usd("664.14")
    assert "a storm" in cancelled.reservation.history[-1].note
    assert hotel.kept() == NOTHING


def test_an_unpaid_booking_that_is_cancelled_owes_nothing(hotel: PaidHotel) -> None:
    waiting = hotel.book(card="")
    assert waiting.status is Status.PENDING
    cancelled = hotel.cancel(waiting)
    assert cancelled.assessment is None
    assert hotel.folio(waiting).charges == NOTHING
    assert hotel.at_provider() == []


def test_a_booking_that_is_paid_later_is_confirmed_then(hotel: PaidHotel) -> None:
    waiting = hotel.book(card="")
    assert hotel.free_rooms(15, 18) == 4
    with pytest.raises(PaymentRequired):
        _approve(hotel, waiting.id)
    paid = hotel.pay(waiting)
    assert (paid.reservation.status, paid.payment.captured) == (Status.CONFIRMED, usd("664.14"))
    with pytest.raises(NothingToPay):
        hotel.pay(waiting)


def test_a_bank_that_asks_is_answered_before_anything_is_confirmed(hotel: PaidHotel) -> None:
    waiting = hotel.book(card=BANK_ASKS)
    assert waiting.status is Status.PENDING
    assert hotel.resume(waiting).reservation.status is Status.PENDING
    hotel.engine.till.account.authenticate(hotel.payments(waiting)[0].reference)
    assert hotel.resume(waiting).reservation.status is Status.CONFIRMED
    assert hotel.kept() == usd("664.14")


def test_a_deposit_is_captured_and_the_rest_is_owed(engine: TheEngine) -> None:
    hotel = PaidHotel.opens(engine, payment=(("ask", {"percent": "30"}),))
    booked = hotel.book()
    folio = hotel.folio(booked)
    assert (folio.deposits, folio.balance) == (usd("199.24"), usd("464.90"))
    paid = hotel.pay(booked)
    assert paid.payment.captured == usd("464.90")
    assert hotel.folio(booked).balance == NOTHING


def test_approval_captures_and_refusal_voids(engine: TheEngine) -> None:
    hotel = PaidHotel.opens(engine, needs_approval=True)
    wanted, unwanted = hotel.book(), hotel.book()
    assert {wanted.status, unwanted.status} == {Status.PENDING}
    assert (hotel.kept(), hotel.blocked()) == (NOTHING, usd("1328.28"))
    _approve(hotel, wanted.id)
    engine.decline(Decision(tenant=hotel.tenant, reservation=unwanted.id))
    hotel.works()
    assert (hotel.kept(), hotel.blocked()) == (usd("664.14"), NOTHING)
    assert hotel.folio(unwanted).charges == NOTHING


def test_what_staff_do_not_decide_in_time_is_given_back(engine: TheEngine) -> None:
    hotel = PaidHotel.opens(engine, needs_approval=True, pending_ttl=timedelta(hours=4))
    booked = hotel.book()
    engine.clock.advance(timedelta(hours=4))
    hotel.works()
    assert hotel.status(booked) is Status.EXPIRED
    assert (hotel.kept(), hotel.blocked()) == (NOTHING, NOTHING)
    with pytest.raises(InvalidTransition):
        _approve(hotel, booked.id)


def test_an_authorisation_about_to_lapse_while_staff_decide_is_told(engine: TheEngine) -> None:
    hotel = PaidHotel.opens(engine, needs_approval=True, pending_ttl=timedelta(days=10))
    booked = hotel.book()
    until = hotel.payments(booked)[0].authorised_until
    assert until is not None
    engine.clock.set(until - timedelta(hours=23))
    hotel.works()
    assert [alert.kind for alert in hotel.alerts()] == ["an_authorisation_is_about_to_lapse"]


def _approve(hotel: PaidHotel, reservation: object) -> None:
    confirm = Confirm(begin=hotel.engine.store, clock=hotel.engine.clock, ids=hotel.engine.ids)
    confirm(Decision(tenant=hotel.tenant, reservation=reservation, actor=DESK))  # type: ignore[arg-type]
