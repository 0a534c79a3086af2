"""Paying while somebody else does something: a worker that was quicker, cash at the desk, a place that was freed."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta

import attrs
import pytest

from booking_adapters.sandbox import Trouble
from booking_adapters.testing.engine import TheEngine
from booking_core.domain.kernel.errors import Conflict
from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.kernel.money import Money
from booking_core.domain.payments.intent import Operation
from booking_core.domain.reservations.reservation import Reservation, Status
from booking_core.ports.ledger import ProviderEvent
from booking_core.ports.storage import Transaction, UnitOfWork
from booking_core.usecases.cancel import Cancellation
from booking_core.usecases.confirm import PaymentRequired
from booking_core.usecases.paying_at_desk import CashCommand, TakeCash
from booking_core.usecases.watch_payments import ToldEvent
from tests.integration.scenarios.paid_hotel import BANK_ASKS, DESK, PaidHotel, usd

NOTHING, PRICE = usd("0"), usd("664.14")
A_LITTLE = timedelta(minutes=31)


@attrs.define
class Meanwhile:
    """The UnitOfWork port over another: before its first transaction that writes, something happens."""

    inner: UnitOfWork
    act: Callable[[], object]

    @contextmanager
    def __call__(self, tenant: TenantId, actor: Actor = SYSTEM) -> Iterator[Transaction]:
        act, self.act = self.act, lambda: None
        act()
        with self.inner(tenant, actor) as tx:
            yield tx

    def reading(self, tenant: TenantId) -> AbstractContextManager[Transaction]:
        return self.inner.reading(tenant)


def lost() -> None:
    """Somebody else was quicker."""
    raise Conflict("somebody was quicker")


@pytest.fixture
def hotel(engine: TheEngine) -> PaidHotel:
    return PaidHotel.opens(engine, rooms=1)


def cash(hotel: PaidHotel, reservation: Reservation, amount: Money) -> None:
    command = CashCommand(tenant=hotel.tenant, reservation=reservation.id, amount=amount, actor=DESK)
    TakeCash(begin=hotel.engine.store, clock=hotel.engine.clock)(command)


def test_a_late_payer_gets_a_place_that_somebody_took_and_gave_up_again(hotel: PaidHotel) -> None:
    engine = hotel.engine
    late = hotel.book(card=BANK_ASKS)
    engine.clock.advance(A_LITTLE)
    other = hotel.book(card="")
    assert hotel.status(late) is Status.EXPIRED
    engine.call_off(Cancellation(tenant=hotel.tenant, reservation=other.id, actor=DESK))
    engine.till.account.authenticate(hotel.payments(late)[0].reference)
    for _ in range(2):
        engine.till.send(hotel.tenant)
    again = hotel.desk.show(late.id)
    assert (again.status, again.allocations) == (Status.CONFIRMED, late.allocations)
    assert hotel.free_rooms(15, 18) == 0
    assert (hotel.kept(), hotel.folio(late).charges, hotel.folio(late).balance) == (PRICE, PRICE, NOTHING)


def test_what_was_paid_in_cash_can_be_approved(hotel: PaidHotel) -> None:
    pending = hotel.book(card="")
    cash(hotel, pending, PRICE - usd("0.01"))
    with pytest.raises(PaymentRequired, match=r"0\.01 USD"):
        hotel.engine.confirm(hotel.desk._decision(pending))
    cash(hotel, pending, usd("0.01"))
    assert hotel.engine.confirm(hotel.desk._decision(pending)).status is Status.CONFIRMED
    hotel.works()
    assert (hotel.kept(), hotel.folio(pending).balance) == (NOTHING, NOTHING)


def test_a_card_pays_what_the_cash_left(hotel: PaidHotel) -> None:
    pending = hotel.book(card="")
    cash(hotel, pending, usd("100"))
    hotel.pay(pending)
    hotel.works()
    assert hotel.status(pending) is Status.CONFIRMED
    assert (hotel.kept(), hotel.folio(pending).balance) == (usd("564.14"), NOTHING)


def test_a_lapsed_move_that_another_worker_ended_is_left_alone(hotel: PaidHotel) -> None:
    booked = hotel.book(15, 17)
    hotel.move(booked, 15, 18, card=BANK_ASKS)
    hotel.engine.clock.advance(A_LITTLE)
    quicker = hotel.engine.expire_claims
    slower = attrs.evolve(quicker, begin=Meanwhile(hotel.engine.store, lambda: quicker(hotel.tenant)))
    assert slower(hotel.tenant) == 0
    hotel.works()
    assert hotel.blocked() == NOTHING
    voids = [each for each in hotel.intents(booked) if each.operation is Operation.VOID]
    assert len(voids) == 1


def test_an_event_that_another_worker_handles_comes_up_again(hotel: PaidHotel) -> None:
    hotel.engine.till.account.trouble(Trouble.LOST_AFTER)
    booked = hotel.book()
    (charged,) = hotel.engine.till.account.payments.values()
    event = ProviderEvent(id="evt_1", kind="x", reference=charged.reference, told_at=hotel.engine.clock.now())
    hotel.engine.till.receive_provider_event(ToldEvent(tenant=hotel.tenant, event=event))
    handle = hotel.engine.till.handle_provider_events
    assert attrs.evolve(handle, begin=Meanwhile(hotel.engine.store, lost))(hotel.tenant) == 0
    assert handle(hotel.tenant) == 1
    hotel.engine.clock.advance(timedelta(minutes=2))
    hotel.works()
    assert hotel.status(booked) is Status.CONFIRMED


def test_a_payment_that_changes_while_it_is_swept_does_not_hold_up_the_others(engine: TheEngine) -> None:
    hotel = PaidHotel.opens(engine)
    for stray in (hotel.book(card=BANK_ASKS), hotel.book(card=BANK_ASKS)):
        hotel.cancel(stray)
    for charged in engine.till.account.payments.values():
        charged.accept(engine.clock.now())
    sweep = engine.till.sweep_payments
    assert attrs.evolve(sweep, begin=Meanwhile(engine.store, lost))(hotel.tenant) == 1
    assert sweep(hotel.tenant) == 1
    hotel.works()
    assert (hotel.kept(), hotel.blocked()) == (NOTHING, NOTHING)


def test_an_authorisation_that_another_worker_watches_is_looked_at_again(engine: TheEngine) -> None:
    hotel = PaidHotel.opens(engine, needs_approval=True, pending_ttl=timedelta(days=14))
    waiting = hotel.book()
    until = hotel.payments(waiting)[0].authorised_until
    assert until is not None
    engine.clock.set(until - timedelta(hours=1))
    watch = engine.till.watch_authorisations
    assert attrs.evolve(watch, begin=Meanwhile(engine.store, lost))(hotel.tenant) == 0
    assert hotel.alerts() == []
    assert watch(hotel.tenant) == 1
    assert [alert.kind for alert in hotel.alerts()] == ["an_authorisation_is_about_to_lapse"]
