"""Money that is on its way is nobody's yet: not what goes back, and not what waits for staff."""

from datetime import timedelta

import attrs
import pytest

from booking_adapters.sandbox import Trouble
from booking_adapters.testing.engine import TheEngine
from booking_core.domain.catalog.desk import DeskTerms, LoyaltyTerms
from booking_core.domain.payments.intent import Operation
from booking_core.domain.reservations.folio import FolioFrozen
from booking_core.domain.reservations.reservation import Reservation, Status
from booking_core.usecases.amending import drop_amendment
from booking_core.usecases.check_in import CheckIn, CheckInCommand
from booking_core.usecases.check_out import CheckOut, CheckOutCommand, PrepareCheckOut
from booking_core.usecases.paying_at_desk import CashCommand, RedeemCommand, RedeemPoints, TakeCash
from booking_core.usecases.refund import RefundCommand
from booking_core.usecases.remembering import account_of
from booking_core.usecases.reschedule import RescheduleCommand
from tests.integration.scenarios.paid_hotel import BANK_ASKS, BROKE, CHECK_IN, DESK, VISA, PaidHotel, usd

NOTHING, PRICE = usd("0"), usd("664.14")
DAYS = timedelta(days=1)


@pytest.fixture
def hotel(engine: TheEngine) -> PaidHotel:
    return PaidHotel.opens(engine)


def moves(hotel: PaidHotel, reservation: Reservation, first: int, last: int) -> None:
    """Staff move it; what follows is written down and not sent yet."""
    command = RescheduleCommand(
        tenant=hotel.tenant, reservation=reservation.id, wanted=hotel._wanted(first, last), actor=DESK
    )
    hotel.engine.reschedule(command)


def operations(hotel: PaidHotel, reservation: Reservation) -> list[Operation]:
    return [intent.operation for intent in hotel.intents(reservation)]


def test_what_is_going_back_does_not_pay_for_the_night_that_is_added_again(hotel: PaidHotel) -> None:
    booked = hotel.book()
    moves(hotel, booked, 15, 17)
    moves(hotel, booked, 15, 18)
    hotel.works()
    stay = hotel.desk.show(booked.id).stay
    assert stay == booked.stay
    assert (hotel.folio(booked).charges, hotel.kept(), hotel.blocked()) == (PRICE, PRICE, NOTHING)


def test_what_is_going_back_is_missing_at_check_out(hotel: PaidHotel) -> None:
    booked = hotel.book()
    moves(hotel, booked, 15, 17)
    in_house(hotel, booked)
    with hotel.engine.store(hotel.tenant) as tx:
        folio = tx.folios.get(booked.id)
        assert booked.quote is not None
        tx.folios.save(folio.agree(booked.quote.lines, hotel.engine.clock.now()))
    leaves(hotel, booked)
    hotel.works()
    assert hotel.status(booked) is Status.COMPLETED
    assert (hotel.folio(booked).balance, hotel.kept()) == (NOTHING, PRICE)


def test_a_longer_stay_is_not_charged_before_staff_approve_it(engine: TheEngine) -> None:
    hotel = PaidHotel.opens(engine, needs_approval=True)
    waiting = hotel.book()
    hotel.move(waiting, 15, 19, card=VISA)
    hotel.works()
    assert (hotel.status(waiting), hotel.kept(), hotel.blocked()) == (Status.PENDING, NOTHING, usd("871.92"))
    engine.decline(hotel.desk._decision(waiting))
    hotel.works()
    assert Operation.CAPTURE not in operations(hotel, waiting)
    assert (hotel.kept(), hotel.blocked()) == (NOTHING, NOTHING)


def test_a_longer_stay_is_charged_when_staff_approve_it(engine: TheEngine) -> None:
    hotel = PaidHotel.opens(engine, needs_approval=True)
    waiting = hotel.book()
    hotel.move(waiting, 15, 19, card=VISA)
    engine.confirm(hotel.desk._decision(waiting))
    hotel.works()
    assert (hotel.kept(), hotel.blocked(), hotel.folio(waiting).balance) == (
        usd("871.92"),
        NOTHING,
        NOTHING,
    )


def test_points_that_pay_for_a_request_charge_nothing_before_staff_approve_it(engine: TheEngine) -> None:
    hotel = PaidHotel.opens(engine, needs_approval=True)
    business = hotel.desk.business
    terms = DeskTerms(loyalty=LoyaltyTerms(points_per_unit=1, point_value=usd("1")))
    venue = attrs.evolve(business.venue, desk=terms)
    hotel.desk.becomes(attrs.evolve(business, venue=venue).revised())
    waiting = hotel.book()
    with engine.store(hotel.tenant) as tx:
        account = account_of(tx, engine.ids, waiting.customer.key)
        tx.front_desk.loyalty.save(account.earn(64, waiting.id, engine.clock.now()))
    redeem = RedeemPoints(begin=engine.store, clock=engine.clock, ids=engine.ids)
    redeem(RedeemCommand(tenant=hotel.tenant, reservation=waiting.id, points=64, actor=DESK))
    hotel.works()
    assert (hotel.kept(), hotel.blocked()) == (NOTHING, PRICE)
    engine.confirm(hotel.desk._decision(waiting))
    hotel.works()
    assert (hotel.kept(), hotel.blocked()) == (usd("600.14"), NOTHING)


def test_a_request_that_ran_out_is_not_charged_because_its_authorisation_does_too(engine: TheEngine) -> None:
    hotel = PaidHotel.opens(engine, needs_approval=True, pending_ttl=6 * DAYS + timedelta(hours=12))
    waiting = hotel.book()
    engine.clock.advance(6 * DAYS + timedelta(hours=13))
    engine.till.watch_authorisations(hotel.tenant)
    engine.till.send(hotel.tenant)
    assert hotel.kept() == NOTHING
    hotel.works()
    assert hotel.status(waiting) is Status.EXPIRED
    assert Operation.CAPTURE not in operations(hotel, waiting)
    assert hotel.blocked() == NOTHING


def test_a_request_outlives_a_longer_stay_that_its_bank_never_let_through(engine: TheEngine) -> None:
    hotel = PaidHotel.opens(engine, needs_approval=True, pending_ttl=DAYS)
    waiting = hotel.book()
    hotel.move(waiting, 15, 19, card=BANK_ASKS)
    engine.clock.advance(timedelta(minutes=31))
    hotel.works()
    assert (hotel.status(waiting), hotel.kept(), hotel.blocked()) == (Status.PENDING, NOTHING, PRICE)
    engine.confirm(hotel.desk._decision(waiting))
    hotel.works()
    assert (hotel.kept(), hotel.folio(waiting).balance) == (PRICE, NOTHING)


def test_money_for_a_longer_stay_that_comes_too_late_is_let_go_and_the_rest_waits(engine: TheEngine) -> None:
    hotel = PaidHotel.opens(engine, needs_approval=True, pending_ttl=DAYS)
    waiting = hotel.book()
    engine.till.account.trouble(Trouble.LOST_AFTER)
    hotel.move(waiting, 15, 19, card=VISA)
    with engine.store(hotel.tenant) as tx:
        amendment = tx.amendments.of_reservation(waiting.id)
        assert amendment is not None
        drop_amendment(tx, amendment, engine.clock.now())
    engine.clock.advance(timedelta(minutes=31))
    hotel.works()
    assert (hotel.status(waiting), hotel.kept(), hotel.blocked()) == (Status.PENDING, NOTHING, PRICE)


def test_what_has_its_final_bill_is_not_made_longer_for_money(engine: TheEngine) -> None:
    hotel = PaidHotel.opens(engine, completes_unattended=True)
    booked = hotel.book()
    with engine.store(hotel.tenant) as tx:
        tx.folios.save(tx.folios.get(booked.id).freeze(engine.clock.now()))
    with pytest.raises(FolioFrozen):
        hotel.move(booked, 15, 19, card=VISA)
    hotel.works()
    assert (hotel.kept(), hotel.blocked()) == (PRICE, NOTHING)


def test_what_a_guest_was_let_off_is_not_asked_for_again_when_they_move(hotel: PaidHotel) -> None:
    booked = hotel.book(15, 16)
    hotel.engine.till.refund(
        RefundCommand(
            tenant=hotel.tenant, reservation=booked.id, amount=usd("50"), reason="the lift", actor=DESK
        )
    )
    hotel.works()
    kept = hotel.kept()
    moved = hotel.move(booked, 18, 19, card=BROKE)
    hotel.works()
    assert moved.amendment is None
    assert (hotel.kept(), hotel.folio(booked).balance) == (kept, NOTHING)


def test_who_does_not_come_still_owes_for_the_nights_that_were_given_up(engine: TheEngine) -> None:
    hotel = PaidHotel.opens(engine, no_show_after=timedelta(hours=12), no_show_fee=(("first_night", True),))
    booked = hotel.book()
    engine.clock.set(CHECK_IN - timedelta(hours=12))
    hotel.move(booked, 15, 16)
    hotel.works()
    quote = hotel.desk.show(booked.id).quote
    assert quote is not None
    given_up = usd("664.14") - usd("207.78")
    assert quote.total == given_up + quote.first_night, "all of the two nights is kept"
    engine.clock.set(CHECK_IN + timedelta(hours=13))
    engine.mark_no_shows(hotel.tenant)
    hotel.works()
    assert hotel.status(booked) is Status.NO_SHOW
    assert (hotel.kept(), hotel.folio(booked).balance) == (quote.total, NOTHING)


def test_cash_counts_towards_what_a_longer_stay_asks_for(hotel: PaidHotel) -> None:
    pending = hotel.book(card="")
    cash(hotel, pending, "100")
    hotel.pay(pending)
    hotel.works()
    hotel.move(pending, 15, 19, card=VISA)
    asked = hotel.payments(pending)[-1].asked
    assert asked == usd("207.78")
    hotel.works()
    assert (hotel.kept(), hotel.folio(pending).balance) == (usd("771.92"), NOTHING)


def in_house(hotel: PaidHotel, booked: Reservation) -> None:
    """The guest has come."""
    engine = hotel.engine
    engine.clock.set(CHECK_IN)
    CheckIn(begin=engine.store, clock=engine.clock)(
        CheckInCommand(tenant=hotel.tenant, reservation=booked.id, actor=DESK)
    )


def leaves(hotel: PaidHotel, booked: Reservation) -> None:
    """The guest goes, paying with the card on file."""
    engine = hotel.engine
    engine.clock.set(booked.period.end)
    prepare = PrepareCheckOut(begin=engine.store, clock=engine.clock, ids=engine.ids)
    check_out = CheckOut(prepare=prepare, send=engine.till.send)
    check_out(CheckOutCommand(tenant=hotel.tenant, reservation=booked.id, actor=DESK))


def cash(hotel: PaidHotel, reservation: Reservation, amount: str) -> None:
    command = CashCommand(tenant=hotel.tenant, reservation=reservation.id, amount=usd(amount), actor=DESK)
    TakeCash(begin=hotel.engine.store, clock=hotel.engine.clock)(command)
