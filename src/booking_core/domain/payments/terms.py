"""What is to be paid ahead of a service: all of its price, or a deposit, and within which time.

As the JSON-ready data that policies keep::

    {"ask": "all", "within_minutes": 30}
    {"ask": {"percent": "30"}}
    {"ask": {"first_night": true}}
    {"ask": {"amount_minor": 5000, "currency": "USD"}}
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import attrs

from booking_core.domain.catalog.policy import Policy
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.money import Money, Percentage
from booking_core.domain.payments.payment import Purpose
from booking_core.domain.pricing.quote import Quote
from booking_core.domain.reservations.cancellation import EVERYTHING, FirstNight
from booking_core.domain.reservations.deposit import Deposit, deposit_due

ALL = "all"
DEFAULT_MINUTES = 30
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=31)
_FIELDS = frozenset({"ask", "within_minutes"})


@attrs.frozen(kw_only=True)
class PaymentTerms:
    """What is asked for ahead (`deposit`; None: the whole price), and how long a booking waits for it."""

    deposit: Deposit | None = None
    pay_within: timedelta = timedelta(minutes=DEFAULT_MINUTES)

    def __attrs_post_init__(self) -> None:
        """Refuse bookings that wait for nothing or for ever, and deposits that are none."""
        if not SHORTEST <= self.pay_within <= LONGEST:
            raise InvalidInput("within_minutes", "must be between 1 minute and 31 days", self.pay_within)
        if isinstance(self.deposit, Percentage) and self.deposit > EVERYTHING:
            raise InvalidInput("ask", "must not exceed 100 %", str(self.deposit))
        if isinstance(self.deposit, Money) and not self.deposit > Money.zero(self.deposit.currency):
            raise InvalidInput("ask", "must be more than nothing", str(self.deposit))

    @property
    def purpose(self) -> Purpose:
        """What a payment under these terms is for."""
        return Purpose.BOOKING if self.deposit is None else Purpose.DEPOSIT

    def due(self, quote: Quote) -> Money:
        """What is asked for ahead of a price."""
        return quote.total if self.deposit is None else deposit_due(quote, self.deposit)


def terms_of(policy: Policy) -> PaymentTerms | None:
    """What a policy asks for ahead; None where guests pay later, at the desk."""
    return read_terms(dict(policy.payment)) if policy.payment else None


def read_terms(data: Mapping[str, Any]) -> PaymentTerms:
    """The terms that the data describe; raises InvalidInput naming the field."""
    unknown = sorted(data.keys() - _FIELDS)
    if unknown:
        raise InvalidInput(unknown[0][:100], "is not a field of payment terms")
    minutes = data.get("within_minutes", DEFAULT_MINUTES)
    if type(minutes) is not int or not 0 <= minutes <= LONGEST // timedelta(minutes=1):
        raise InvalidInput("within_minutes", "must be a whole number of minutes, up to 31 days", minutes)
    return PaymentTerms(deposit=_deposit(data.get("ask")), pay_within=timedelta(minutes=minutes))


def _deposit(ask: object) -> Deposit | None:
    match ask:
        case "all":
            return None
        case Mapping() as table:
            return _part(dict(table))
    raise InvalidInput("ask", "must be all, or one of percent, first_night, and amount", str(ask))


def _part(table: dict[str, object]) -> Deposit:
    match table:
        case {"percent": str() | int() as percent, **rest} if not rest:
            return Percentage.of(percent)
        case {"first_night": True, **rest} if not rest:
            return FirstNight()
        case {"amount_minor": int() as minor, "currency": str() as currency, **rest} if not rest:
            return Money(minor, currency)
    raise InvalidInput(
        "ask", "must be one of percent, first_night, and amount_minor with currency", str(table)
    )
