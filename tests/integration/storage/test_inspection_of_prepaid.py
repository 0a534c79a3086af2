"""Invariants 8 and 11 as the whole engine meets them: what may be confirmed without money, and what may not."""

from collections.abc import Callable
from datetime import timedelta

import attrs
import pytest

from booking_adapters.memory.inspection import MemoryInspection
from booking_adapters.postgres.inspection import PostgresInspection
from booking_adapters.sandbox.account import State
from booking_adapters.sqlite.inspection import SqliteInspection
from booking_adapters.testing.builders import grand_hotel, nightly
from booking_adapters.testing.contracts.scene import Storage
from booking_adapters.testing.engine import TheEngine
from booking_core.domain.kernel.money import Money
from booking_core.domain.payments.intent import Operation
from booking_core.domain.payments.soundness import CLOSE_TO_EXPIRY
from booking_core.domain.reservations.party import Customer
from booking_core.domain.reservations.reservation import Reservation, Status
from booking_core.ports.inspection import Inspection
from booking_core.usecases.book import BookCommand
from booking_core.usecases.cashier import Cashier
from booking_core.usecases.paying_at_desk import CashCommand, TakeCash
from booking_core.usecases.refund import RefundCommand
from booking_core.usecases.reschedule import RescheduleCommand
from booking_core.usecases.settle_alerts import ResolveAlert, ResolveCommand
from tests.integration.scenarios.paid_hotel import ALL_AHEAD, BANK_ASKS, CHECK_IN, DESK, PaidHotel, usd

MONEY = frozenset({*range(7, 16), 20, 27})
INSPECTIONS: dict[str, Callable[..., Inspection]] = {
    "memory": MemoryInspection,
    "sqlite": SqliteInspection,
    "postgres": PostgresInspection,
}


@attrs.frozen
class Doctor:
    """Looks the money of a hotel over."""

    inspection: Inspection

    def finds(self, hotel: PaidHotel) -> dict[int, tuple[str, ...]]:
        """What is broken, by invariant."""
        findings = self.inspection.of_tenant(hotel.tenant, hotel.engine.clock.now())
        return {each.number: each.violations for each in findings if not each.holds and each.number in MONEY}


@pytest.fixture
def doctor(storage: str, store: Storage) -> Doctor:
    return Doctor(INSPECTIONS[storage](store))


@pytest.fixture
def engine(store: Storage) -> TheEngine:
    return TheEngine(store)


def later(hotel: PaidHotel) -> Reservation:
    """Staff book, and the guest pays at the desk."""
    command = BookCommand(
        tenant=hotel.tenant,
        wanted=hotel._wanted(15, 18),
        customer=Customer(name="Ada Lovelace", email="ada@example.org"),
        pay_later=True,
        actor=DESK,
    )
    return hotel.engine.book(command)


def confirm_past_the_rules(hotel: PaidHotel, pending: Reservation) -> None:
    with hotel.engine.store(hotel.tenant) as tx:
        tx.reservations.save(tx.reservations.get(pending.id).confirm(hotel.engine.clock.now()))


def test_confirmed_without_any_money_is_reported(engine: TheEngine, doctor: Doctor) -> None:
    hotel = PaidHotel.opens(engine)
    pending = hotel.book(card="")
    assert doctor.finds(hotel) == {}, "it may wait for its money"
    confirm_past_the_rules(hotel, pending)
    (fault,) = doctor.finds(hotel)[8]
    assert fault.startswith(f"{pending.id}: 0 USD (minor units) of 66414 to be paid ahead")
    hotel.pay(pending)
    hotel.works()
    assert doctor.finds(hotel) == {}


def test_confirmed_while_the_payer_is_still_asked_is_reported(engine: TheEngine, doctor: Doctor) -> None:
    hotel = PaidHotel.opens(engine)
    pending = hotel.book(card=BANK_ASKS)
    confirm_past_the_rules(hotel, pending)
    assert doctor.finds(hotel).keys() == {8}


def test_confirmed_for_a_part_of_what_was_to_be_paid_ahead_is_reported(
    engine: TheEngine, doctor: Doctor
) -> None:
    hotel = PaidHotel.opens(engine, payment=(("ask", {"percent": "50"}),))
    pending = hotel.book(card="")
    with engine.store(hotel.tenant) as tx:
        Cashier(engine.ids).ask(
            tx,
            pending.id,
            usd("332.06"),
            method="pm_card_visa",
            operation=Operation.CHARGE,
            at=engine.clock.now(),
        )
    hotel.works()
    assert hotel.status(pending) is Status.CONFIRMED
    (fault,) = doctor.finds(hotel)[8]
    assert "33206 USD (minor units) of 33207" in fault


def test_confirmed_and_given_back_by_mistake_is_reported(engine: TheEngine, doctor: Doctor) -> None:
    hotel = PaidHotel.opens(engine)
    booked = hotel.book()
    assert doctor.finds(hotel) == {}
    with engine.store(hotel.tenant) as tx:
        Cashier(engine.ids).give_back(tx, hotel.payments(booked)[0].id, engine.clock.now())
    assert doctor.finds(hotel).keys() == {8}
    for _ in range(3):
        engine.till.send(hotel.tenant)
    assert hotel.kept() == usd("0")
    assert doctor.finds(hotel).keys() == {8}


def test_whatever_the_house_does_by_its_rules_breaks_nothing(engine: TheEngine, doctor: Doctor) -> None:
    """Captured at once, a deposit, at the desk, a courtesy, cheaper, dearer, not at all, and after the guest came."""
    hotel = PaidHotel.opens(engine, rooms=9)
    hotel.book()
    at_the_desk = later(hotel)
    cash = CashCommand(tenant=hotel.tenant, reservation=at_the_desk.id, amount=usd("10"), actor=DESK)
    TakeCash(begin=engine.store, clock=engine.clock)(cash)
    moved = hotel.book()
    hotel.move(moved, 15, 17)
    dearer = hotel.book()
    engine.reschedule(
        RescheduleCommand(
            tenant=hotel.tenant,
            reservation=dearer.id,
            wanted=hotel._wanted(15, 19),
            pay_later=True,
            actor=DESK,
        )
    )
    kind = hotel.book()
    refund = RefundCommand(
        tenant=hotel.tenant, reservation=kind.id, amount=usd("664.14"), reason="the lift", actor=DESK
    )
    engine.till.refund(refund)
    assert doctor.finds(hotel) == {}
    hotel.works()
    assert doctor.finds(hotel) == {}
    engine.clock.set(CHECK_IN)
    with engine.store(hotel.tenant) as tx:
        tx.reservations.save(tx.reservations.get(kind.id).check_in(CHECK_IN))
    assert doctor.finds(hotel) == {}


def test_a_deposit_is_enough_and_a_courtesy_comes_off_it(engine: TheEngine, doctor: Doctor) -> None:
    hotel = PaidHotel.opens(engine, payment=(("ask", {"percent": "50"}),))
    booked = hotel.book()
    assert doctor.finds(hotel) == {}
    refund = RefundCommand(
        tenant=hotel.tenant, reservation=booked.id, amount=usd("50"), reason="the lift", actor=DESK
    )
    engine.till.refund(refund)
    hotel.works()
    assert hotel.kept() == usd("282.07")
    assert doctor.finds(hotel) == {}


def test_a_payer_may_take_the_days_that_the_policy_gives_and_not_one_more(
    engine: TheEngine, doctor: Doctor
) -> None:
    hotel = PaidHotel.opens(engine, payment=(("ask", "all"), ("within_minutes", 3 * 24 * 60)))
    waiting = hotel.book(card=BANK_ASKS)
    engine.clock.advance(timedelta(days=2))
    assert doctor.finds(hotel) == {}
    confirm_past_the_rules(hotel, waiting)
    assert doctor.finds(hotel).keys() == {8, 14}


def test_what_costs_nothing_needs_no_money(engine: TheEngine, doctor: Doctor) -> None:
    PaidHotel.opens(engine)
    free = grand_hotel(1).called("free").priced("deluxe-king", nightly("FREE", Money(0, "USD")))
    hotel = PaidHotel(engine.opens(free.under(payment=ALL_AHEAD)))
    booked = hotel.desk.book("deluxe-king", "2024-03-15/2024-03-18")
    assert booked.status is Status.CONFIRMED
    assert doctor.finds(hotel) == {}


def test_what_is_approved_is_being_captured(engine: TheEngine, doctor: Doctor) -> None:
    hotel = PaidHotel.opens(engine, needs_approval=True)
    waiting = hotel.book()
    assert doctor.finds(hotel) == {}
    engine.confirm(hotel.desk._decision(waiting))
    assert hotel.kept() == usd("0")
    assert doctor.finds(hotel) == {}, "the capture is written down, and that is enough"


def test_a_capture_that_failed_leaves_the_payment_due_and_people_know(
    engine: TheEngine, doctor: Doctor
) -> None:
    hotel = PaidHotel.opens(engine, needs_approval=True)
    waiting = hotel.book()
    (charged,) = engine.till.account.payments.values()
    charged.state = State.VOIDED
    engine.confirm(hotel.desk._decision(waiting))
    hotel.works()
    assert hotel.status(waiting) is Status.CONFIRMED
    assert "the_capture_failed" in [alert.kind for alert in hotel.alerts()]
    assert doctor.finds(hotel) == {}


def test_an_authorisation_that_lapses_is_reported_until_people_are_told_and_again_once_they_say_it_is_settled(
    engine: TheEngine, doctor: Doctor
) -> None:
    hotel = PaidHotel.opens(engine, needs_approval=True, pending_ttl=timedelta(days=14))
    waiting = hotel.book()
    until = hotel.payments(waiting)[0].authorised_until
    assert until is not None
    engine.clock.set(until - CLOSE_TO_EXPIRY)
    (fault,) = doctor.finds(hotel)[11]
    assert str(hotel.payments(waiting)[0].id) in fault
    assert engine.till.watch_authorisations(hotel.tenant) == 1
    assert doctor.finds(hotel) == {}
    (alert,) = hotel.alerts()
    settled = ResolveCommand(tenant=hotel.tenant, alert=alert.id, actor=DESK)
    ResolveAlert(begin=engine.store, clock=engine.clock)(settled)
    assert doctor.finds(hotel).keys() == {11}


def test_being_told_of_something_else_is_not_being_told_that_it_lapses(
    engine: TheEngine, doctor: Doctor
) -> None:
    hotel = PaidHotel.opens(engine, needs_approval=True, pending_ttl=timedelta(days=14))
    waiting = hotel.book()
    until = hotel.payments(waiting)[0].authorised_until
    assert until is not None
    engine.clock.set(until - CLOSE_TO_EXPIRY)
    with engine.store(hotel.tenant) as tx:
        Cashier(engine.ids).alert(tx, waiting.id, "paid twice", engine.clock.now())
    assert doctor.finds(hotel).keys() == {11}
