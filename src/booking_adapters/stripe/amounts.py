"""Our minor units and Stripe's, which differ for three currencies (docs.stripe.com/currencies)."""

from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.money import Money

HUNDRED = 100
WITH_TWO_ZEROS = frozenset({"ISK", "UGX"})
"""Without decimals in ISO 4217; Stripe keeps writing two of them, which must be 00."""
WITHOUT_DECIMALS = frozenset({"MGA"})
"""With two decimals in ISO 4217, with none at Stripe."""


def to_stripe(amount: Money) -> int:
    """The amount in Stripe's smallest unit; raises InvalidInput for what cannot be said in it."""
    if amount.currency in WITH_TWO_ZEROS:
        return amount.amount_minor * HUNDRED
    if amount.currency in WITHOUT_DECIMALS:
        whole, rest = divmod(amount.amount_minor, HUNDRED)
        if rest:
            raise InvalidInput("amount", f"Stripe takes whole {amount.currency} only", str(amount))
        return whole
    return amount.amount_minor


def from_stripe(units: int, currency: str) -> Money:
    """An amount as Stripe writes it, with its currency in either case; raises InvalidInput.

    A fraction where there can be none means that the currency is not what we think it is: that is refused.
    """
    code = currency.upper()
    if code in WITH_TWO_ZEROS:
        whole, rest = divmod(units, HUNDRED)
        if rest:
            raise InvalidInput("amount", f"Stripe sent a fraction of {code}", units)
        return Money(whole, code)
    return Money(units * HUNDRED if code in WITHOUT_DECIMALS else units, code)
