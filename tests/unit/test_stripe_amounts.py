import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking_adapters.stripe.amounts import from_stripe, to_stripe
from booking_core.domain.kernel.currencies import DECIMALS
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.money import Money


@pytest.mark.parametrize(
    ("amount", "units"),
    [
        (Money.of("664.14", "USD"), 66_414),
        (Money.of("1000", "JPY"), 1_000),
        (Money.of("1.250", "KWD"), 1_250),
        (Money.of("1000", "ISK"), 100_000),
        (Money.of("1000", "UGX"), 100_000),
        (Money.of("5.00", "MGA"), 5),
    ],
)
def test_an_amount_in_stripes_unit_and_back(amount: Money, units: int) -> None:
    assert to_stripe(amount) == units
    assert from_stripe(units, amount.currency.lower()) == amount


@given(
    currency=st.sampled_from(sorted(DECIMALS.keys() - {"MGA"})),
    minor=st.integers(-99_999_999, 99_999_999),
)
def test_every_amount_comes_back_as_it_went(currency: str, minor: int) -> None:
    amount = Money(minor, currency)
    assert from_stripe(to_stripe(amount), currency.lower()) == amount


def test_a_fraction_where_there_is_none_is_refused() -> None:
    with pytest.raises(InvalidInput):
        to_stripe(Money.of("5.01", "MGA"))
    with pytest.raises(InvalidInput):
        from_stripe(101, "isk")
