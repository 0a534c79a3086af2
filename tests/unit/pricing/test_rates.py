from datetime import date
from typing import Any

import pytest

from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.money import CurrencyMismatch, Money
from booking_core.domain.kernel.period import Stay
from booking_core.domain.pricing import (
    AmountOff,
    Base,
    ChildPrice,
    Fixed,
    LengthOfStay,
    Levy,
    LineKind,
    NightlyRate,
    NoRate,
    Per,
    Percent,
    PricedBy,
    PriceRequest,
    Promotion,
    RateCalendar,
    RatePlan,
    Season,
    ServicePrice,
    Tariff,
    price,
)
from tests.unit.pricing.builders import (
    BOOKING_DAY,
    FRIDAY,
    day,
    percent,
    room,
    service,
    session,
    stay_of,
    usd,
)

FLAT = RateCalendar.flat(usd("100"))


def total(tariff: Tariff, request: PriceRequest) -> Money:
    return price(request, tariff, BOOKING_DAY).total


def test_the_date_beats_the_season_beats_the_weekday_beats_the_base() -> None:
    calendar = RateCalendar(
        currency="USD",
        base=usd("100"),
        by_weekday={5: usd("120")},
        seasons=(
            Season(name="fair", start=day(20), end=day(23), amount=usd("150")),
            Season(name="spring", start=day(18), end=day(31), amount=usd("130"), weekdays=frozenset({2, 5})),
        ),
        by_date={day(21): usd("199")},
    )

    assert calendar.rate_on(day(15)) == (usd("100"), "base rate")
    assert calendar.rate_on(day(16)) == (usd("120"), "rate of the weekday")
    assert calendar.rate_on(day(19)) == (usd("100"), "base rate")
    assert calendar.rate_on(day(20)) == (usd("150"), "season fair")
    assert calendar.rate_on(day(21)) == (usd("199"), "rate of the date")
    assert calendar.rate_on(day(23)) == (usd("130"), "season spring")
    assert calendar.rate_on(day(31)) == (usd("100"), "base rate")


def test_a_date_without_a_rate_is_not_for_sale() -> None:
    tariff = room(rate=NightlyRate(calendar=RateCalendar(currency="USD", by_date={day(15): usd("1")})))

    with pytest.raises(NoRate) as refused:
        total(tariff, stay_of(2))
    assert refused.value.details == {"date": "2024-03-16"}


def test_a_calendar_keeps_its_own_copy_of_prices() -> None:
    prices = {day(15): usd("1")}
    calendar = RateCalendar(currency="USD", by_date=prices)
    prices[day(15)] = usd("999")

    assert calendar.rate_on(day(15))[0] == usd("1")


def test_extra_adults_and_children_by_age_pay_per_night() -> None:
    children = (ChildPrice(11, usd("10")), ChildPrice(2, usd("0")))
    rate = NightlyRate(calendar=FLAT, included_adults=2, extra_adult=usd("25"), children=children)

    quote = price(stay_of(2, adults=3, child_ages=(1, 5, 11, 16)), room(rate=rate), BOOKING_DAY)

    extras = {entry.source: entry.amount for entry in quote.summary if entry.kind is LineKind.EXTRA_GUEST}
    assert extras == {"2 extra adults at 25.00 USD": usd("100"), "child up to 11 years": usd("40")}
    assert quote.totals.subtotal == usd("340")


def test_without_a_price_for_extra_adults_any_number_pays_the_same() -> None:
    assert total(room(), stay_of(1, adults=4)) == usd("100")


def test_each_unit_brings_its_included_adults() -> None:
    rate = NightlyRate(calendar=FLAT, extra_adult=usd("25"))

    assert total(room(rate=rate), stay_of(1, adults=5, quantity=2)) == usd("225")


@pytest.mark.parametrize(("count", "expected"), [(2, "200"), (3, "270"), (6, "540"), (7, "490")])
def test_longer_stays_are_cheaper_by_the_longest_length_reached(count: int, expected: str) -> None:
    lengths = (LengthOfStay(7, usd("30")), LengthOfStay(3, percent("10")))

    assert total(room(rate=NightlyRate(calendar=FLAT, lengths=lengths)), stay_of(count)) == usd(expected)


def test_a_reduction_never_takes_more_than_the_rate() -> None:
    calendar = RateCalendar(currency="USD", base=usd("20"), by_date={day(16): usd("0")})
    rate = NightlyRate(calendar=calendar, lengths=(LengthOfStay(1, usd("30")),))

    assert total(room(rate=rate), stay_of(2)) == usd("0")


@pytest.mark.parametrize(
    ("per", "expected"),
    [(PricedBy.BOOKING, "100"), (PricedBy.UNIT, "200"), (PricedBy.PERSON, "400"), (PricedBy.HOUR, "400")],
)
def test_services_are_priced_per_booking_unit_person_or_hour(per: PricedBy, expected: str) -> None:
    tariff = service(ServicePrice(calendar=FLAT, per=per))

    assert total(tariff, session(90, adults=4, quantity=2)) == usd(expected)


def test_hours_are_billed_by_started_increments_and_rounded_half_up() -> None:
    price_of_time = ServicePrice(
        calendar=RateCalendar.flat(usd("0.10")), per=PricedBy.HOUR, increment_minutes=15
    )

    assert total(service(price_of_time), session(15)) == usd("0.03")
    assert total(service(price_of_time), session(16)) == usd("0.05")


def test_children_have_their_own_price_per_person() -> None:
    children = (ChildPrice(3, usd("0")), ChildPrice(12, usd("40")))
    tariff = service(ServicePrice(calendar=FLAT, per=PricedBy.PERSON, children=children))

    assert total(tariff, session(60, adults=2, child_ages=(2, 7, 15))) == usd("340")


def test_a_service_goes_by_the_date_on_which_it_begins_at_the_venue() -> None:
    calendar = RateCalendar(currency="USD", base=usd("10"), by_weekday={5: usd("15")})

    assert total(service(ServicePrice(calendar=calendar)), session(60, begins_on=day(16))) == usd("15")


@pytest.mark.parametrize(
    ("tariff", "request_"),
    [(room(), session(60)), (service(ServicePrice(calendar=FLAT)), stay_of(1))],
)
def test_nights_and_periods_are_not_taken_for_each_other(tariff: Tariff, request_: PriceRequest) -> None:
    with pytest.raises(InvalidInput, match="span"):
        total(tariff, request_)


@pytest.mark.parametrize(
    ("field", "make"),
    [
        ("rate", lambda: RateCalendar.flat(usd("-1"))),
        ("by_weekday", lambda: RateCalendar(currency="USD", by_weekday={7: usd("1")})),
        (
            "weekdays",
            lambda: Season(name="x", start=day(1), end=day(2), amount=usd("1"), weekdays=frozenset({9})),
        ),
        ("end", lambda: Season(name="x", start=day(2), end=day(2), amount=usd("1"))),
        ("season", lambda: Season(name=" ", start=day(1), end=day(2), amount=usd("1"))),
        ("included_adults", lambda: NightlyRate(calendar=FLAT, included_adults=-1)),
        ("extra_adult", lambda: NightlyRate(calendar=FLAT, extra_adult=usd("-1"))),
        ("up_to_age", lambda: NightlyRate(calendar=FLAT, children=(ChildPrice(18, usd("1")),))),
        ("up_to_age", lambda: NightlyRate(calendar=FLAT, children=(ChildPrice(5, usd("1")),) * 2)),
        ("from_nights", lambda: NightlyRate(calendar=FLAT, lengths=(LengthOfStay(0, percent("1")),))),
        ("from_nights", lambda: NightlyRate(calendar=FLAT, lengths=(LengthOfStay(3, percent("1")),) * 2)),
        ("length of stay", lambda: NightlyRate(calendar=FLAT, lengths=(LengthOfStay(3, percent("101")),))),
        ("length of stay", lambda: NightlyRate(calendar=FLAT, lengths=(LengthOfStay(3, usd("-1")),))),
        ("increment_minutes", lambda: ServicePrice(calendar=FLAT, increment_minutes=0)),
        ("children", lambda: ServicePrice(calendar=FLAT, children=(ChildPrice(5, usd("1")),))),
        ("tariff", lambda: room(code="")),
        ("rate plan", lambda: room(plans=(RatePlan(code="A"), RatePlan(code="a")))),
        ("quote_ttl", lambda: room(quote_ttl=BOOKING_DAY - BOOKING_DAY)),
        (
            "per night",
            lambda: service(ServicePrice(calendar=FLAT), levies=(Levy.fee("f", Fixed(usd("1"), Per.NIGHT)),)),
        ),
        (
            "per night",
            lambda: service(
                ServicePrice(calendar=FLAT),
                plans=(RatePlan(code="A", discount=AmountOff(usd("1"), per_night=True)),),
            ),
        ),
        (
            "per night",
            lambda: service(
                ServicePrice(calendar=FLAT),
                promotions=(Promotion(code="A", discount=percent("1"), minimum_nights=2),),
            ),
        ),
        ("rate_plan", lambda: price(stay_of(1, rate_plan="NONE"), room(), BOOKING_DAY)),
        ("adults", lambda: stay_of(1, adults=1.0)),
        ("child_ages", lambda: stay_of(1, child_ages=(18,))),
        ("party", lambda: stay_of(1, adults=0)),
        ("quantity", lambda: stay_of(1, quantity=0)),
        ("codes", lambda: stay_of(1, codes=tuple("abcdefghijk"))),
        ("codes", lambda: stay_of(1, codes=("A", "a"))),
        ("codes", lambda: stay_of(1, codes=("",))),
        ("begins_on", lambda: stay_of(1, begins_on=date(2024, 3, 16))),
    ],
)
def test_what_cannot_be_priced_is_refused_naming_the_field(field: str, make: Any) -> None:
    with pytest.raises(InvalidInput, match=field):
        make()


@pytest.mark.parametrize(
    "make",
    [
        lambda: RateCalendar(currency="USD", base=Money(1, "EUR")),
        lambda: NightlyRate(calendar=FLAT, extra_adult=Money(1, "EUR")),
        lambda: room(levies=(Levy.fee("f", Fixed(Money(1, "EUR"), Per.BOOKING)),)),
        lambda: room(promotions=(Promotion(code="A", discount=AmountOff(Money(1, "EUR"))),)),
        lambda: room(promotions=(Promotion(code="A", discount=percent("1"), minimum=Money(1, "EUR")),)),
    ],
)
def test_a_tariff_has_one_currency(make: Any) -> None:
    with pytest.raises(CurrencyMismatch):
        make()


@pytest.mark.parametrize(("currency", "minor", "tax"), [("JPY", 999, 80), ("KWD", 12345, 988)])
def test_currencies_without_and_with_three_decimals_are_priced_alike(
    currency: str, minor: int, tax: int
) -> None:
    rate = NightlyRate(calendar=RateCalendar.flat(Money(minor, currency)))
    levies = (Levy.tax("vat", Percent(percent("8"), Base.AFTER_DISCOUNT)),)
    quote = price(stay_of(1), room(rate=rate, levies=levies), BOOKING_DAY)

    assert quote.totals.taxes == Money(tax, currency)
    assert quote.total == Money(minor + tax, currency)


def test_a_request_for_a_stay_begins_on_its_check_in_date() -> None:
    stay = Stay.of_nights(FRIDAY, 2)

    request = PriceRequest.for_stay(stay, adults=2, child_ages=(4,))

    assert (request.begins_on, request.people, request.nights) == (FRIDAY, 3, (day(15), day(16)))
