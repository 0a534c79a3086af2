"""Deposits: how much of a price is asked for ahead."""

from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.money import Money, Percentage
from booking_core.domain.pricing.quote import Quote
from booking_core.domain.reservations.cancellation import EVERYTHING, FirstNight

Deposit = Percentage | Money | FirstNight
"""A percentage of the total, a fixed amount, or the first night; never more than the total."""


def deposit_due(quote: Quote, terms: Deposit) -> Money:
    """What is to be paid ahead of a quote; the rest is its total less this. Raises InvalidInput."""
    if isinstance(terms, FirstNight):
        return min(quote.first_night, quote.total)
    if isinstance(terms, Money):
        if terms.is_negative:
            raise InvalidInput("deposit", "must not be negative", str(terms))
        return min(terms, quote.total)
    if terms > EVERYTHING:
        raise InvalidInput("deposit", "must not exceed 100 %", str(terms))
    return quote.total.percent(terms)
