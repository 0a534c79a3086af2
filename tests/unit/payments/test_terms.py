"""What policies may ask ahead, as the data that they keep."""

from datetime import timedelta
from typing import Any

import pytest

from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.money import Money
from booking_core.domain.payments.payment import Purpose
from booking_core.domain.payments.terms import PaymentTerms, read_terms


def test_all_is_asked_within_half_an_hour_unless_something_else_is_said() -> None:
    terms = read_terms({"ask": "all"})
    assert (terms.deposit, terms.pay_within, terms.purpose) == (None, timedelta(minutes=30), Purpose.BOOKING)
    assert read_terms({"ask": {"percent": "30"}}).purpose is Purpose.DEPOSIT


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"ask": "all", "later": True}, "later"),
        ({"ask": "half"}, "ask"),
        ({}, "ask"),
        ({"ask": {}}, "ask"),
        ({"ask": {"percent": 101}}, "ask"),
        ({"ask": {"percent": 30, "first_night": True}}, "ask"),
        ({"ask": {"first_night": False}}, "ask"),
        ({"ask": {"amount_minor": 0, "currency": "USD"}}, "ask"),
        ({"ask": {"amount_minor": -1, "currency": "USD"}}, "ask"),
        ({"ask": {"amount_minor": 1.5, "currency": "USD"}}, "ask"),
        ({"ask": {"amount_minor": 5_000}}, "ask"),
        ({"ask": {"amount_minor": 5_000, "currency": "XXY"}}, "currency"),
        ({"ask": "all", "within_minutes": 0}, "within_minutes"),
        ({"ask": "all", "within_minutes": -1}, "within_minutes"),
        ({"ask": "all", "within_minutes": 44_641}, "within_minutes"),
        ({"ask": "all", "within_minutes": 30.0}, "within_minutes"),
        ({"ask": "all", "within_minutes": True}, "within_minutes"),
    ],
)
def test_terms_that_make_no_sense_are_refused_naming_the_field(data: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_terms(data)
    assert refused.value.field == field


def test_a_deposit_of_nothing_is_none() -> None:
    with pytest.raises(InvalidInput, match="more than nothing"):
        PaymentTerms(deposit=Money.zero("USD"))
