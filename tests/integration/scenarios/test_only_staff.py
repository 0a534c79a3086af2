"""What only staff may do is refused to guests by the use cases themselves, whatever lets them in."""

from collections.abc import Callable

import attrs
import pytest

from booking_adapters.testing.contracts.scene import Storage
from booking_adapters.testing.engine import TheEngine
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.reservations.cancellation import Waiver
from booking_core.domain.reservations.reservation import Reservation, Status
from booking_core.usecases.book import BookCommand
from booking_core.usecases.cancel import Cancellation
from booking_core.usecases.check_out import CheckOutCommand, PrepareCheckOut
from booking_core.usecases.confirm import Decision
from booking_core.usecases.no_shows import WaiveFeeCommand, WaiveNoShowFee
from booking_core.usecases.paying_at_desk import CashCommand, TakeCash
from booking_core.usecases.refund import RefundCommand
from booking_core.usecases.reschedule import RescheduleCommand
from tests.integration.scenarios.paid_hotel import DESK, GUEST, PaidHotel, usd

Act = Callable[[PaidHotel, Reservation], object]


def refund(hotel: PaidHotel, booked: Reservation) -> None:
    hotel.engine.till.refund(
        RefundCommand(
            tenant=hotel.tenant, reservation=booked.id, amount=usd("1"), reason="because", actor=GUEST
        )
    )


def leave(hotel: PaidHotel, command: CheckOutCommand) -> None:
    engine = hotel.engine
    PrepareCheckOut(begin=engine.store, clock=engine.clock, ids=engine.ids)(command)


def leave_early_for_nothing(hotel: PaidHotel, booked: Reservation) -> None:
    leave(
        hotel,
        CheckOutCommand(tenant=hotel.tenant, reservation=booked.id, waiver=Waiver("I am nice"), actor=GUEST),
    )


def leave_owing(hotel: PaidHotel, booked: Reservation) -> None:
    leave(
        hotel,
        CheckOutCommand(tenant=hotel.tenant, reservation=booked.id, accept_balance_due=True, actor=GUEST),
    )


def waive_the_fee(hotel: PaidHotel, booked: Reservation) -> None:
    engine = hotel.engine
    WaiveNoShowFee(begin=engine.store, clock=engine.clock, ids=engine.ids)(
        WaiveFeeCommand(tenant=hotel.tenant, reservation=booked.id, waiver=Waiver("the train"), actor=GUEST)
    )


def waive_the_penalty(hotel: PaidHotel, booked: Reservation) -> None:
    hotel.engine.call_off(
        Cancellation(
            tenant=hotel.tenant, reservation=booked.id, reason="ill", waives_penalty=True, actor=GUEST
        )
    )


def say_that_cash_was_paid(hotel: PaidHotel, booked: Reservation) -> None:
    command = CashCommand(tenant=hotel.tenant, reservation=booked.id, amount=usd("1"), actor=GUEST)
    TakeCash(begin=hotel.engine.store, clock=hotel.engine.clock)(command)


def approve(hotel: PaidHotel, booked: Reservation) -> None:
    hotel.engine.confirm(Decision(tenant=hotel.tenant, reservation=booked.id, actor=GUEST))


def decline(hotel: PaidHotel, booked: Reservation) -> None:
    hotel.engine.decline(Decision(tenant=hotel.tenant, reservation=booked.id, actor=GUEST))


def move_to_another_plan(hotel: PaidHotel, booked: Reservation) -> None:
    hotel.engine.reschedule(a_move(hotel, booked, rate_plan="BREAKFAST"))


def pay_the_difference_later(hotel: PaidHotel, booked: Reservation) -> None:
    hotel.engine.reschedule(attrs.evolve(a_move(hotel, booked), pay_later=True))


def pay_later(hotel: PaidHotel, booked: Reservation) -> None:
    hotel.engine.book(
        BookCommand(
            tenant=hotel.tenant,
            wanted=hotel._wanted(15, 16),
            customer=booked.customer,
            pay_later=True,
            actor=GUEST,
        )
    )


def a_move(hotel: PaidHotel, booked: Reservation, rate_plan: str | None = "AAA") -> RescheduleCommand:
    wanted = attrs.evolve(hotel._wanted(15, 18), rate_plan=rate_plan)
    return RescheduleCommand(tenant=hotel.tenant, reservation=booked.id, wanted=wanted, actor=GUEST)


FOR_STAFF: dict[Act, str] = {
    refund: "refund",
    leave_early_for_nothing: "waiver",
    leave_owing: "accept_balance_due",
    waive_the_fee: "waiver",
    waive_the_penalty: "waives_penalty",
    say_that_cash_was_paid: "cash",
    approve: "approval",
    decline: "refusal",
    move_to_another_plan: "rate_plan",
    pay_the_difference_later: "pay_later",
    pay_later: "pay_later",
}


@pytest.mark.parametrize("act", FOR_STAFF, ids=lambda act: act.__name__)
def test_a_guest_is_refused_and_nothing_changes(store: Storage, act: Act) -> None:
    hotel = PaidHotel.opens(TheEngine(store))
    booked = hotel.book()
    before = (hotel.desk.show(booked.id), hotel.folio(booked), hotel.intents(booked))
    with pytest.raises(InvalidInput) as refused:
        act(hotel, booked)
    assert (refused.value.field, refused.value.reason) == (FOR_STAFF[act], "is for staff")
    assert (hotel.desk.show(booked.id), hotel.folio(booked), hotel.intents(booked)) == before


def test_a_guest_moves_within_the_plan_that_was_booked(engine: TheEngine) -> None:
    hotel = PaidHotel.opens(engine)
    booked = hotel.book(16, 18)
    for plan in ("AAA", None):
        command = attrs.evolve(a_move(hotel, booked, plan), method="pm_card_visa")
        moved = hotel.engine.till.reschedule_and_pay(command).reservation
        assert moved.quote is not None
        assert moved.quote.request.rate_plan == "AAA"


def test_staff_change_the_plan(engine: TheEngine) -> None:
    hotel = PaidHotel.opens(engine)
    pending = hotel.book(card="")
    assert pending.status is Status.PENDING
    with pytest.raises(InvalidInput) as unknown:
        hotel.engine.reschedule(attrs.evolve(a_move(hotel, pending, "BREAKFAST"), actor=DESK))
    assert unknown.value.reason != "is for staff", (
        "staff are refused only because the tariff has no such plan"
    )
