"""SCENARIOS.md section 1, to the cent."""

from booking_core.domain.kernel.money import Money
from booking_core.domain.pricing import LineKind, Quote, price, reprice
from booking_core.domain.reservations.cancellation import CancellationPolicy
from tests.unit.pricing.builders import BOOKING_DAY, CHECK_IN, day, deluxe_king, stay_of, usd


def quoted(nights: int = 3) -> Quote:
    return price(stay_of(nights, rate_plan="AAA"), deluxe_king(), BOOKING_DAY)


def test_three_nights_under_aaa_cost_664_14() -> None:
    totals = quoted().totals

    assert totals.subtotal == usd("607.00")
    assert totals.discounts == usd("-60.70")
    assert totals.taxes == usd("72.84")
    assert totals.fees == usd("45.00")
    assert totals.total == usd("664.14")
    assert totals.penalties == totals.included == Money.zero("USD")


def test_every_line_says_where_it_comes_from() -> None:
    summary = [(entry.kind, entry.code, entry.source, entry.amount) for entry in quoted().summary]

    assert summary == [
        (LineKind.RATE, "rate", "rate of the date", usd("607.00")),
        (LineKind.PLAN, "AAA", "10 % off the subtotal", usd("-60.70")),
        (LineKind.FEE, "resort-fee", "15.00 USD per night", usd("45.00")),
        (LineKind.TAX, "occupancy-tax", "12 % of subtotal before discount", usd("72.84")),
    ]


def test_a_night_more_costs_207_78_and_the_three_nights_keep_546_30() -> None:
    agreed = quoted()

    change = reprice(agreed, stay_of(4, rate_plan="AAA"), deluxe_king(), BOOKING_DAY, starts_at=CHECK_IN)

    assert change.difference == usd("207.78")
    assert change.quote.total == usd("871.92")
    assert change.added == (day(18),)
    assert change.kept == (day(15), day(16), day(17))
    kept = [line for line in change.quote.lines if line.night in change.kept]
    room = [line.amount for line in kept if line.kind in {LineKind.RATE, LineKind.PLAN}]
    assert Money.total(room, "USD") == usd("546.30")


def test_the_first_night_is_what_a_first_night_penalty_would_take() -> None:
    assert quoted().first_night == usd("207.78")


def test_the_quote_carries_the_policy_it_was_sold_with() -> None:
    policy = CancellationPolicy.flexible("FLEX-24")

    assert price(stay_of(3), deluxe_king(policy=policy), BOOKING_DAY).policy == policy
