"""What rarely happens between a guest, their money and the provider: late, gone, told twice, done by hand."""

from datetime import UTC, datetime, timedelta

import attrs
import pytest

from booking_adapters.sandbox import SandboxGateway, Trouble
from booking_adapters.sandbox.account import State
from booking_adapters.testing.builders import a_clinic
from booking_adapters.testing.engine import TheEngine
from booking_core.domain.kernel.errors import InvalidInput, InvalidTransition
from booking_core.domain.kernel.period import Period
from booking_core.domain.payments.answers import Found
from booking_core.domain.payments.intent import IntentState, Operation
from booking_core.domain.payments.payment import PaymentState
from booking_core.domain.reservations.cancellation import CancellationPolicy
from booking_core.domain.reservations.reservation import Reservation, Status
from booking_core.ports.ledger import ProviderEvent
from booking_core.usecases.cashier import Cashier
from booking_core.usecases.charging import folio_of
from booking_core.usecases.pay import NothingToPay
from booking_core.usecases.paying_at_desk import RedeemCommand, RedeemPoints
from booking_core.usecases.watch_payments import MOST_PAGES, PAGE, ToldEvent
from booking_core.usecases.what_would import ReplayPolicy, ReplayQuery
from tests.integration.scenarios.paid_hotel import (
    BANK_ASKS,
    CHECK_IN,
    DESK,
    GUEST,
    MARCH_1,
    VISA,
    PaidHotel,
    usd,
)

NOTHING, PRICE = usd("0"), usd("664.14")
A_LITTLE = timedelta(minutes=31)


@pytest.fixture
def hotel(engine: TheEngine) -> PaidHotel:
    return PaidHotel.opens(engine, rooms=1)


def authenticate(hotel: PaidHotel, reservation: Reservation) -> None:
    """The payer answers the bank about their newest payment."""
    hotel.engine.till.account.authenticate(hotel.payments(reservation)[-1].reference)


def only_send(hotel: PaidHotel) -> None:
    """The worker sends; nothing else is done about time."""
    for _ in range(3):
        hotel.engine.clock.advance(timedelta(hours=1))
        hotel.engine.till.send(hotel.tenant)


def told(hotel: PaidHotel) -> list[str]:
    return [alert.kind for alert in hotel.alerts()]


def test_money_that_comes_after_the_stay_has_begun_goes_back(hotel: PaidHotel) -> None:
    late = hotel.book(card=BANK_ASKS)
    hotel.engine.clock.set(CHECK_IN + timedelta(minutes=1))
    authenticate(hotel, late)
    only_send(hotel)
    assert hotel.status(late) is Status.EXPIRED
    assert (hotel.kept(), hotel.blocked()) == (NOTHING, NOTHING)
    assert told(hotel) == ["paid_after_expiry__and_the_place_is_gone"]


def test_money_for_a_room_type_that_is_sold_no_more_goes_back(hotel: PaidHotel) -> None:
    late = hotel.book(card=BANK_ASKS)
    hotel.engine.clock.advance(A_LITTLE)
    with hotel.engine.store(hotel.tenant) as tx:
        tx.reservations.save(tx.reservations.get(late.id).expire(hotel.engine.clock.now()))
    catalog = hotel.desk.business.catalog
    (room,) = [each.id for each in catalog.resources.values()]
    gone = attrs.evolve(
        catalog,
        version=catalog.version + 1,
        services={},
        resources={key: each for key, each in catalog.resources.items() if key != room},
    )
    with hotel.engine.store(hotel.tenant) as tx:
        tx.catalogs.save(gone, hotel.engine.clock.now())
    authenticate(hotel, late)
    only_send(hotel)
    assert hotel.status(late) is Status.EXPIRED
    assert (hotel.kept(), hotel.blocked()) == (NOTHING, NOTHING)


def test_money_for_a_room_that_was_closed_meanwhile_goes_back(hotel: PaidHotel) -> None:
    late = hotel.book(card=BANK_ASKS)
    hotel.engine.clock.advance(A_LITTLE)
    hotel.desk.close("deluxe-king", "2024-03-16/2024-03-17")
    assert hotel.status(late) is Status.EXPIRED
    authenticate(hotel, late)
    only_send(hotel)
    assert hotel.status(late) is Status.EXPIRED
    assert (hotel.kept(), hotel.blocked()) == (NOTHING, NOTHING)


def test_a_move_that_is_paid_after_the_stay_gives_its_money_back(hotel: PaidHotel) -> None:
    booked = hotel.book(15, 16)
    hotel.move(booked, 15, 17, card=BANK_ASKS)
    assert booked.stay is not None
    hotel.engine.clock.set(CHECK_IN + timedelta(days=1))
    authenticate(hotel, booked)
    only_send(hotel)
    first, added = hotel.payments(booked)
    assert (first.paid, added.state) == (hotel.kept(), PaymentState.VOIDED)
    assert hotel.blocked() == NOTHING
    assert hotel.desk.show(booked.id).stay == booked.stay


def test_nobody_pays_once_the_time_to_pay_is_over(hotel: PaidHotel) -> None:
    pending = hotel.book(card="")
    hotel.engine.clock.advance(A_LITTLE)
    with pytest.raises(InvalidTransition, match="the time to pay is over"):
        hotel.pay(pending)
    assert hotel.at_provider() == []


def test_a_stay_that_began_before_its_money_was_seen_is_given_back(hotel: PaidHotel) -> None:
    """Authorised and recorded, never confirmed, and now it has begun: too late for a guest who never knew."""
    pending = hotel.book(card="")
    _authorised_and_forgotten(hotel, pending)
    hotel.engine.clock.set(CHECK_IN + timedelta(minutes=1))
    hotel.works()
    assert hotel.status(pending) is Status.EXPIRED
    assert (hotel.kept(), hotel.blocked()) == (NOTHING, NOTHING)


def test_a_move_whose_money_was_seen_and_forgotten_lapses_and_gives_it_back(hotel: PaidHotel) -> None:
    booked = hotel.book(15, 17)
    sender = hotel.engine.till.send
    mover = hotel.engine.till.reschedule_and_pay
    hotel.engine.till.reschedule_and_pay = attrs.evolve(
        mover, send=attrs.evolve(sender, then=lambda *_: None)
    )
    hotel.move(booked, 15, 18, card=VISA)
    before = hotel.kept()
    assert hotel.blocked() > NOTHING
    hotel.engine.clock.advance(A_LITTLE)
    hotel.works()
    assert (hotel.kept(), hotel.blocked()) == (before, NOTHING)
    assert hotel.desk.show(booked.id).stay == booked.stay


def _authorised_and_forgotten(hotel: PaidHotel, pending: Reservation) -> None:
    """Its money is authorised and recorded; nothing else follows."""
    pay = hotel.engine.till.pay
    forgetful = attrs.evolve(pay, send=attrs.evolve(pay.send, then=lambda *_: None))
    hotel.engine.till.pay = forgetful
    hotel.pay(pending)
    hotel.engine.till.pay = pay
    assert hotel.blocked() == PRICE


def test_what_is_paid_at_the_desk_asks_nothing_ahead(engine: TheEngine) -> None:
    hotel = PaidHotel.opens(engine, payment=(), needs_approval=True)
    waiting = hotel.book(card=VISA)
    assert (waiting.status, hotel.payments(waiting)) == (Status.PENDING, [])
    with pytest.raises(NothingToPay):
        hotel.pay(waiting)
    assert hotel.engine.confirm(hotel.desk._decision(waiting)).status is Status.CONFIRMED


def test_what_has_no_price_cannot_be_paid(engine: TheEngine) -> None:
    engine.clock.set(MARCH_1)
    clinic = engine.opens(a_clinic().with_staff("anna"))
    hotel = PaidHotel(clinic)
    visit = clinic.book("visit", "2024-03-04 10:00")
    for act in (hotel.pay, hotel.resume):
        with pytest.raises(NothingToPay):
            act(visit)


def test_resuming_what_was_answered_says_how_it_stands(hotel: PaidHotel) -> None:
    booked = hotel.book()
    paid = hotel.resume(booked)
    assert (paid.reservation.status, paid.payment.state) == (Status.CONFIRMED, PaymentState.CAPTURED)
    assert len(hotel.at_provider()) == 1


def test_money_for_what_was_never_booked_is_recorded_and_nothing_follows(hotel: PaidHotel) -> None:
    hold = hotel.desk.hold("deluxe-king", "2024-03-15/2024-03-18", session="s")
    with hotel.engine.store(hotel.tenant) as tx:
        at = hotel.engine.clock.now()
        payment = Cashier(hotel.engine.ids).ask(tx, hold.id, PRICE, method=VISA, at=at)
    hotel.engine.till.send(hotel.tenant)
    with hotel.engine.store.reading(hotel.tenant) as tx:
        assert tx.payments.get(payment.id).authorised == PRICE
    assert hotel.alerts() == []


def test_a_void_that_the_house_did_by_hand_first_is_for_people(engine: TheEngine) -> None:
    """Somebody captured in the provider's own pages what we are about to void."""
    hotel = PaidHotel.opens(engine, needs_approval=True)
    waiting = hotel.book()
    (charged,) = engine.till.account.payments.values()
    charged.state, charged.captured = State.CAPTURED, PRICE
    engine.decline(hotel.desk._decision(waiting))
    hotel.works()
    assert hotel.status(waiting) is Status.DECLINED
    assert told(hotel) == ["a_void_was_refused"]
    assert operations(hotel, waiting) == [Operation.AUTHORISE, Operation.VOID, Operation.REFUND]
    assert (hotel.kept(), hotel.folio(waiting).balance) == (NOTHING, NOTHING)


def test_money_that_came_after_all_is_on_the_folio_before_it_goes_back(hotel: PaidHotel) -> None:
    """The bank took the money of a payment that we had called off."""
    called_off = hotel.book(card=BANK_ASKS)
    hotel.cancel(called_off)
    (charged,) = hotel.engine.till.account.payments.values()
    charged.state, charged.captured = State.CAPTURED, PRICE
    hotel.works()
    folio = hotel.folio(called_off)
    assert (folio.received, folio.refunded, folio.balance) == (PRICE, PRICE, NOTHING)
    assert hotel.kept() == NOTHING
    assert told(hotel) == []


def operations(hotel: PaidHotel, reservation: Reservation) -> list[Operation]:
    return [intent.operation for intent in hotel.intents(reservation)]


def test_amounts_that_no_rule_explains_are_told_once(hotel: PaidHotel) -> None:
    booked = hotel.book()
    (charged,) = hotel.engine.till.account.payments.values()
    charged.captured = usd("600")
    assert hotel.engine.till.sweep_payments(hotel.tenant) == 1
    hotel.works()
    assert told(hotel) == ["the_provider_has_other_amounts"]
    assert hotel.folio(booked).received == PRICE


class Crowded(SandboxGateway):
    """A provider whose account is full of payments of others."""

    pages = 0

    def list_since(self, since: datetime, after: str = "", limit: int = 100) -> list[Found]:
        assert since < MARCH_1
        assert after == (f"pi_{self.pages}" if self.pages else "")
        type(self).pages += 1
        foreign = Found(
            reference=f"pi_{self.pages}",
            intent=None,
            authorised=NOTHING,
            captured=PRICE,
            refunded=NOTHING,
            created_at=MARCH_1,
        )
        return [foreign] * limit


def test_a_sweep_ends_however_many_payments_others_have(hotel: PaidHotel) -> None:
    Crowded.pages = 0
    sweep = attrs.evolve(hotel.engine.till.sweep_payments, gateway=Crowded(hotel.engine.till.account))
    assert sweep(hotel.tenant) == 0
    assert Crowded.pages == MOST_PAGES
    assert PAGE * MOST_PAGES == 2_000


def test_a_sweep_leaves_the_payments_of_another_business_alone(engine: TheEngine) -> None:
    theirs = PaidHotel.opens(engine, called="another-hotel")
    theirs.book()
    ours = PaidHotel.opens(engine)
    (charged,) = engine.till.account.payments.values()
    charged.captured = usd("1")
    assert engine.till.sweep_payments(ours.tenant) == 0
    assert engine.till.sweep_payments(theirs.tenant) == 1


def test_stray_money_of_what_has_no_folio_goes_back_whole(hotel: PaidHotel) -> None:
    hold = hotel.desk.hold("deluxe-king", "2024-03-15/2024-03-18", session="s")
    with hotel.engine.store(hotel.tenant) as tx:
        at = hotel.engine.clock.now()
        payment = Cashier(hotel.engine.ids).ask(
            tx, hold.id, PRICE, method="pm_card_visa_chargeDeclined", operation=Operation.CHARGE, at=at
        )
    hotel.engine.till.send(hotel.tenant)
    (charged,) = hotel.engine.till.account.payments.values()
    charged.state, charged.captured = State.CAPTURED, PRICE
    assert hotel.engine.till.sweep_payments(hotel.tenant) == 1
    hotel.engine.till.send(hotel.tenant)
    assert hotel.kept() == NOTHING
    with hotel.engine.store.reading(hotel.tenant) as tx:
        assert tx.payments.get(payment.id).state is PaymentState.REFUNDED


def test_an_event_about_what_somebody_is_working_on_comes_up_again(hotel: PaidHotel) -> None:
    hotel.engine.till.account.trouble(Trouble.LOST_AFTER)
    booked = hotel.book()
    (intent,) = hotel.intents(booked)
    assert intent.state is IntentState.UNKNOWN
    (charged,) = hotel.engine.till.account.payments.values()
    event = ProviderEvent(id="evt_1", kind="x", reference=charged.reference, told_at=hotel.engine.clock.now())
    hotel.engine.till.receive_provider_event(ToldEvent(tenant=hotel.tenant, event=event))
    assert hotel.engine.till.handle_provider_events(hotel.tenant) == 1
    hotel.engine.clock.advance(A_LITTLE)
    hotel.works()
    assert hotel.status(booked) is Status.CONFIRMED


def test_extras_of_a_guest_without_a_price_get_a_folio_in_the_currency_of_the_house(
    engine: TheEngine,
) -> None:
    engine.clock.set(MARCH_1)
    clinic = engine.opens(a_clinic().with_staff("anna"))
    visit = clinic.book("visit", "2024-03-04 10:00")
    with engine.store(clinic.tenant) as tx:
        opened = folio_of(tx, visit, MARCH_1)
        assert (opened.currency, opened.entries) == ("EUR", ())
        assert folio_of(tx, visit, MARCH_1) == opened


def test_a_policy_is_replayed_over_more_than_a_page_and_over_what_had_a_price_only(
    engine: TheEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("booking_core.usecases.what_would.MOST_OF_A_PAGE", 2)
    hotel = PaidHotel.opens(engine, rooms=9)
    for _ in range(5):
        hotel.cancel(hotel.book(), actor=DESK)
    hotel.book()
    march = Period.between(datetime(2024, 3, 1, tzinfo=UTC), datetime(2024, 4, 1, tzinfo=UTC))
    query = ReplayQuery(tenant=hotel.tenant, policy=CancellationPolicy.non_refundable("Never"), window=march)
    replayed = ReplayPolicy(begin=engine.store)(query)
    assert len(replayed["USD"].assessments) == 5


def test_cancelling_while_a_move_waits_for_its_money_gives_both_up(hotel: PaidHotel) -> None:
    booked = hotel.book(15, 17)
    hotel.move(booked, 15, 18, card=BANK_ASKS)
    hotel.cancel(booked, actor=GUEST)
    assert hotel.status(booked) is Status.CANCELLED
    hotel.works()
    assert (hotel.kept(), hotel.blocked()) == (NOTHING, NOTHING)
    assert hotel.free_rooms(15, 18) == 1


def test_points_pay_nothing_in_a_house_that_gives_none(hotel: PaidHotel) -> None:
    booked, engine = hotel.book(), hotel.engine
    redeem = RedeemPoints(begin=engine.store, clock=engine.clock, ids=engine.ids)
    with pytest.raises(InvalidInput, match="points"):
        redeem(RedeemCommand(tenant=hotel.tenant, reservation=booked.id))
