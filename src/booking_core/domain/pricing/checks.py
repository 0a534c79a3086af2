"""The refusals that several price rules share: counts, codes, prices and reductions within bounds."""

from collections.abc import Iterable

from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.money import CurrencyMismatch, Money, Percentage

LONGEST_CODE = 64
WHOLE = Percentage.of(100)


def checked_code(code: object, field: str = "code") -> str:
    """A code that staff gave something: 1…64 printable characters, no outer blanks; raises InvalidInput."""
    if (
        isinstance(code, str)
        and 0 < len(code) <= LONGEST_CODE
        and code.isprintable()
        and code == code.strip()
    ):
        return code
    raise InvalidInput(field, f"must be 1…{LONGEST_CODE} visible characters", code)


def checked_count(value: int, least: int, most: int, field: str) -> int:
    """A whole number within bounds; raises InvalidInput."""
    if type(value) is int and least <= value <= most:
        return value
    raise InvalidInput(field, f"must be a whole number from {least} to {most}", value)


def checked_distinct(values: Iterable[object], field: str) -> None:
    """Nothing named twice, however written; raises InvalidInput."""
    seen: set[object] = set()
    for value in values:
        key = value.casefold() if isinstance(value, str) else value
        if key in seen:
            raise InvalidInput(field, "must not be given twice", value)
        seen.add(key)


def checked_price(amount: Money, field: str, currency: str | None = None) -> Money:
    """An amount that may be charged: not negative, of the currency if given; raises InvalidInput."""
    if currency is not None and amount.currency != currency:
        raise CurrencyMismatch(currency, amount.currency)
    if amount.is_negative:
        raise InvalidInput(field, "must not be negative", str(amount))
    return amount


def checked_reduction(percentage: Percentage, field: str) -> Percentage:
    """A percentage that may be taken off: at most 100 %; raises InvalidInput."""
    if percentage > WHOLE:
        raise InvalidInput(field, "must not exceed 100 %", str(percentage))
    return percentage
