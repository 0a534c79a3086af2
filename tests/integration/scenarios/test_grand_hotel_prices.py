"""The Grand Hotel's prices to the cent: searched, quoted, booked, extended, shortened."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
import pytest

from booking_adapters.testing.builders import cabins, grand_hotel
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_core.domain.availability.request import SoldOut
from booking_core.domain.kernel.errors import InvalidInput, InvalidTransition, NotFound
from booking_core.domain.kernel.events import Actor
from booking_core.domain.kernel.ids import QuoteId
from booking_core.domain.kernel.money import Money, Percentage
from booking_core.domain.kernel.period import Stay
from booking_core.domain.pricing import (
    Base,
    Fixed,
    Levy,
    NightlyRate,
    NoRate,
    Per,
    Percent,
    PriceChanged,
    Promotion,
    PromotionRefused,
    RateCalendar,
    RatePlan,
    Tariff,
)
from booking_core.domain.reservations.cancellation import CancellationClosed, CancellationPolicy, CancelledBy
from booking_core.domain.reservations.party import Customer, Party
from booking_core.domain.reservations.reservation import Reservation, Status
from booking_core.usecases.book import BookCommand
from booking_core.usecases.cancel import CancellationQuery
from booking_core.usecases.confirm import Decision
from booking_core.usecases.make_quote import GivenQuote, NotPriced, QuoteCommand
from booking_core.usecases.reschedule import RescheduleCommand
from booking_core.usecases.search_stays import StayOffer, StayQuery
from booking_core.usecases.wanted import Wanted

MARCH_1 = datetime(2024, 3, 1, 12, tzinfo=UTC)
CHECK_IN = datetime(2024, 3, 15, 19, tzinfo=UTC)  # 15:00 on the wall of New York
GUEST = Actor(kind="guest")


def usd(text: str) -> Money:
    return Money.of(text, "USD")


def deluxe_king(**changes: object) -> Tariff:
    by_date = {
        datetime(2024, 3, number, tzinfo=UTC).date(): usd(price)
        for number, price in ((15, "189"), (16, "219"), (17, "199"), (18, "189"))
    }
    tariff = Tariff(
        code="DELUXE-KING",
        rate=NightlyRate(calendar=RateCalendar(currency="USD", by_date=by_date)),
        plans=(RatePlan(code="AAA", discount=Percentage.of(10)),),
        promotions=(Promotion(code="FIRST", discount=Percentage.of(50), uses=1, stackable=True),),
        levies=(
            Levy.tax("occupancy-tax", Percent(Percentage.of(12), Base.BEFORE_DISCOUNT)),
            Levy.fee("resort-fee", Fixed(usd("15"), Per.NIGHT)),
        ),
        policy=CancellationPolicy.flexible("Flexible 24-Hour"),
    )
    return attrs.evolve(tariff, **changes)  # type: ignore[arg-type]


@pytest.fixture
def hotel(engine: TheEngine) -> OpenBusiness:
    engine.clock.set(MARCH_1)
    return engine.opens(grand_hotel(rooms=5).priced("deluxe-king", deluxe_king()))


def nights(first: int, last: int) -> Stay:
    return Stay.between(
        datetime(2024, 3, first, tzinfo=UTC).date(), datetime(2024, 3, last, tzinfo=UTC).date()
    )


def wanted(first: int = 15, last: int = 18, **facts: object) -> Wanted:
    asked = {
        "service": "deluxe-king",
        "stay": nights(first, last),
        "party": Party(2),
        "rate_plan": "AAA",
        **facts,
    }
    return Wanted(**asked)  # type: ignore[arg-type]


def quoted(hotel: OpenBusiness, want: Wanted | None = None) -> GivenQuote:
    return hotel.engine.make_quote(QuoteCommand(tenant=hotel.tenant, wanted=want or wanted()))


def booked(hotel: OpenBusiness, want: Wanted | None = None, **facts: Any) -> Reservation:
    command = BookCommand(tenant=hotel.tenant, wanted=want or wanted(), customer=Customer(name="Ada"))
    return hotel.engine.book(attrs.evolve(command, **facts))


def moved(hotel: OpenBusiness, stay: Reservation, first: int, last: int) -> Reservation:
    want = wanted(first, last, rate_plan=None)
    return hotel.engine.reschedule(RescheduleCommand(tenant=hotel.tenant, reservation=stay.id, wanted=want))


def total(stay: Reservation) -> Money:
    assert stay.quote is not None
    return stay.quote.total


def repriced(hotel: OpenBusiness, **changes: object) -> None:
    """The hotel changes its tariff."""
    hotel.becomes(hotel.business.priced("deluxe-king", deluxe_king(**changes)).revised())


def search(hotel: OpenBusiness) -> StayOffer:
    query = StayQuery(tenant=hotel.tenant, stay=nights(15, 18), party=Party(2), rate_plan="AAA")
    (offer,) = hotel.engine.search_stays(query)
    return offer


def test_the_search_shows_rooms_left_and_the_price_to_the_cent(hotel: OpenBusiness) -> None:
    offer = search(hotel)
    assert offer.left == 5
    assert offer.quote is not None
    totals = offer.quote.totals
    shown = (totals.subtotal, totals.discounts, totals.taxes, totals.fees, offer.price)
    assert shown == (usd("607.00"), usd("-60.70"), usd("72.84"), usd("45.00"), usd("664.14"))
    assert isinstance(offer.quote.policy, CancellationPolicy)
    assert offer.quote.policy.free_until(CHECK_IN) == CHECK_IN - timedelta(hours=24)


def test_a_search_leaves_out_what_cannot_be_priced_and_says_why_where_nothing_is_left(
    hotel: OpenBusiness,
) -> None:
    query = StayQuery(tenant=hotel.tenant, stay=nights(18, 20), party=Party(2))
    with pytest.raises(NoRate):
        hotel.engine.search_stays(query)
    with pytest.raises(InvalidInput, match="rate_plan"):
        hotel.engine.search_stays(attrs.evolve(query, stay=nights(15, 18), rate_plan="AARP"))
    with pytest.raises(PromotionRefused):
        hotel.engine.search_stays(attrs.evolve(query, stay=nights(15, 18), codes=("NONE",)))
    one_day = RateCalendar(currency="CHF", by_date={date(2024, 3, 15): Money.of("90", "CHF")})
    tariff = Tariff(code="CABIN-1", rate=NightlyRate(calendar=one_day))
    camp = hotel.engine.opens(cabins(2).priced("cabin", tariff, only="cabin-1"))
    found = camp.engine.search_stays(attrs.evolve(query, tenant=camp.tenant))
    assert [(offer.resource.key, offer.price) for offer in found] == [("cabin-2", None)]


def test_a_booking_keeps_the_price_that_was_quoted(hotel: OpenBusiness) -> None:
    given = quoted(hotel)
    assert given.quote.total == usd("664.14")
    repriced(hotel, plans=(RatePlan(code="AAA", discount=Percentage.of(5)),))
    stay = booked(hotel, quote=given.id)
    assert (stay.status, total(stay)) == (Status.CONFIRMED, usd("664.14"))
    assert hotel.show(stay.code).quote == given.quote


def test_an_expired_quote_is_taken_while_the_price_is_the_same(hotel: OpenBusiness) -> None:
    given = quoted(hotel)
    hotel.engine.clock.advance(timedelta(hours=1))
    assert total(booked(hotel, quote=given.id)) == usd("664.14")


def test_an_expired_quote_of_another_price_is_refused_with_old_and_new(hotel: OpenBusiness) -> None:
    given = quoted(hotel)
    hotel.engine.clock.advance(timedelta(hours=1))
    repriced(hotel, plans=(RatePlan(code="AAA", discount=Percentage.of(5)),))
    with pytest.raises(PriceChanged) as refused:
        booked(hotel, quote=given.id)
    assert refused.value.details == {"currency": "USD", "shown_minor": 66_414, "now_minor": 69_449}
    assert search(hotel).left == 5


def test_a_price_within_the_tolerance_of_the_hotel_is_not_asked_again(hotel: OpenBusiness) -> None:
    tolerant = attrs.evolve(hotel.business.tenant, price_tolerance_minor=50)
    hotel.becomes(attrs.evolve(hotel.business, tenant=tolerant).revised())
    assert total(booked(hotel, displayed=usd("664.64"))) == usd("664.14")
    with pytest.raises(PriceChanged):
        booked(hotel, displayed=usd("664.65"))


def test_a_quote_is_for_what_it_was_given_for(hotel: OpenBusiness) -> None:
    given = quoted(hotel)
    with pytest.raises(InvalidInput, match="something else"):
        booked(hotel, wanted(15, 17), quote=given.id)
    with pytest.raises(NotFound):
        booked(hotel, quote=QuoteId(hotel.engine.ids.new()))


def test_extending_keeps_the_agreed_nights_and_prices_the_added_one(hotel: OpenBusiness) -> None:
    stay = booked(hotel)
    longer = moved(hotel, stay, 15, 19)
    assert total(longer) - total(stay) == usd("207.78")
    assert total(longer) == usd("871.92")
    assert (longer.id, longer.code) == (stay.id, stay.code)
    assert total(moved(hotel, longer, 15, 18)) == usd("664.14")


def test_extending_into_a_sold_out_night_names_it_and_changes_nothing(hotel: OpenBusiness) -> None:
    stay = booked(hotel)
    booked(hotel, wanted(18, 19, quantity=5))
    with pytest.raises(SoldOut, match="only 0 rooms available on 2024-03-18"):
        moved(hotel, stay, 15, 19)
    assert hotel.show(stay.code) == stay


def test_a_promotion_code_is_used_no_more_often_than_it_may_be(hotel: OpenBusiness) -> None:
    code = wanted(rate_plan=None, codes=("first",))
    first = booked(hotel, code)
    with pytest.raises(PromotionRefused):
        booked(hotel, code)
    hotel.cancel(first)
    assert total(booked(hotel, code)) == total(first)


def test_what_has_no_tariff_has_no_price_and_no_plans(engine: TheEngine) -> None:
    engine.clock.set(MARCH_1)
    hotel = engine.opens(grand_hotel(rooms=1))
    plain = wanted(rate_plan=None)
    with pytest.raises(NotPriced):
        quoted(hotel, plain)
    with pytest.raises(InvalidInput, match="rate_plan"):
        booked(hotel)
    with pytest.raises(InvalidInput, match="codes"):
        booked(hotel, wanted(rate_plan=None, codes=("FIRST",)))
    assert booked(hotel, plain).quote is None


@pytest.mark.parametrize(
    ("before", "penalty"),
    [(timedelta(hours=36), "0"), (timedelta(hours=24), "0"), (timedelta(hours=12), "664.14")],
)
def test_what_a_cancellation_would_cost_is_told_without_cancelling(
    hotel: OpenBusiness, before: timedelta, penalty: str
) -> None:
    stay = booked(hotel)
    query = CancellationQuery(
        tenant=hotel.tenant, reservation=stay.id, at=CHECK_IN - before, by=CancelledBy.STAFF
    )
    told = hotel.engine.simulate_cancellation(query)
    assert told is not None
    assert (told.penalty, told.refund, told.outstanding) == (usd(penalty), usd("0"), usd(penalty))
    assert hotel.show(stay.code).status is Status.CONFIRMED


def test_below_the_last_hours_a_guest_cannot_cancel_online_but_staff_can(engine: TheEngine) -> None:
    engine.clock.set(MARCH_1)
    terms = (("free_cancellation_hours", 24), ("no_refund_hours", 2), ("partial_refund_hours", 12))
    hotel = engine.opens(grand_hotel().under(cancellation=(*terms, ("partial_refund_percent", 50))))
    stay = booked(hotel, wanted(rate_plan=None))
    by_guest = Decision(tenant=hotel.tenant, reservation=stay.id, actor=GUEST)
    hotel.engine.clock.set(CHECK_IN - timedelta(hours=2) + timedelta(seconds=1))
    with pytest.raises(CancellationClosed):
        hotel.engine.cancel(by_guest)
    hotel.engine.clock.set(CHECK_IN - timedelta(hours=2))
    assert (
        hotel.engine.simulate_cancellation(CancellationQuery(tenant=hotel.tenant, reservation=stay.id))
        is None
    )
    assert hotel.engine.cancel(by_guest).status is Status.CANCELLED


def test_a_stay_that_is_over_can_be_neither_moved_nor_cancelled(hotel: OpenBusiness) -> None:
    stay = booked(hotel)
    hotel.engine.clock.set(stay.period.end)
    with pytest.raises(InvalidTransition, match="over"):
        hotel.cancel(stay)
    with pytest.raises(InvalidTransition, match="over"):
        hotel.engine.reschedule(
            RescheduleCommand(
                tenant=hotel.tenant,
                reservation=stay.id,
                wanted=wanted(15, 17, rate_plan=None, waived=frozenset({"not_in_the_past"})),
            )
        )
