from datetime import timedelta

import attrs
from hypothesis import assume, given
from hypothesis import strategies as st

from booking_core.domain.kernel.money import Money
from booking_core.domain.kernel.period import Period, Stay
from booking_core.domain.pricing import (
    AmountOff,
    Fixed,
    Levy,
    LineKind,
    Per,
    PriceRequest,
    Promotion,
    Quote,
    RateCalendar,
    RatePlan,
    Repricing,
    ServicePrice,
    Tariff,
    price,
    reprice,
)
from booking_core.domain.reservations.cancellation import CancellationPolicy, FirstNight, Tier
from tests.unit.pricing.builders import (
    BOOKING_DAY,
    CHECK_IN,
    day,
    nights,
    percent,
    room,
    room_tariffs,
    service,
    session,
    stay_of,
    stays,
    usd,
)

FLEXIBLE = CancellationPolicy.flexible("FLEX-24")
LAST_MINUTE = CHECK_IN - timedelta(hours=12)
CLEANING = Levy.fee("cleaning", Fixed(usd("40"), Per.BOOKING))


def changed(agreed: Quote, request: PriceRequest, tariff: Tariff, **how: object) -> Repricing:
    return reprice(agreed, request, tariff, **{"at": BOOKING_DAY, "starts_at": CHECK_IN, **how})  # type: ignore[arg-type]


def test_kept_nights_keep_their_price_when_rates_rise() -> None:
    agreed = price(stay_of(2), room("100"), BOOKING_DAY)

    change = changed(agreed, stay_of(3), room("150"))

    assert change.difference == usd("150")
    assert change.quote.price_of(*change.kept) == usd("200")


def test_what_is_charged_once_is_not_charged_again_for_added_nights() -> None:
    plans = (RatePlan(code="ONCE", discount=AmountOff(usd("30"))),)
    tariff = room(levies=(CLEANING,), plans=plans)
    agreed = price(stay_of(2, rate_plan="ONCE"), tariff, BOOKING_DAY)

    change = changed(agreed, stay_of(3, rate_plan="ONCE"), tariff)

    assert agreed.total == usd("210")
    assert change.difference == usd("100")


def test_a_nightly_discount_counts_for_added_nights() -> None:
    tariff = room(plans=(RatePlan(code="N", discount=AmountOff(usd("30"), per_night=True)),))
    agreed = price(stay_of(2, rate_plan="N"), tariff, BOOKING_DAY)

    assert changed(agreed, stay_of(3, rate_plan="N"), tariff).difference == usd("70")


def test_codes_count_for_added_nights_while_they_are_open() -> None:
    march = Period.between(BOOKING_DAY - timedelta(days=1), BOOKING_DAY + timedelta(days=1))
    tariff = room(promotions=(Promotion(code="HALF", discount=percent("50"), valid=march, uses=1),))
    agreed = price(stay_of(2, codes=("HALF",)), tariff, BOOKING_DAY)
    longer = stay_of(3, codes=("HALF",))

    assert changed(agreed, longer, tariff).difference == usd("50")
    assert changed(agreed, longer, tariff, at=BOOKING_DAY + timedelta(days=2)).difference == usd("100")
    assert changed(agreed, longer, tariff, code_uses={"HALF": 1}).difference == usd("100")


def test_a_stay_shortened_in_time_gives_the_whole_night_back() -> None:
    tariff = room(policy=FLEXIBLE, levies=(CLEANING,))
    agreed = price(stay_of(3), tariff, BOOKING_DAY)

    change = changed(agreed, stay_of(2), tariff)

    assert (change.difference, change.penalty, change.removed) == (usd("-100"), usd("0"), (day(17),))
    assert change.quote.policy == FLEXIBLE


def test_nights_removed_too_late_are_kept_by_the_policy_of_the_booking() -> None:
    agreed = price(stay_of(3), room(policy=FLEXIBLE), BOOKING_DAY)

    change = changed(agreed, stay_of(2), room(policy=None), at=LAST_MINUTE)

    assert (change.difference, change.penalty) == (usd("0"), usd("100"))
    assert change.quote.totals.penalties == usd("100")
    assert change.quote.lines[-1].source == "kept for 2024-03-17"


def test_staff_can_waive_the_penalty_of_removed_nights() -> None:
    agreed = price(stay_of(3), room(policy=FLEXIBLE), BOOKING_DAY)

    assert changed(agreed, stay_of(2), room(), at=LAST_MINUTE, waived=True).difference == usd("-100")


def test_a_first_night_penalty_takes_the_first_night_that_falls_away() -> None:
    policy = CancellationPolicy(code="FIRST", tiers=(Tier(penalty=FirstNight()),))
    agreed = price(stay_of(3), room(policy=policy), BOOKING_DAY)

    assert changed(agreed, stay_of(1), room()).penalty == usd("100")


def test_a_move_by_a_day_keeps_the_nights_in_common() -> None:
    agreed = price(stay_of(3), room("100"), BOOKING_DAY)

    change = changed(agreed, PriceRequest.for_stay(nights(16, 19), adults=2), room("150"))

    assert (change.kept, change.added, change.removed) == ((day(16), day(17)), (day(18),), (day(15),))
    assert change.difference == usd("50")


def test_a_move_to_other_dates_prices_everything_anew_and_honours_agreed_codes() -> None:
    past = Period.between(BOOKING_DAY, BOOKING_DAY + timedelta(seconds=1))
    tariff = room(promotions=(Promotion(code="TEN", discount=AmountOff(usd("10")), valid=past),))
    agreed = price(stay_of(2, codes=("TEN",)), tariff, BOOKING_DAY)
    moved = PriceRequest.for_stay(nights(20, 22), adults=2, codes=("TEN",))

    change = changed(agreed, moved, tariff, at=BOOKING_DAY + timedelta(days=1))

    assert (change.kept, change.difference) == ((), usd("0"))


def test_another_party_or_room_makes_every_night_another_product() -> None:
    agreed = price(stay_of(2), room("100"), BOOKING_DAY)

    assert changed(agreed, stay_of(2, adults=3), room("150")).difference == usd("100")
    assert changed(agreed, stay_of(2), room("150", code="SUITE")).difference == usd("100")


def test_the_policy_taken_at_booking_goes_on_until_room_or_plan_change() -> None:
    plans = (RatePlan(code="SAVER", policy=CancellationPolicy.non_refundable("SAVER")),)
    stricter = CancellationPolicy.flexible("FLEX-72", 72)
    agreed = price(stay_of(2), room(policy=FLEXIBLE), BOOKING_DAY)
    today = room(policy=stricter, plans=plans)

    assert changed(agreed, stay_of(3), today).quote.policy == FLEXIBLE
    assert changed(agreed, stay_of(2, adults=3), today).quote.policy == FLEXIBLE
    assert changed(agreed, stay_of(2, rate_plan="SAVER"), today).quote.policy == plans[0].policy
    assert changed(agreed, stay_of(2), attrs.evolve(today, code="SUITE")).quote.policy == stricter


def test_a_penalty_once_owed_stays_owed() -> None:
    tariff = room(policy=FLEXIBLE)
    agreed = price(stay_of(3), tariff, BOOKING_DAY)
    shortened = changed(agreed, stay_of(2), tariff, at=LAST_MINUTE).quote

    again = changed(shortened, stay_of(3), tariff, at=LAST_MINUTE)
    other_room = changed(shortened, stay_of(2), room("150", code="SUITE"), at=LAST_MINUTE)

    assert again.quote.total == usd("400")
    assert other_room.quote.totals.penalties == usd("100")


def test_a_period_is_always_priced_anew() -> None:
    weekend = RateCalendar(currency="USD", base=usd("80"), by_weekday={5: usd("95")})
    tariff = service(ServicePrice(calendar=weekend))
    agreed = price(session(60), tariff, BOOKING_DAY)

    change = changed(agreed, session(60, begins_on=day(16)), tariff)

    assert change.difference == usd("15")
    assert (change.kept, change.added, change.removed) == ((), (), ())


def test_an_unchanged_stay_costs_what_it_did() -> None:
    agreed = price(stay_of(2), room("100"), BOOKING_DAY)

    assert changed(agreed, stay_of(2), room("150")).quote == agreed


@given(room_tariffs(), stays(), st.integers(0, 3), st.integers(0, 3))
def test_extend_then_shorten_returns_to_the_agreed_price(
    tariff: Tariff, request: PriceRequest, earlier: int, later: int
) -> None:
    agreed = price(request, tariff, BOOKING_DAY)
    assert isinstance(request.span, Stay)
    check_in = request.span.check_in - timedelta(days=earlier)
    stay = Stay.between(check_in, request.span.check_out + timedelta(days=later))

    longer = changed(agreed, attrs.evolve(request, span=stay, begins_on=check_in), tariff)
    back = changed(longer.quote, request, tariff)

    assert back.quote == agreed
    assert longer.difference + back.difference == Money.zero("USD")
    assert longer.quote.price_of(*longer.kept) == agreed.price_of(*request.nights)


@given(room_tariffs(), stays(), st.integers(1, 5), st.integers(0, 48))
def test_the_difference_is_added_minus_removed_plus_penalty(
    tariff: Tariff, request: PriceRequest, kept_nights: int, hours: int
) -> None:
    assume(kept_nights < len(request.nights))
    agreed = price(request, attrs.evolve(tariff, policy=FLEXIBLE), BOOKING_DAY)
    stay = Stay.of_nights(request.begins_on, kept_nights)

    at = CHECK_IN - timedelta(hours=hours)
    change = changed(agreed, attrs.evolve(request, span=stay), tariff, at=at)

    assert change.difference == change.penalty - agreed.price_of(*change.removed)
    assert change.penalty == (agreed.price_of(*change.removed) if hours < 24 else usd("0"))
    assert change.quote.total == agreed.total + change.difference
    assert [line for line in change.quote.lines if line.kind is not LineKind.PENALTY] == [
        line for line in agreed.lines if line.night is None or line.night in change.kept
    ]
