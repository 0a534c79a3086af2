"""What went wrong for users of other systems when money was involved (section 6, items 5, 6, 7 and 16)."""

from datetime import timedelta

import attrs
import pytest

from booking_adapters.sandbox import Trouble
from booking_adapters.sandbox.absent import AbsentGateway
from booking_adapters.testing.contracts.scene import Storage
from booking_adapters.testing.engine import TheEngine
from booking_core.domain.availability.request import NotBookable
from booking_core.domain.kernel.money import CurrencyMismatch, Money
from booking_core.domain.payments.intent import IntentState, Operation
from booking_core.domain.payments.payment import PaymentState, RefundAbovePaid
from booking_core.domain.reservations.reservation import Reservation, Status
from booking_core.ports.ledger import ProviderEvent
from booking_core.usecases.cashier import PaymentUnderWay
from booking_core.usecases.refund import RefundCommand
from booking_core.usecases.watch_payments import ToldEvent
from tests.integration.scenarios.paid_hotel import BANK_ASKS, CHECK_IN, DESK, PaidHotel, usd

NOTHING = usd("0")
PRICE = usd("664.14")


@pytest.fixture
def hotel(engine: TheEngine) -> PaidHotel:
    """One room, so that every conflict shows."""
    return PaidHotel.opens(engine, rooms=1)


def authenticate(hotel: PaidHotel, reservation: Reservation) -> None:
    """The payer answers the bank."""
    hotel.engine.till.account.authenticate(hotel.payments(reservation)[0].reference)


def test_an_abandoned_payment_ends_by_itself_and_confirms_nothing(hotel: PaidHotel) -> None:
    abandoned = hotel.book(card=BANK_ASKS)
    hotel.engine.clock.advance(timedelta(minutes=30))
    hotel.works()
    assert hotel.status(abandoned) is Status.EXPIRED
    again = hotel.book(card="")
    assert again.status is Status.PENDING
    hotel.engine.clock.advance(timedelta(minutes=31))
    hotel.works()
    assert hotel.status(again) is Status.EXPIRED
    assert (hotel.kept(), hotel.blocked()) == (NOTHING, NOTHING)


def test_the_webhook_never_came_and_the_booking_stands(hotel: PaidHotel) -> None:
    """Paid, but nobody told us: the worker asks by itself before anything is ended."""
    hotel.engine.till.account.trouble(Trouble.LOST_AFTER)
    booked = hotel.book()
    assert booked.status is Status.PENDING
    hotel.engine.clock.advance(timedelta(minutes=31))
    hotel.works()
    assert hotel.status(booked) is Status.CONFIRMED
    assert hotel.kept() == PRICE


def test_a_refused_request_is_not_charged(engine: TheEngine) -> None:
    hotel = PaidHotel.opens(engine, rooms=1, needs_approval=True)
    booked = hotel.book()
    engine.decline(hotel.desk._decision(booked))
    hotel.works()
    assert (hotel.kept(), hotel.blocked()) == (NOTHING, NOTHING)


def test_moving_a_paid_booking_does_not_charge_it_again(hotel: PaidHotel) -> None:
    booked = hotel.book(15, 16)
    paid = hotel.kept()
    moved = hotel.move(booked, 18, 19).reservation
    hotel.works()
    assert moved.quote is not None
    assert hotel.kept() == moved.quote.total
    assert len(hotel.at_provider()) == 1
    assert paid == moved.quote.total, "both nights cost the same"


def test_one_place_left_and_the_first_payer_is_late(hotel: PaidHotel) -> None:
    """A starts paying 14:30, B pays 14:37 and is refused; A's time runs out, B books, then A pays."""
    first = hotel.book(card=BANK_ASKS)
    hotel.engine.clock.advance(timedelta(minutes=7))
    with pytest.raises(NotBookable):
        hotel.book()
    hotel.engine.clock.advance(timedelta(minutes=24))
    second = hotel.book()
    assert second.status is Status.CONFIRMED
    authenticate(hotel, first)
    hotel.works()
    assert hotel.status(first) is Status.EXPIRED
    assert (hotel.kept(), hotel.blocked()) == (PRICE, NOTHING)
    assert [alert.kind for alert in hotel.alerts()] == ["paid_after_expiry__and_the_place_is_gone"]


def test_a_late_payer_gets_the_place_while_it_is_free(hotel: PaidHotel) -> None:
    late = hotel.book(card=BANK_ASKS)
    hotel.engine.clock.advance(timedelta(minutes=31))
    authenticate(hotel, late)
    hotel.works()
    assert hotel.status(late) is Status.CONFIRMED
    assert hotel.free_rooms(15, 18) == 0
    assert (hotel.kept(), hotel.blocked()) == (PRICE, NOTHING)


def test_a_late_payer_who_was_cut_off_pays_nothing_although_the_place_is_free_again(hotel: PaidHotel) -> None:
    late = hotel.book(card=BANK_ASKS)
    hotel.engine.clock.advance(timedelta(minutes=31))
    met = hotel.book(card="")  # whoever meets the lapsed one frees it
    assert hotel.status(late) is Status.EXPIRED
    hotel.cancel(met, actor=DESK)
    assert [intent.state for intent in hotel.intents(late)] == [IntentState.CANCELLED, IntentState.SUCCEEDED]
    authenticate(hotel, late)
    hotel.works()
    assert hotel.status(late) is Status.EXPIRED
    assert (hotel.kept(), hotel.blocked(), hotel.free_rooms(15, 18)) == (NOTHING, NOTHING, 1)


def test_paying_while_a_payment_is_under_way_is_refused(hotel: PaidHotel) -> None:
    waiting = hotel.book(card=BANK_ASKS)
    with pytest.raises(PaymentUnderWay):
        hotel.pay(waiting)
    assert len(hotel.at_provider()) == 1


def test_a_payer_who_leaves_does_not_keep_everybody_else_from_paying(engine: TheEngine) -> None:
    """The rest of the price is paid later, its bank asks, and nobody ever answers."""
    hotel = PaidHotel.opens(engine, payment=(("ask", {"percent": "50"}),))
    booked = hotel.book()
    hotel.pay(booked, BANK_ASKS)
    engine.clock.advance(timedelta(minutes=29))
    hotel.works()
    with pytest.raises(PaymentUnderWay):
        hotel.pay(booked)
    for _ in range(3):
        engine.clock.advance(timedelta(hours=1))
        hotel.works()
    assert hotel.status(booked) is Status.CONFIRMED
    assert hotel.payments(booked)[-1].state is PaymentState.VOIDED
    hotel.pay(booked)
    hotel.works()
    assert (hotel.kept(), hotel.blocked(), hotel.folio(booked).balance) == (PRICE, NOTHING, NOTHING)


def test_cancelling_an_unpaid_order_shows_no_refund(hotel: PaidHotel) -> None:
    hotel.engine.clock.set(CHECK_IN - timedelta(hours=1))
    waiting = hotel.book(actor=DESK, card="")
    assert hotel.cancel(waiting, actor=DESK).assessment is None
    folio = hotel.folio(waiting)
    assert (folio.charges, folio.refunded, folio.balance) == (NOTHING, NOTHING, NOTHING)


@pytest.mark.parametrize("amount", ["664.15", "0", "-1"])
def test_refunds_above_what_was_paid_are_refused_and_change_nothing(hotel: PaidHotel, amount: str) -> None:
    booked = hotel.book()
    before = hotel.folio(booked)
    with pytest.raises(Exception, match=r"refunded|more than nothing"):
        refund(hotel, booked, usd(amount))
    assert hotel.folio(booked) == before
    assert hotel.kept() == PRICE


def test_a_refund_in_another_currency_is_refused(hotel: PaidHotel) -> None:
    booked = hotel.book()
    with pytest.raises(CurrencyMismatch):
        refund(hotel, booked, Money(100, "EUR"))
    assert hotel.kept() == PRICE


def test_a_courtesy_goes_back_and_the_bill_says_so(hotel: PaidHotel) -> None:
    booked = hotel.book()
    refund(hotel, booked, usd("50"))
    with pytest.raises(RefundAbovePaid):
        refund(hotel, booked, usd("614.15"))
    hotel.works()
    assert hotel.kept() == usd("614.14")
    assert hotel.folio(booked).balance == NOTHING


def test_an_event_told_many_times_is_handled_once(hotel: PaidHotel) -> None:
    waiting = hotel.book(card=BANK_ASKS)
    authenticate(hotel, waiting)
    reference = hotel.payments(waiting)[0].reference
    told = ProviderEvent(id="evt_1", kind="succeeded", reference=reference, told_at=hotel.engine.clock.now())
    receive = hotel.engine.till.receive_provider_event
    assert [receive(ToldEvent(tenant=hotel.tenant, event=told)) for _ in range(3)] == [True, False, False]
    strange = attrs.evolve(told, id="evt_2", reference="pi_of_somebody_else")
    assert receive(ToldEvent(tenant=hotel.tenant, event=strange))
    assert hotel.engine.till.handle_provider_events(hotel.tenant) == 2
    assert hotel.engine.till.handle_provider_events(hotel.tenant) == 0
    hotel.works(1)
    assert hotel.status(waiting) is Status.CONFIRMED


def test_money_that_the_sweep_finds_goes_back(hotel: PaidHotel) -> None:
    """The bank let a payment through after we had called it off."""
    booked = hotel.book(card=BANK_ASKS)
    hotel.cancel(booked)
    assert hotel.blocked() == NOTHING
    (charged,) = hotel.engine.till.account.payments.values()
    charged.accept(hotel.engine.clock.now())
    charged.card = attrs.evolve(charged.card)
    assert hotel.blocked() == PRICE
    hotel.works()
    assert (hotel.kept(), hotel.blocked()) == (NOTHING, NOTHING)


def test_nothing_is_asked_of_a_provider_that_was_never_sent(hotel: PaidHotel) -> None:
    hotel.engine.till.account.trouble(Trouble.UNAVAILABLE)
    booked = hotel.book()
    assert booked.status is Status.PENDING
    hotel.cancel(booked)
    assert [intent.state for intent in hotel.intents(booked)] == [IntentState.SUPERSEDED]
    assert [intent.operation for intent in hotel.intents(booked)] == [Operation.AUTHORISE]
    assert hotel.at_provider() == []


def test_a_house_without_a_provider_confirms_nothing_and_staff_are_told(store: Storage) -> None:
    hotel = PaidHotel.opens(TheEngine(store, gateway=AbsentGateway()))
    booked = hotel.book()
    assert booked.status is Status.PENDING
    assert [alert.kind for alert in hotel.alerts()] == ["the_payment_provider_refuses_our_requests"]


def test_a_move_that_the_bank_called_off_leaves_the_booking_and_its_money(engine: TheEngine) -> None:
    hotel = PaidHotel.opens(engine)
    booked = hotel.book()
    hotel.move(booked, 15, 19, card=BANK_ASKS)
    hotel.engine.clock.advance(timedelta(minutes=31))
    for _ in range(3):
        hotel.works()
        hotel.engine.clock.advance(timedelta(hours=2))
    assert hotel.folio(booked).charges == PRICE
    assert (hotel.kept(), hotel.blocked()) == (PRICE, NOTHING)


def test_what_was_kept_for_nights_given_up_is_not_given_back_by_cancelling_later(engine: TheEngine) -> None:
    hotel = PaidHotel.opens(engine)
    booked = hotel.book()
    hotel.engine.clock.set(CHECK_IN - timedelta(hours=12))
    hotel.move(booked, 16, 18)
    hotel.works()
    before = hotel.folio(booked)
    kept = before.charges
    cancelled = hotel.cancel(booked, actor=DESK)
    assert cancelled.assessment is not None
    assert hotel.folio(booked).charges == hotel.kept()
    assert hotel.kept() >= kept - hotel.desk.show(booked.id).quote.total  # type: ignore[union-attr]
    assert any(entry.code == "removed-nights" for entry in before.entries)
    removed = sum(
        each.amount.amount_minor for each in hotel.folio(booked).entries if each.code == "removed-nights"
    )
    assert removed > 0, "the earlier penalty still stands"


def test_a_penalty_that_is_paid_after_the_cancellation_is_kept(engine: TheEngine) -> None:
    hotel = PaidHotel.opens(engine, payment=(("ask", {"percent": "50"}),))
    booked = hotel.book()
    hotel.engine.clock.set(CHECK_IN - timedelta(hours=12))
    hotel.cancel(booked)
    assert hotel.kept() == usd("332.07")
    hotel.pay(booked)
    hotel.works()
    assert hotel.kept() == PRICE
    assert hotel.alerts() == []


def refund(hotel: PaidHotel, reservation: Reservation, amount: Money) -> None:
    hotel.engine.till.refund(
        RefundCommand(
            tenant=hotel.tenant, reservation=reservation.id, amount=amount, reason="the lift", actor=DESK
        )
    )
