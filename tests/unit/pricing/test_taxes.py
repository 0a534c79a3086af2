from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.money import Money, Percentage
from booking_core.domain.pricing import (
    Base,
    Fixed,
    Levy,
    Per,
    Percent,
    PriceRequest,
    Quote,
    RatePlan,
    Tariff,
    price,
)
from tests.unit.pricing.builders import BOOKING_DAY, percent, room, room_tariffs, stay_of, stays, usd

HALF_OFF = (RatePlan(code="HALF", discount=percent("50")),)


def quote_with(*levies: Levy, nights: int = 1, **request: object) -> Quote:
    return price(stay_of(nights, **request), room(levies=levies, plans=HALF_OFF), BOOKING_DAY)


def amounts(quote: Quote) -> dict[str, Money]:
    return {entry.code: entry.amount for entry in quote.summary}


def vat(rate: str, *also_on: str, base: Base = Base.AFTER_DISCOUNT) -> Percent:
    return Percent(percent(rate), base, also_on)


@pytest.mark.parametrize(
    ("per", "expected"),
    [
        (Per.BOOKING, "1"),
        (Per.UNIT, "2"),
        (Per.NIGHT, "3"),
        (Per.UNIT_NIGHT, "6"),
        (Per.PERSON, "4"),
        (Per.PERSON_NIGHT, "12"),
    ],
)
def test_fixed_levies_count_what_they_say(per: Per, expected: str) -> None:
    fee = Levy.fee("fee", Fixed(usd("1"), per, from_age=12))

    quote = quote_with(fee, nights=3, adults=3, child_ages=(11, 12), quantity=2)

    assert quote.totals.fees == usd(expected)
    assert quote.total == usd("600") + usd(expected)


def test_a_percentage_states_whether_discounts_count() -> None:
    before = quote_with(Levy.tax("vat", vat("10", base=Base.BEFORE_DISCOUNT)), rate_plan="HALF")
    after = quote_with(Levy.tax("vat", vat("10")), rate_plan="HALF")

    assert (before.totals.taxes, after.totals.taxes) == (usd("10"), usd("5"))


def test_taxes_can_be_levied_on_fees_and_on_taxes() -> None:
    quote = quote_with(
        Levy.fee("service", vat("10")),
        Levy.tax("city", vat("5", "service")),
        Levy.tax("surtax", vat("20", "city", base=Base.LEVIES_ONLY)),
    )

    assert amounts(quote) == {
        "rate": usd("100"),
        "service": usd("10"),
        "city": usd("5.50"),
        "surtax": usd("1.10"),
    }
    assert quote.summary[-1].source == "20 % of city"


def test_an_included_tax_is_carved_out_of_the_price_shown() -> None:
    quote = price(stay_of(1), room("107", levies=(Levy.tax("vat", vat("7"), included=True),)), BOOKING_DAY)

    assert quote.total == usd("107")
    assert quote.totals.included == usd("7")
    assert quote.summary[-1].source == "7 % of subtotal after discount, included in the price"


def test_included_taxes_share_one_net_price() -> None:
    levies = (
        Levy.tax("vat", vat("10"), included=True),
        Levy.tax("city", vat("5"), included=True),
        Levy.tax("surtax", vat("50", "vat", base=Base.LEVIES_ONLY), included=True),
    )

    quote = price(stay_of(1), room("120", levies=levies), BOOKING_DAY)

    assert amounts(quote) == {"rate": usd("120"), "vat": usd("10"), "city": usd("5"), "surtax": usd("5")}
    assert quote.total == usd("120")


def test_a_tax_can_be_included_in_a_fee_as_well_as_in_the_rate() -> None:
    levies = (
        Levy.fee("cleaning", Fixed(usd("10.70"), Per.BOOKING)),
        Levy.tax("vat", vat("7", "cleaning"), included=True),
    )

    quote = price(stay_of(1), room("107", levies=levies), BOOKING_DAY)

    assert quote.total == usd("117.70")
    assert quote.totals.included == usd("7.70")


def test_an_included_tax_before_discount_goes_by_the_price_before_discount() -> None:
    levy = Levy.tax("vat", vat("7", base=Base.BEFORE_DISCOUNT), included=True)

    quote = price(stay_of(1, rate_plan="HALF"), room("107", levies=(levy,), plans=HALF_OFF), BOOKING_DAY)

    assert (quote.total, quote.totals.included) == (usd("53.50"), usd("7"))


def test_a_fixed_included_levy_is_shown_and_not_added() -> None:
    quote = quote_with(Levy.tax("spa", Fixed(usd("2"), Per.PERSON_NIGHT), included=True), nights=2)

    assert (quote.total, quote.totals.included) == (usd("200"), usd("8"))


def test_levies_of_nothing_leave_no_line() -> None:
    quote = quote_with(
        Levy.tax("city", Fixed(usd("0"), Per.PERSON_NIGHT)),
        Levy.fee("once", Fixed(usd("0"), Per.BOOKING)),
        Levy.tax("vat", vat("0")),
    )

    assert list(amounts(quote)) == ["rate"]


@pytest.mark.parametrize(
    "make",
    [
        lambda: (Levy.tax("a", vat("1")), Levy.fee("A", vat("1"))),
        lambda: (Levy.tax("a", vat("1", "b")), Levy.fee("b", vat("1"))),
        lambda: (Levy.tax("a", vat("1", "a")),),
        lambda: (Levy.fee("a", vat("1")), Levy.tax("b", vat("1", "a", "a"))),
        lambda: (Levy.fee("a", vat("1"), included=True), Levy.tax("b", vat("1", "a"))),
        lambda: (
            Levy.fee("a", Fixed(usd("1"), Per.NIGHT), included=True),
            Levy.tax("b", vat("1", "a"), included=True),
        ),
        lambda: (
            Levy.tax("a", vat("1"), included=True),
            Levy.tax("b", vat("1", base=Base.BEFORE_DISCOUNT), included=True),
        ),
        lambda: (Levy.tax("", vat("1")),),
        lambda: (Levy.tax("a", Fixed(usd("-1"), Per.NIGHT)),),
        lambda: (Levy.tax("a", Fixed(usd("1"), Per.NIGHT, from_age=19)),),
    ],
)
def test_levies_that_cannot_be_computed_are_refused(make: Callable[[], tuple[Levy, ...]]) -> None:
    with pytest.raises(InvalidInput):
        room(levies=make())


def test_an_added_tax_on_an_included_one_alone_is_fine() -> None:
    quote = quote_with(
        Levy.tax("vat", vat("25"), included=True), Levy.tax("church", vat("10", "vat", base=Base.LEVIES_ONLY))
    )

    assert quote.total == usd("102")


@given(room_tariffs(), stays())
def test_lines_sum_to_totals_and_each_percentage_to_its_rounded_base(
    tariff: Tariff, request: PriceRequest
) -> None:
    quote = price(request, tariff, BOOKING_DAY)
    totals = quote.totals

    added = [line.amount for line in quote.lines if not line.included]
    assert totals.total == Money.total(added, "USD")
    assert totals.total == totals.subtotal + totals.discounts + totals.fees + totals.taxes
    by_rule = {(entry.kind, entry.code): entry.amount for entry in quote.summary if not entry.included}
    for levy in tariff.levies:
        if isinstance(levy.charge, Percent) and not levy.included and not levy.charge.also_on:
            base = {
                Base.BEFORE_DISCOUNT: totals.subtotal,
                Base.AFTER_DISCOUNT: totals.subtotal + totals.discounts,
                Base.LEVIES_ONLY: usd("0"),
            }[levy.charge.base]
            assert by_rule.get((levy.kind, levy.code), usd("0")) == base.percent(levy.charge.rate)


@given(st.integers(1, 10**8), st.lists(st.integers(0, 300_000).map(Percentage), min_size=1, max_size=4))
def test_net_and_included_taxes_sum_to_the_gross_within_rounding(gross: int, rates: list[Percentage]) -> None:
    levies = tuple(
        Levy.tax(f"tax-{number}", Percent(rate, Base.AFTER_DISCOUNT), included=True)
        for number, rate in enumerate(rates)
    )
    quote = price(stay_of(1), room(str(Money(gross, "USD").to_decimal()), levies=levies), BOOKING_DAY)

    assert quote.total == Money(gross, "USD")
    net = Fraction(gross) / (1 + sum(Fraction(rate.parts_per_million, 10**6) for rate in rates))
    exact = gross - net
    assert abs(quote.totals.included.amount_minor - exact) <= Fraction(len(rates), 2)
