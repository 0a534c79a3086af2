"""Amounts and percentages of a file: decimal texts such as `"12.50"`, never fractions."""

from typing import Any

from booking_adapters.businesses.sections import Section
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.money import Money, Percentage
from booking_core.domain.pricing.checks import checked_price
from booking_core.domain.pricing.promotions import AmountOff


def read_amount(section: Section, name: str, currency: str) -> Money | None:
    """An amount that is not negative, or None where the field is missing or wrong."""
    return amount_of(section, section.take(name), currency, name) if section.has(name) else None


def amount_of(section: Section, value: Any, currency: str, *field: str | int) -> Money | None:
    """The amount that a value says, or None and a note on the field."""

    def amount() -> Money:
        if not isinstance(value, str):
            raise InvalidInput("amount", 'must be a decimal text such as "12.50"', value)
        return checked_price(Money.of(value, currency), "amount")

    return section.made(amount, *field)


def read_percent(section: Section, name: str = "percent") -> Percentage | None:
    """A percentage, or None where the field is missing or wrong."""
    if not section.has(name):
        return None
    value = section.take(name)

    def percentage() -> Percentage:
        if type(value) is not int and not isinstance(value, str):
            raise InvalidInput(name, 'must be a whole number or a decimal text such as "8.875"', value)
        return Percentage.of(value)

    return section.made(percentage, name)


def read_discount(section: Section, currency: str) -> Percentage | AmountOff | None:
    """What is taken off: `percent`, or `amount` with or without `per_night`; None where neither is given."""
    both = section.has("percent") and section.has("amount")
    percent, amount = read_percent(section), read_amount(section, "amount", currency)
    per_night = section.flag("per_night")
    if both:
        section.wrong("cannot be given together with percent", "amount")
    if per_night and percent is not None:
        section.wrong("is for amounts", "per_night")
    return percent if amount is None else AmountOff(amount, per_night=per_night)
