"""Tariffs and quotes survive being written and read, and nothing else is read."""

from datetime import timedelta

import attrs
import pytest
from hypothesis import given

from booking_adapters._codec.converter import read, write
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.pricing import AmountOff, Promotion, Quote, RatePlan, Tariff, price
from booking_core.domain.reservations.cancellation import CancellationPolicy
from tests.unit.pricing.builders import BOOKING_DAY, deluxe_king, percent, room_tariffs, stay_of, usd


@given(tariff=room_tariffs())
def test_a_tariff_is_the_same_after_writing_and_reading(tariff: Tariff) -> None:
    assert read(write(tariff), Tariff) == tariff


def test_a_quote_keeps_its_lines_its_policy_and_its_fingerprint() -> None:
    tariff = attrs.evolve(
        deluxe_king(),
        policy=CancellationPolicy.flexible("flexible-24"),
        promotions=(Promotion(code="SPRING", discount=AmountOff(usd("20")), stackable=True),),
        quote_ttl=timedelta(minutes=10),
    )
    quote = price(stay_of(3, rate_plan="AAA", codes=("SPRING",)), tariff, BOOKING_DAY)
    again = read(write(quote), Quote)
    assert again == quote
    assert again.fingerprint == quote.fingerprint


def test_a_plan_with_its_own_policy_keeps_it() -> None:
    plan = RatePlan(
        code="ADVANCE", discount=percent("15"), policy=CancellationPolicy.non_refundable("strict")
    )
    tariff = attrs.evolve(deluxe_king(), plans=(plan,))
    assert read(write(tariff), Tariff).plans == (plan,)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("rate", ["hourly", {}]),
        ("rate", None),
        ("policy", "flexible"),
        ("levies", [{"code": "vat", "charge": ["percent", {"rate": 7}], "kind": "tax", "included": False}]),
    ],
)
def test_data_that_are_no_tariff_are_refused_with_the_field(field: str, value: object) -> None:
    data = {**write(deluxe_king()), field: value}
    with pytest.raises(InvalidInput, match=field):
        read(data, Tariff)


@pytest.mark.parametrize("amount", [[12.5, "USD"], [1250], ["1250", "USD"], [True, "USD"], [1250, "XXY"]])
def test_amounts_are_whole_minor_units_of_a_currency(amount: object) -> None:
    data = write(deluxe_king())
    data["rate"][1]["calendar"]["by_date"]["2024-03-15"] = amount
    with pytest.raises(InvalidInput):
        read(data, Tariff)


@pytest.mark.parametrize("key", ["7", "-1", "01", "monday"])
def test_weekday_prices_are_keyed_by_weekday(key: str) -> None:
    data = write(deluxe_king())
    data["rate"][1]["calendar"]["by_weekday"] = {key: [100, "USD"]}
    with pytest.raises(InvalidInput):
        read(data, Tariff)
