"""What a provider answered is written down, whatever trouble there is with what should follow from it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import attrs
import pytest

from booking_adapters.testing.contracts.cashier import PRICE
from booking_adapters.testing.contracts.scene import NOW, Storage, hours
from booking_adapters.testing.engine import TheEngine
from booking_core.domain.kernel.errors import Conflict, InvalidTransition
from booking_core.domain.kernel.money import Money
from booking_core.domain.payments.answers import Answer, Succeeded
from booking_core.domain.payments.intent import Intent, IntentState, Operation
from booking_core.domain.payments.payment import Payment, PaymentState
from booking_core.domain.reservations.folio import Folio
from booking_core.domain.reservations.reservation import Status
from booking_core.ports.alerts import Alert
from booking_core.ports.storage import Transaction
from booking_core.usecases.send_intents import LEASE, PATIENCE
from tests.integration.crashes.dying import Arrows, DyingGateway
from tests.integration.crashes.test_send_intents import Desk, charge, refund
from tests.integration.scenarios.paid_hotel import PaidHotel, usd

NOTHING = usd("0")
SECRET = "ada@example.org"


def stumbling(error: Exception) -> Callable[[Transaction, Payment, Intent, datetime], None]:
    """What follows, and never gets through."""

    def follow(_tx: Transaction, _payment: Payment, _intent: Intent, _at: datetime) -> None:
        raise error

    return follow


def alerts(desk: Desk) -> list[Alert]:
    with desk.cashier.scene.reading() as tx:
        return list(tx.alerts.open(10))


def code_of(desk: Desk) -> str:
    with desk.cashier.scene.reading() as tx:
        return tx.reservations.get(desk.claim).code


def test_money_is_recorded_although_what_follows_is_refused(store: Storage) -> None:
    desk = Desk.fresh(store)
    charge(desk)
    refused = InvalidTransition("that cannot be any more")
    worker = attrs.evolve(desk.worker(), then=stumbling(refused))
    assert worker(desk.cashier.scene.tenant).worked_on == 1
    desk.check_sound(PaymentState.CAPTURED, PRICE)
    (alert,) = alerts(desk)
    assert alert.kind == "what_follows_from_a_payment_was_not_done"
    assert alert.subject == desk.claim
    for told in (code_of(desk), str(desk.intents[0].id), "INVALID_TRANSITION: that cannot be any more"):
        assert told in alert.message
    desk.clock.advance(LEASE)
    assert worker(desk.cashier.scene.tenant).worked_on == 0, "it does not come up again at every lease"


def test_a_refund_is_recorded_although_what_follows_is_refused(store: Storage) -> None:
    desk = Desk.fresh(store)
    refund(desk)
    attrs.evolve(desk.worker(), then=stumbling(InvalidTransition("no")))(desk.cashier.scene.tenant)
    part = Money(10_000, "USD")
    desk.check_sound(PaymentState.PARTIALLY_REFUNDED, PRICE, part)
    assert len(alerts(desk)) == 1


@pytest.mark.parametrize("broken", [KeyError(SECRET), AssertionError(SECRET), Conflict(SECRET)])
def test_trouble_that_may_pass_is_tried_again_a_few_times_and_then_is_for_people(
    store: Storage, broken: Exception
) -> None:
    desk = Desk.fresh(store)
    charge(desk)
    worker = attrs.evolve(desk.worker(), then=stumbling(broken))
    for _ in range(PATIENCE - 1):
        try:
            worker(desk.cashier.scene.tenant)
        except type(broken):
            assert not isinstance(broken, Conflict), "who loses races goes on with the others"
        assert desk.payment.state is PaymentState.PENDING
        assert alerts(desk) == []
        desk.clock.advance(LEASE)
    assert worker(desk.cashier.scene.tenant).worked_on == 1
    desk.check_sound(PaymentState.CAPTURED, PRICE)
    (alert,) = alerts(desk)
    expected = "CONFLICT" if isinstance(broken, Conflict) else type(broken).__name__
    assert expected in alert.message
    assert isinstance(broken, Conflict) or SECRET not in alert.message


def test_trouble_that_passes_leaves_no_trace(store: Storage) -> None:
    """The control of the test above: with the trouble gone, all follows, and nobody is told."""
    desk = Desk.fresh(store)
    charge(desk)
    with pytest.raises(KeyError):
        attrs.evolve(desk.worker(), then=stumbling(KeyError()))(desk.cashier.scene.tenant)
    desk.clock.advance(LEASE)
    desk.work()
    desk.check_sound(PaymentState.CAPTURED, PRICE)
    assert alerts(desk) == []


def test_money_that_the_folio_refuses_is_recorded_by_itself(store: Storage) -> None:
    """A folio in euros cannot take dollars; what was charged is known all the same."""
    desk = Desk.fresh(store)
    claim = desk.cashier.scene.reserve("hall", hours(10, 11)).id
    with desk.cashier.scene.begin() as tx:
        tx.folios.save(Folio.open(claim, (), "EUR", NOW))
    payment, intent = desk.cashier.asked(claim, operation=Operation.CHARGE)
    assert desk.worker()(desk.cashier.scene.tenant).worked_on == 1
    assert desk.cashier.payment(payment).captured == PRICE
    assert desk.cashier.intent(intent).state is IntentState.SUCCEEDED
    (alert,) = alerts(desk)
    assert "CURRENCY_MISMATCH" in alert.message


def test_trouble_about_a_hold_that_was_never_booked_calls_it_by_its_id(store: Storage) -> None:
    desk = Desk.fresh(store)
    payment, _ = desk.cashier.asked(operation=Operation.CHARGE)
    attrs.evolve(desk.worker(), then=stumbling(InvalidTransition("no")))(desk.cashier.scene.tenant)
    assert desk.cashier.payment(payment).captured == PRICE
    (alert,) = alerts(desk)
    assert str(payment.reservation) in alert.message


class ForeignGateway(DyingGateway):
    """Never dies, but answers in a currency that nobody asked for."""

    def take(self, intent: Intent) -> Answer:
        answer = super().take(intent)
        assert isinstance(answer, Succeeded)
        return attrs.evolve(answer, amount=Money(answer.amount.amount_minor, "EUR"))


def test_an_answer_that_the_payment_cannot_take_keeps_the_intent_open_and_is_for_people(
    store: Storage,
) -> None:
    desk = Desk.fresh(store)
    charge(desk)
    foreign = attrs.evolve(desk.worker(), gateway=ForeignGateway(desk.gateway, Arrows()))
    foreign(desk.cashier.scene.tenant)
    (open_,) = desk.intents
    assert open_.state is IntentState.UNKNOWN, "it was sent, so nobody may drop it as unsent"
    assert len(alerts(desk)) == 1
    desk.clock.advance(timedelta(hours=1))
    desk.work()
    desk.check_sound(PaymentState.CAPTURED, PRICE)


def test_a_paid_booking_that_could_not_be_confirmed_at_once_is_confirmed_when_its_time_is_over(
    engine: TheEngine,
) -> None:
    hotel = PaidHotel.opens(engine, rooms=1)
    sender = attrs.evolve(engine.till.send, then=stumbling(InvalidTransition("not now")))
    engine.till.book_and_pay = attrs.evolve(engine.till.book_and_pay, send=sender)
    booked = hotel.book()
    assert booked.status is Status.PENDING
    assert [alert.kind for alert in hotel.alerts()] == ["what_follows_from_a_payment_was_not_done"]
    assert hotel.blocked() == usd("664.14")
    engine.clock.advance(timedelta(minutes=31))
    hotel.works()
    assert hotel.status(booked) is Status.CONFIRMED
    assert (hotel.kept(), hotel.blocked()) == (usd("664.14"), NOTHING)
