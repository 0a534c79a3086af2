from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking_core.domain.kernel.currencies import DECIMALS
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.money import LARGEST_MINOR, CurrencyMismatch, Money, Percentage
from tests.unit.pricing.builders import usd

AMOUNTS = st.builds(Money, st.integers(-(10**15), 10**15), st.sampled_from(["USD", "JPY", "KWD", "CLF"]))


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12.50", "USD", 1250),
        ("12.5", "USD", 1250),
        ("-60.70", "USD", -6070),
        ("0.00", "USD", 0),
        ("1500", "JPY", 1500),
        ("1.005", "KWD", 1005),
        ("0.0001", "CLF", 1),
        ("007", "EUR", 700),
    ],
)
def test_decimal_text_is_read_exactly(text: str, currency: str, minor: int) -> None:
    assert Money.of(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("12.505", "USD"),
        ("1.5", "JPY"),
        ("1,50", "EUR"),
        ("", "EUR"),
        (".5", "EUR"),
        ("5.", "EUR"),
        ("+5", "EUR"),
        (" 5", "EUR"),
        ("5\n", "EUR"),
        ("1e3", "EUR"),
        ("NaN", "EUR"),
        ("٣", "EUR"),
        ("9999999999999999999", "EUR"),
        ("9" * 5_000, "EUR"),
        (12.5, "EUR"),
        (None, "EUR"),
    ],
)
def test_anything_else_is_refused_naming_the_amount(text: Any, currency: str) -> None:
    with pytest.raises(InvalidInput, match="amount"):
        Money.of(text, currency)


@pytest.mark.parametrize("currency", ["usd", "XXX", "", "US", "EURO"])
def test_unknown_currencies_are_refused(currency: str) -> None:
    with pytest.raises(InvalidInput, match="currency"):
        Money(1, currency)


@pytest.mark.parametrize("minor", [1.0, True, "1", Decimal(1), LARGEST_MINOR + 1, -LARGEST_MINOR - 1])
def test_amounts_are_integers_that_fit_64_bits(minor: Any) -> None:
    with pytest.raises(InvalidInput, match="amount_minor"):
        Money(minor, "USD")


def test_the_table_has_the_decimals_of_iso_4217() -> None:
    assert (DECIMALS["JPY"], DECIMALS["USD"], DECIMALS["KWD"], DECIMALS["CLF"]) == (0, 2, 3, 4)
    assert all(len(code) == 3 and code.isupper() for code in DECIMALS)


def test_arithmetic_stays_in_one_currency() -> None:
    assert usd("1.50") + usd("2.25") - usd("0.75") == usd("3.00")
    assert -usd("1.50") == usd("-1.50") == -abs(usd("-1.50"))
    assert usd("1.50").times(3) == usd("4.50")
    assert usd("1") < usd("2") <= usd("2") < usd("3")
    assert usd("3") > usd("2") >= usd("2")
    assert bool(usd("0.01"))
    assert not Money.zero("USD")
    assert Money.total([], "JPY") == Money(0, "JPY")


def test_currencies_never_mix() -> None:
    euro = Money(1, "EUR")
    for mix in (
        lambda: usd("1") + euro,
        lambda: usd("1") - euro,
        lambda: usd("1") < euro,
        lambda: usd("1") >= euro,
        lambda: Money.total([usd("1"), euro], "USD"),
    ):
        with pytest.raises(CurrencyMismatch) as refused:
            mix()
        assert refused.value.details == {"expected": "USD", "found": "EUR"}


def test_amounts_are_multiplied_by_whole_numbers_only() -> None:
    with pytest.raises(InvalidInput, match="count"):
        usd("1").times(1.5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("minor", "rate", "expected"),
    [(60700, "12", 7284), (50, "1", 1), (-50, "1", -1), (49, "1", 0), (-49, "1", 0), (10000, "8.875", 888)],
)
def test_percentages_round_half_up_away_from_zero(minor: int, rate: str, expected: int) -> None:
    assert Money(minor, "USD").percent(Percentage.of(rate)) == Money(expected, "USD")


@pytest.mark.parametrize(
    ("text", "millionths"), [("12", 120_000), ("12.5", 125_000), ("8.875", 88_750), (7, 70_000)]
)
def test_percentages_are_exact(text: str | int, millionths: int) -> None:
    assert Percentage.of(text) == Percentage(millionths)
    assert str(Percentage.of(text)) == str(text)


@pytest.mark.parametrize("text", [12.5, "-1", "1.00001", "twelve", 1001, -1, True, "1001"])
def test_other_percentages_are_refused(text: Any) -> None:
    with pytest.raises(InvalidInput, match="percent"):
        Percentage.of(text)


def test_a_percentage_knows_what_is_missing_to_the_whole() -> None:
    assert Percentage.of(30).remainder == Percentage.of(70)
    with pytest.raises(InvalidInput, match="100"):
        _ = Percentage.of(101).remainder


def test_leftover_cents_go_to_the_largest_remainders_and_then_to_the_earlier_part() -> None:
    assert usd("1.00").allocate([1, 1, 1]) == (usd("0.34"), usd("0.33"), usd("0.33"))
    assert usd("0.10").allocate([1, 2, 4]) == (usd("0.01"), usd("0.03"), usd("0.06"))
    assert usd("-1.00").allocate([1, 0, 2]) == (usd("-0.33"), usd("0"), usd("-0.67"))


@pytest.mark.parametrize("weights", [[], [0, 0], [-1, 2], [1.0], [True], [1] * 10_001])
def test_weights_are_whole_numbers_that_are_not_all_zero(weights: Any) -> None:
    with pytest.raises(InvalidInput, match="weights"):
        usd("1").allocate(weights)


@given(AMOUNTS, st.lists(st.integers(0, 10**6), min_size=1, max_size=20).filter(any))
def test_parts_sum_to_the_whole_and_stay_within_a_unit_of_their_share(
    whole: Money, weights: list[int]
) -> None:
    parts = whole.allocate(weights)

    assert Money.total(parts, whole.currency) == whole
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.amount_minor * sum(weights) - whole.amount_minor * weight) < sum(weights)


@given(AMOUNTS)
def test_plain_decimal_text_reads_back(amount: Money) -> None:
    assert Money.of(amount.to_decimal(), amount.currency) == amount
    assert str(amount) == f"{amount.to_decimal()} {amount.currency}"


@given(st.integers(-(10**9), 10**9), st.integers(0, 10**7))
def test_rounding_is_symmetric_and_off_by_half_a_unit_at_most(minor: int, millionths: int) -> None:
    rounded = Money(minor, "USD").percent(Percentage(millionths))

    assert Money(-minor, "USD").percent(Percentage(millionths)) == -rounded
    assert abs(rounded.amount_minor * 1_000_000 - minor * millionths) <= 500_000
