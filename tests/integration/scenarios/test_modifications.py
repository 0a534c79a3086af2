"""Other dates, people, rooms and types of room: the difference is charged or goes back, all or nothing."""

from datetime import timedelta
from typing import Any

import attrs
import pytest

from booking_adapters.testing.builders import Business, grand_hotel, nightly
from booking_adapters.testing.engine import TheEngine
from booking_core.domain.availability.request import NotBookable
from booking_core.domain.catalog.policy import Trade, frozen_parameters
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.events import Actor
from booking_core.domain.kernel.money import Money, Percentage
from booking_core.domain.payments.answers import PaymentFailed
from booking_core.domain.pricing import AmountOff, NightlyRate, Promotion, RatePlan, Tariff
from booking_core.domain.reservations.cancellation import CancellationClosed, CancellationPolicy
from booking_core.domain.reservations.party import Customer, Party
from booking_core.domain.reservations.reservation import Reservation, Status
from booking_core.usecases.book import BookCommand
from booking_core.usecases.cashier import PaymentUnderWay
from booking_core.usecases.make_quote import NotPriced, QuoteCommand
from booking_core.usecases.reschedule import RescheduleCommand, Rescheduled
from booking_core.usecases.wanted import Wanted
from tests.integration.scenarios.paid_hotel import (
    ALL_AHEAD,
    BANK_ASKS,
    BROKE,
    CHECK_IN,
    DESK,
    GUEST,
    MARCH_1,
    VISA,
    PaidHotel,
    deluxe_king,
    nights,
    usd,
)

PRICE = usd("664.14")
FLEXIBLE = CancellationPolicy.flexible("Flexible 24-Hour")
A_DEPOSIT = frozen_parameters({"ask": {"first_night": True}})
HALF_A_DAY = timedelta(hours=12)
AAA = RatePlan(code="AAA", discount=Percentage.of(10))


def with_extra_adults() -> Tariff:
    """The deluxe king, where a third adult pays 40 dollars a night."""
    tariff = deluxe_king()
    assert isinstance(tariff.rate, NightlyRate)
    return attrs.evolve(tariff, rate=attrs.evolve(tariff.rate, extra_adult=usd("40")))


def a_hotel(**suite: Any) -> Business:
    """Five deluxe kings, a corner room of the same type at its own price, and a suite; all is paid ahead."""
    corner = nightly("CORNER", usd("250"), plans=(AAA,), policy=FLEXIBLE)
    hotel = grand_hotel(rooms=2).with_any("deluxe-king", "corner-room", largest_party=3)
    hotel = hotel.with_any("suite", "suite", largest_party=4).offering(
        "deluxe-king", "deluxe-king", trade=Trade.STAY
    )
    hotel = hotel.priced("deluxe-king", with_extra_adults()).priced("deluxe-king", corner, only="corner-room")
    hotel = hotel.under(payment=ALL_AHEAD).offering(
        "suite", "suite", trade=Trade.STAY, **{"payment": ALL_AHEAD, **suite}
    )
    return hotel.priced("suite", nightly("SUITE", usd("300"), policy=FLEXIBLE))


def opened(engine: TheEngine, hotel: Business) -> PaidHotel:
    engine.clock.set(MARCH_1)
    return PaidHotel(engine.opens(hotel))


@pytest.fixture
def hotel(engine: TheEngine) -> PaidHotel:
    return opened(engine, a_hotel())


def a_stay(first: int = 15, last: int = 18, **facts: Any) -> Wanted:
    wish = Wanted(service="deluxe-king", stay=nights(first, last), party=Party(2), resources=("deluxe-king",))
    return attrs.evolve(wish, **facts)


def booked(hotel: PaidHotel, *, card: str = VISA, **facts: Any) -> Reservation:
    """Two adults under AAA in a deluxe king, paid ahead."""
    wanted = a_stay(**{"rate_plan": "AAA", **facts})
    ada = Customer(name="Ada Lovelace")
    command = BookCommand(tenant=hotel.tenant, wanted=wanted, customer=ada, method=card, actor=GUEST)
    reservation = hotel.engine.till.book_and_pay(command).reservation
    hotel.works()
    return reservation


def changed(
    hotel: PaidHotel, stay: Reservation, wanted: Wanted, *, card: str = "", actor: Actor = GUEST, **more: Any
) -> Rescheduled:
    command = RescheduleCommand(
        tenant=hotel.tenant, reservation=stay.id, wanted=wanted, method=card, actor=actor, **more
    )
    found = hotel.engine.till.reschedule_and_pay(command)
    hotel.works()
    return found


def assert_it_costs(hotel: PaidHotel, stay: Reservation, price: Money) -> None:
    """It is charged, and the provider has exactly that."""
    now, folio = hotel.desk.show(stay.id), hotel.folio(stay)
    assert now.quote is not None
    assert (now.quote.total, folio.booking, folio.balance) == (price, price, usd("0"))
    assert (hotel.kept(), hotel.blocked()) == (price, usd("0"))


KINDS = {
    "dates": (a_stay(15, 19), usd("871.92"), a_stay()),
    "party": (a_stay(party=Party(3)), usd("786.54"), a_stay()),
    "resource": (a_stay(resources=("corner-room",)), usd("675.00"), a_stay()),
    "room type": (
        a_stay(service="suite", resources=()),
        usd("900.00"),
        a_stay(rate_plan="AAA"),
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_difference_is_charged_and_given_back(hotel: PaidHotel, kind: str) -> None:
    other, price, back = KINDS[kind]
    stay = booked(hotel)
    assert_it_costs(hotel, stay, PRICE)
    assert changed(hotel, stay, other).reservation.code == stay.code
    assert_it_costs(hotel, stay, price)
    changed(hotel, stay, back, actor=DESK)
    assert_it_costs(hotel, stay, PRICE)
    there, again = hotel.desk.show(stay.id), hotel.desk.show(stay.code)
    assert (there.service, there.assigned, again.is_live) == (stay.service, stay.assigned, True)


@pytest.mark.parametrize("kind", KINDS)
def test_all_or_nothing_where_the_card_fails(hotel: PaidHotel, kind: str) -> None:
    other, _, _ = KINDS[kind]
    stay = booked(hotel)
    with pytest.raises(PaymentFailed):
        changed(hotel, stay, other, card=BROKE)
    hotel.works()
    assert hotel.desk.show(stay.id) == hotel.desk.show(stay.code)
    assert hotel.desk.show(stay.id).assigned == stay.assigned
    assert_it_costs(hotel, stay, PRICE)
    assert hotel.desk.book("suite", "2024-03-15/2024-03-18", people=2).is_live, "what was held is free again"


def test_another_type_of_room_is_sold_under_its_own_terms(engine: TheEngine) -> None:
    """A suite asks for a deposit only: what was paid for the cheaper room covers it, the rest is paid at the desk."""
    hotel = opened(engine, a_hotel(payment=A_DEPOSIT))
    stay = booked(hotel)
    moved = changed(hotel, stay, a_stay(service="suite", resources=())).reservation
    suite = hotel.desk.business.catalog.service("suite")
    assert (moved.service, moved.policy, moved.status) == (suite.id, suite.policy, Status.CONFIRMED)
    assert moved.quote is not None
    assert (moved.quote.tariff, moved.quote.request.rate_plan) == ("SUITE", None)
    assert (hotel.kept(), hotel.folio(stay).balance) == (PRICE, usd("900") - PRICE)
    assert hotel.free_rooms(15, 18) == 2, "the deluxe king is free again"


def test_a_type_of_room_that_is_sold_out_changes_nothing(hotel: PaidHotel) -> None:
    hotel.desk.book("suite", "2024-03-16/2024-03-17", people=2)
    stay = booked(hotel)
    with pytest.raises(NotBookable):
        changed(hotel, stay, a_stay(service="suite", resources=()))
    assert hotel.desk.show(stay.id) == stay
    assert_it_costs(hotel, stay, PRICE)


def test_another_type_of_room_waits_for_the_bank_and_is_held_meanwhile(hotel: PaidHotel) -> None:
    stay = booked(hotel)
    waiting = changed(hotel, stay, a_stay(service="suite", resources=()), card=BANK_ASKS)
    assert waiting.amendment is not None
    assert hotel.desk.show(stay.id) == stay
    with pytest.raises(NotBookable):
        hotel.desk.book("suite", "2024-03-16/2024-03-17", people=2)
    hotel.engine.till.account.authenticate(hotel.payments(stay)[-1].reference)
    hotel.resume(stay)
    hotel.works()
    suite = hotel.desk.business.catalog.service("suite")
    assert (hotel.desk.show(stay.id).service, hotel.desk.show(stay.id).policy) == (suite.id, suite.policy)
    assert_it_costs(hotel, stay, usd("900"))


def test_who_pays_at_the_desk_pays_ahead_for_a_room_that_asks_for_it(engine: TheEngine) -> None:
    unpaid = a_hotel().under(payment=())
    hotel = opened(engine, unpaid.offering("suite", "suite", trade=Trade.STAY, payment=ALL_AHEAD))
    suite = nightly("SUITE", usd("300"), policy=FLEXIBLE)
    hotel.desk.becomes(hotel.desk.business.priced("suite", suite).revised())
    stay = booked(hotel, card="")
    wish = a_stay(service="suite", resources=())
    with pytest.raises(InvalidInput, match="method"):
        changed(hotel, stay, wish)
    assert hotel.desk.show(stay.id) == stay
    changed(hotel, stay, wish, card=VISA)
    assert_it_costs(hotel, stay, usd("900"))


def test_a_guest_does_not_leave_hard_terms_for_a_room_with_better_ones(engine: TheEngine) -> None:
    hotel = opened(engine, a_hotel())
    never = CancellationPolicy.non_refundable("Non-refundable")
    strict = attrs.evolve(with_extra_adults(), policy=never)
    hotel.desk.becomes(hotel.desk.business.priced("deluxe-king", strict).revised())
    stay = booked(hotel)
    for wish in (a_stay(service="suite", resources=()), a_stay(resources=("corner-room",))):
        with pytest.raises(CancellationClosed):
            changed(hotel, stay, wish)
    changed(hotel, stay, a_stay(15, 19))
    assert changed(hotel, stay, a_stay(service="suite", resources=()), actor=DESK).reservation.is_live


def test_a_guest_does_not_give_up_a_room_with_a_night_where_that_costs(hotel: PaidHotel) -> None:
    """The night that falls away is kept by the hotel; the room that falls away on the others is, too."""
    stay = booked(hotel, quantity=2)
    hotel.engine.clock.set(CHECK_IN - HALF_A_DAY)
    with pytest.raises(CancellationClosed):
        changed(hotel, stay, a_stay(15, 17))
    assert_it_costs(hotel, stay, usd("1283.28"))
    changed(hotel, stay, a_stay(15, 17, quantity=2))
    assert_it_costs(hotel, stay, usd("1283.28"))


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (Wanted(service="spa", stay=nights(15, 18), party=Party(2)), "service"),
        (a_stay(service="suite", resources=()), "service"),
    ],
)
def test_a_guest_does_not_move_to_what_is_sold_otherwise_or_decided_on_by_staff(
    engine: TheEngine, wish: Wanted, field: str
) -> None:
    hotel = opened(engine, a_hotel(needs_approval=True).offering("spa", "suite", minutes=60))
    stay = booked(hotel)
    with pytest.raises(InvalidInput) as refused:
        changed(hotel, stay, wish)
    assert refused.value.field == field
    assert hotel.desk.show(stay.id) == stay


def test_a_room_without_a_price_is_not_sold_at_that_of_another(engine: TheEngine) -> None:
    hotel = opened(engine, a_hotel().offering("attic", "suite", trade=Trade.STAY))
    stay = booked(hotel)
    with pytest.raises(NotPriced):
        changed(hotel, stay, a_stay(service="attic", resources=()))
    free = hotel.desk.book("attic", "2024-03-15/2024-03-18", people=2)
    moved = changed(hotel, free, a_stay(rate_plan="AAA"), actor=DESK, pay_later=True).reservation
    assert moved.quote is not None
    assert (moved.quote.total, hotel.folio(moved).balance) == (PRICE, PRICE)


def test_what_is_withdrawn_since_goes_on_for_the_nights_that_stay(engine: TheEngine) -> None:
    """AAA and a code are no longer given: kept nights keep them, a night more goes without, other dates too."""
    hotel = opened(engine, a_hotel())
    code = Promotion(code="SPRING", discount=Percentage.of(10), stackable=True)
    hotel.desk.becomes(
        hotel.desk.business.priced(
            "deluxe-king", attrs.evolve(with_extra_adults(), promotions=(code,))
        ).revised()
    )
    stay = booked(hotel, stay=nights(15, 17), codes=("SPRING",))
    hotel.desk.becomes(
        hotel.desk.business.priced("deluxe-king", attrs.evolve(with_extra_adults(), plans=())).revised()
    )
    assert stay.quote is not None
    longer = changed(hotel, stay, a_stay(15, 18)).reservation.quote
    assert longer is not None
    assert longer.total - stay.quote.total == usd("237.88")  # 199.00, 12 % of it, and 15.00
    other = changed(hotel, stay, a_stay(18, 19), actor=DESK).reservation.quote
    assert other is not None
    assert (other.total, other.request.rate_plan, other.request.codes) == (usd("226.68"), None, ())


def test_a_booking_that_waits_for_its_money_is_moved_and_paid_at_its_new_price(hotel: PaidHotel) -> None:
    stay = booked(hotel, card="")
    moved = changed(hotel, stay, a_stay(15, 19)).reservation
    assert (moved.status, hotel.kept()) == (Status.PENDING, usd("0"))
    hotel.pay(stay)
    hotel.works()
    assert hotel.status(stay) is Status.CONFIRMED
    assert_it_costs(hotel, stay, usd("871.92"))


def test_a_booking_is_not_moved_while_its_bank_is_being_asked(hotel: PaidHotel) -> None:
    stay = booked(hotel, card=BANK_ASKS)
    with pytest.raises(PaymentUnderWay):
        changed(hotel, stay, a_stay(15, 19))
    assert hotel.desk.show(stay.id) == stay


def test_calling_off_ends_a_move_that_waits_for_the_bank(hotel: PaidHotel) -> None:
    stay = booked(hotel)
    changed(hotel, stay, a_stay(service="suite", resources=()), card=BANK_ASKS)
    hotel.cancel(stay)
    assert (hotel.kept(), hotel.blocked()) == (usd("0"), usd("0"))
    assert hotel.desk.book("suite", "2024-03-15/2024-03-18", people=2).is_live


def test_staff_sell_the_other_room_under_what_they_name(engine: TheEngine) -> None:
    """A plan and a code of the suite; without a name the deluxe king's would fall away."""
    hotel = opened(engine, a_hotel())
    code = Promotion(code="VIEW", discount=AmountOff(usd("30")), stackable=True)
    suite = nightly("SUITE", usd("300"), policy=FLEXIBLE, plans=(AAA,), promotions=(code,))
    hotel.desk.becomes(hotel.desk.business.priced("suite", suite).revised())
    stay = booked(hotel)
    wish = a_stay(service="suite", resources=(), rate_plan="AAA", codes=("view",))
    changed(hotel, stay, wish, actor=DESK)
    assert_it_costs(hotel, stay, usd("780"))
    changed(hotel, stay, a_stay(service="suite", resources=(), stay=nights(16, 18)), actor=DESK)
    assert_it_costs(hotel, stay, usd("520"))


def test_what_cannot_be_booked_is_not_quoted(hotel: PaidHotel) -> None:
    hotel.desk.book("suite", "2024-03-16/2024-03-17", people=2)
    wish = QuoteCommand(tenant=hotel.tenant, wanted=a_stay(service="suite", resources=()))
    with pytest.raises(NotBookable):
        hotel.engine.make_quote(wish)
