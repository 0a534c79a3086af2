"""Whoever dies at any arrow of booking, paying, moving, cancelling and deciding: no money and no booking is lost."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from booking_adapters.memory import MemoryStore
from booking_adapters.memory.inspection import MemoryInspection
from booking_adapters.sandbox import Account, SandboxGateway, Trouble
from booking_adapters.testing.ambient import FixedClock, SeededIds
from booking_adapters.testing.contracts.scene import Storage
from booking_adapters.testing.engine import TheEngine
from booking_core.domain.kernel.errors import BookingError
from booking_core.domain.kernel.money import Money
from booking_core.domain.payments.intent import KEY_HOLDS_FOR
from booking_core.domain.payments.payment import PaymentState
from booking_core.domain.reservations.extra import Extra
from booking_core.domain.reservations.reservation import Reservation, Status
from booking_core.usecases.check_out import CheckOut, CheckOutCommand, PrepareCheckOut
from booking_core.usecases.refund import RefundCommand
from tests.integration.crashes.dying import Arrows, Died, DyingGateway, DyingUnitOfWork
from tests.integration.scenarios.paid_hotel import BROKE, CHECK_IN, DESK, PaidHotel, usd

MOST_ARROWS = 60
UPKEEP = {24, 29}
"""Seals and handlers: nobody does the upkeep in these stories."""
NUMBERS = count(1)
"""Every hotel is a tenant of its own."""
PRICE, EXTENDED = usd("664.14"), usd("871.92")
NOTHING, MINIBAR = usd("0"), usd("12.50")
CHECK_OUT = CHECK_IN + timedelta(days=2, hours=20)

Act = Callable[[PaidHotel, Reservation | None], object]


class Storyline:
    """A workflow: what there is before, what is done, and what may have come of it."""

    def __init__(
        self,
        act: Act,
        *kept: Money,
        booked: bool = True,
        prepared_by: Callable[[PaidHotel, Reservation], None] | None = None,
        **policy: Any,
    ) -> None:
        self.act, self.kept, self.booked, self.policy = act, kept, booked, policy
        self.prepared_by = prepared_by


def book(hotel: PaidHotel, _: Reservation | None) -> None:
    hotel.book(key="once")


def book_with_a_bad_card(hotel: PaidHotel, _: Reservation | None) -> None:
    hotel.book(card=BROKE, key="once")


def extend(hotel: PaidHotel, booked: Reservation | None) -> None:
    assert booked is not None
    hotel.move(booked, 15, 19)


def extend_with_a_bad_card(hotel: PaidHotel, booked: Reservation | None) -> None:
    assert booked is not None
    hotel.move(booked, 15, 19, card=BROKE)


def cancel_in_time(hotel: PaidHotel, booked: Reservation | None) -> None:
    assert booked is not None
    hotel.cancel(booked)


def cancel_too_late(hotel: PaidHotel, booked: Reservation | None) -> None:
    assert booked is not None
    hotel.engine.clock.set(CHECK_IN - timedelta(hours=12))
    hotel.cancel(booked)


def shorten(hotel: PaidHotel, booked: Reservation | None) -> None:
    assert booked is not None
    hotel.move(booked, 15, 17)
    hotel.works()


def refuse(hotel: PaidHotel, booked: Reservation | None) -> None:
    assert booked is not None
    hotel.engine.decline(hotel.desk._decision(booked))
    hotel.works()


def approve(hotel: PaidHotel, booked: Reservation | None) -> None:
    assert booked is not None
    hotel.engine.confirm(hotel.desk._decision(booked))
    hotel.works()


def be_kind(hotel: PaidHotel, booked: Reservation | None) -> None:
    assert booked is not None
    hotel.engine.till.refund(
        RefundCommand(
            tenant=hotel.tenant, reservation=booked.id, amount=usd("50"), reason="the lift", actor=DESK
        )
    )
    hotel.works()


def stay_and_take_something(hotel: PaidHotel, booked: Reservation) -> None:
    """The guest came, and emptied the minibar."""
    hotel.engine.clock.set(CHECK_IN)
    minibar = Extra(code="MINIBAR", text="Minibar", price=MINIBAR)
    with hotel.engine.store(hotel.tenant) as tx:
        arrived = tx.reservations.get(booked.id).check_in(CHECK_IN)
        tx.reservations.save(arrived)
        tx.folios.save(tx.folios.get(booked.id).charge(minibar, arrived.state, CHECK_IN))
    hotel.engine.clock.set(CHECK_OUT)


def leave(hotel: PaidHotel, booked: Reservation | None) -> None:
    assert booked is not None
    prepare = PrepareCheckOut(begin=hotel.engine.store, clock=hotel.engine.clock, ids=hotel.engine.ids)
    check_out = CheckOut(prepare=prepare, send=hotel.engine.till.send)
    check_out(CheckOutCommand(tenant=hotel.tenant, reservation=booked.id, actor=DESK))


WORKFLOWS = {
    "book": Storyline(book, NOTHING, PRICE, booked=False),
    "book with a bad card": Storyline(book_with_a_bad_card, NOTHING, booked=False),
    "extend": Storyline(extend, PRICE, EXTENDED),
    "extend with a bad card": Storyline(extend_with_a_bad_card, PRICE),
    "shorten": Storyline(shorten, PRICE, usd("446.16")),
    "cancel in time": Storyline(cancel_in_time, PRICE, NOTHING),
    "cancel too late": Storyline(cancel_too_late, PRICE),
    "approve": Storyline(approve, NOTHING, PRICE, needs_approval=True),
    "refuse": Storyline(refuse, NOTHING, needs_approval=True),
    "leave": Storyline(leave, PRICE, PRICE + MINIBAR, prepared_by=stay_and_take_something),
    "be kind": Storyline(be_kind, PRICE, usd("614.14")),
}


def hotel_of(store: Storage, account: Account, clock: FixedClock, arrows: Arrows) -> TheEngine:
    """An engine on a storage and a provider that may die at an arrow."""
    gateway = DyingGateway(SandboxGateway(account), arrows)
    engine = TheEngine(DyingUnitOfWork(store, arrows), clock, SeededIds(next(NUMBERS)), gateway=gateway)
    engine.till.account = account
    return engine


def check_sound(hotel: PaidHotel, story: Storyline) -> None:
    """Provider, payments and folios say the same; a live booking is paid, and nobody paid for nothing."""
    with hotel.engine.store.reading(hotel.tenant) as tx:
        found = {tx.intents.get(each.intent).reservation for each in hotel.at_provider() if each.intent}
    for claim in found:
        booked = hotel.desk.show(claim)
        folio, payments = hotel.folio(booked), hotel.payments(booked)
        paid = Money.total((payment.paid for payment in payments), "USD")
        assert all(payment.orders == () for payment in payments), payments
        assert paid == folio.received - folio.refunded
        if paid != folio.charges:
            is_here = booked.status is Status.CHECKED_IN
            assert is_here or [alert.kind for alert in hotel.alerts()] == ["balance_due"]
        assert booked.status not in {Status.EXPIRED, Status.DECLINED} or folio.charges == NOTHING
        assert not any(payment.state is PaymentState.AUTHORISED for payment in payments)
    assert hotel.blocked() == NOTHING
    assert hotel.kept() in story.kept
    with hotel.engine.store.reading(hotel.tenant) as tx:
        assert not any(tx.amendments.of_reservation(claim) for claim in found)


def recover(hotel: PaidHotel, pause: timedelta, booked: Reservation | None) -> None:
    """Time passes, and the worker does its rounds; what nobody decided runs out."""
    for _ in range(6):
        hotel.engine.clock.advance(pause)
        hotel.works(2)
    if booked is not None and hotel.status(booked) is Status.PENDING:
        hotel.engine.clock.advance(timedelta(hours=25))
        hotel.works(2)


@pytest.mark.slow
@pytest.mark.parametrize("name", WORKFLOWS)
@pytest.mark.parametrize("pause", [timedelta(minutes=3), KEY_HOLDS_FOR / 5], ids=["soon", "the next day"])
def test_dying_at_any_arrow_loses_nothing(memory_store: MemoryStore, name: str, pause: timedelta) -> None:
    for arrow in range(MOST_ARROWS):
        hotel, died = dies_at(memory_store, arrow, WORKFLOWS[name], pause)
        findings = MemoryInspection(memory_store).of_tenant(hotel.tenant, hotel.engine.clock.now())
        assert [each for each in findings if not each.holds and each.number not in UPKEEP] == []
        if not died:
            assert arrow >= 2, "there is a commit at least"
            return
    pytest.fail("there were more arrows than expected")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["book", "extend", "cancel in time"])
def test_and_in_the_databases(store: Storage, name: str) -> None:
    for arrow in range(MOST_ARROWS):
        _, died = dies_at(store, arrow, WORKFLOWS[name], timedelta(minutes=3))
        if not died:
            return
    pytest.fail("there were more arrows than expected")


@pytest.mark.parametrize("name", WORKFLOWS)
@pytest.mark.parametrize("trouble", Trouble)
def test_trouble_with_the_provider_loses_nothing(
    memory_store: MemoryStore, name: str, trouble: Trouble
) -> None:
    hotel, booked = opened(memory_store, WORKFLOWS[name], arrows=Arrows())
    hotel.engine.till.account.trouble(trouble)
    with suppress(BookingError):
        WORKFLOWS[name].act(hotel, booked)
    recover(hotel, timedelta(minutes=10), booked)
    check_sound(hotel, WORKFLOWS[name])


def opened(store: Storage, story: Storyline, arrows: Arrows) -> tuple[PaidHotel, Reservation | None]:
    """A hotel of its own tenant, with what there is before; from then on its engine may die."""
    engine = TheEngine(store)
    account = engine.till.account
    hotel = PaidHotel.opens(engine, called=f"hotel-{next(NUMBERS)}", **story.policy)
    booked = hotel.book() if story.booked else None
    if booked is not None and story.prepared_by is not None:
        story.prepared_by(hotel, booked)
    return PaidHotel(
        type(hotel.desk)(hotel_of(store, account, engine.clock, arrows), hotel.desk.business)
    ), booked


def dies_at(store: Storage, arrow: int, story: Storyline, pause: timedelta) -> tuple[PaidHotel, bool]:
    """Whether the workflow has that arrow: it died there, recovered, and everything is sound."""
    arrows = Arrows()
    hotel, booked = opened(store, story, arrows)
    arrows.dies_at = arrow
    died = False
    try:
        story.act(hotel, booked)
    except Died:
        died = True
    except BookingError:
        pass
    arrows.dies_at = MOST_ARROWS * 1_000
    recover(hotel, pause, booked)
    check_sound(hotel, story)
    return hotel, died
