"""Money as integer minor units, exact percentages, and splitting so that the parts sum to the whole.

Rounding, everywhere: half-up, which for money means ties go away from zero (0.5 becomes 1, and -0.5 becomes
-1). Nothing here touches a float.
"""

import re
from collections.abc import Iterable, Sequence
from typing import ClassVar, Self

import attrs

from booking_core.domain.kernel.currencies import decimals_of
from booking_core.domain.kernel.errors import BookingError, InvalidInput

LARGEST_MINOR = 2**63 - 1
"""The largest amount, either sign: fits a 64-bit column, and every amount can be negated."""
MOST_PARTS = 10_000

_LONGEST_DECIMAL = 24
_DECIMAL = re.compile(r"(-?)([0-9]{1,19})(?:\.([0-9]{1,4}))?")
_WHOLE_PPM = 1_000_000
_LARGEST_PPM = 1_000 * 10_000


class CurrencyMismatch(BookingError):
    """Two amounts of different currencies met in one sum or comparison."""

    code: ClassVar[str] = "CURRENCY_MISMATCH"

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(f"expected an amount in {expected}, found {found}", expected=expected, found=found)


@attrs.frozen(order=True)
class Percentage:
    """An exact, non-negative percentage in parts per million: 12 % is 120,000 and 8.875 % is 88,750.

    Four decimals of a percent are kept; at most 1,000 %.
    """

    parts_per_million: int = attrs.field()

    @parts_per_million.validator
    def _is_bounded(self, _attribute: object, value: int) -> None:
        if type(value) is not int or not 0 <= value <= _LARGEST_PPM:
            raise InvalidInput("percent", "must be a whole number of millionths from 0 to 1,000 %", value)

    @classmethod
    def of(cls, text: str | int) -> Self:
        """A percentage as written: `Percentage.of("8.875")`, `Percentage.of(12)`; raises InvalidInput."""
        if isinstance(text, int):
            if isinstance(text, bool) or not 0 <= text <= _LARGEST_PPM // 10_000:
                raise InvalidInput("percent", "must be from 0 to 1,000", text)
            return cls(text * 10_000)
        return cls(_scaled(text, 4, "percent"))

    @property
    def remainder(self) -> "Percentage":
        """What is missing to 100 %: the penalty that goes with a refund of this percentage."""
        if self.parts_per_million > _WHOLE_PPM:
            raise InvalidInput("percent", "must not exceed 100", str(self))
        return Percentage(_WHOLE_PPM - self.parts_per_million)

    def __str__(self) -> str:
        """The number without its sign and without trailing zeros: `8.875`, `12`."""
        whole, fraction = divmod(self.parts_per_million, 10_000)
        return f"{whole}.{fraction:04d}".rstrip("0").rstrip(".")


@attrs.frozen
class Money:
    """A signed amount in whole minor units of an ISO 4217 currency: `Money(1250, "USD")` is 12.50 dollars.

    Raises InvalidInput for floats, booleans, amounts beyond 64 bits and unknown currencies; every operation
    on two amounts raises CurrencyMismatch unless they share their currency.
    """

    amount_minor: int = attrs.field()
    currency: str = attrs.field()

    @amount_minor.validator
    def _is_bounded(self, _attribute: object, value: int) -> None:
        if type(value) is not int:
            raise InvalidInput("amount_minor", "must be an integer of minor units", value)
        if not -LARGEST_MINOR <= value <= LARGEST_MINOR:
            raise InvalidInput("amount_minor", "does not fit into 64 bits", value)

    @currency.validator
    def _is_known(self, _attribute: object, value: str) -> None:
        decimals_of(value)

    @classmethod
    def of(cls, text: str, currency: str) -> Self:
        """An amount from plain decimal text: `Money.of("12.50", "USD")`.

        Raises InvalidInput for anything else, for more decimals than the currency has, and, before looking at
        a single digit, for text that is too long to be an amount.
        """
        return cls(_scaled(text, decimals_of(currency), "amount"), currency)

    @classmethod
    def zero(cls, currency: str) -> Self:
        """Nothing, in a currency."""
        return cls(0, currency)

    @classmethod
    def total(cls, amounts: Iterable["Money"], currency: str) -> "Money":
        """The sum of any number of amounts, zero for none."""
        minor = 0
        for amount in amounts:
            if amount.currency != currency:
                raise CurrencyMismatch(currency, amount.currency)
            minor += amount.amount_minor
        return cls(minor, currency)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount_minor + self._minor_of(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount_minor - self._minor_of(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount_minor, self.currency)

    def __abs__(self) -> "Money":
        return Money(abs(self.amount_minor), self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.amount_minor < self._minor_of(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount_minor <= self._minor_of(other)

    def __gt__(self, other: "Money") -> bool:
        return self.amount_minor > self._minor_of(other)

    def __ge__(self, other: "Money") -> bool:
        return self.amount_minor >= self._minor_of(other)

    def __bool__(self) -> bool:
        """Whether it is anything but zero."""
        return self.amount_minor != 0

    @property
    def is_negative(self) -> bool:
        """Whether it is below zero."""
        return self.amount_minor < 0

    def times(self, count: int) -> "Money":
        """This amount `count` times (three nights, two guests)."""
        if type(count) is not int:
            raise InvalidInput("count", "must be a whole number", count)
        return Money(self.amount_minor * count, self.currency)

    def portion(self, numerator: int, denominator: int) -> "Money":
        """This amount times a positive fraction, rounded half-up (ties away from zero)."""
        assert denominator > 0
        return Money(_half_up(self.amount_minor * numerator, denominator), self.currency)

    def percent(self, rate: Percentage) -> "Money":
        """That percentage of this amount, rounded half-up (ties away from zero)."""
        return self.portion(rate.parts_per_million, _WHOLE_PPM)

    def allocate(self, weights: Sequence[int]) -> tuple["Money", ...]:
        """Split in proportion to the weights by largest remainder; the parts always sum to the whole.

        Leftover minor units go to the largest remainders, and to the earlier part where they tie. Weights are
        non-negative integers that are not all zero; raises InvalidInput.
        """
        if not 0 < len(weights) <= MOST_PARTS:
            raise InvalidInput("weights", f"must be 1…{MOST_PARTS} numbers", len(weights))
        if any(type(weight) is not int or weight < 0 for weight in weights):
            raise InvalidInput("weights", "must be whole numbers from zero up")
        whole = sum(weights)
        if whole == 0:
            raise InvalidInput("weights", "must not all be zero")
        size = abs(self.amount_minor)
        parts, remainders = zip(*(divmod(size * weight, whole) for weight in weights), strict=True)
        by_remainder = sorted(range(len(weights)), key=lambda index: -remainders[index])
        favoured = set(by_remainder[: size - sum(parts)])
        sign = -1 if self.amount_minor < 0 else 1
        return tuple(Money(sign * (part + (i in favoured)), self.currency) for i, part in enumerate(parts))

    def __str__(self) -> str:
        """Plain decimal and code for logs and messages, not for guests: `-60.70 USD`."""
        return f"{self.to_decimal()} {self.currency}"

    def to_decimal(self) -> str:
        """Plain decimal text that `Money.of` reads back: `-60.70`."""
        decimals = decimals_of(self.currency)
        sign = "-" if self.is_negative else ""
        digits = str(abs(self.amount_minor)).rjust(decimals + 1, "0")
        return sign + (f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits)

    def _minor_of(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(self.currency, other.currency)
        return other.amount_minor


def _half_up(numerator: int, denominator: int) -> int:
    size = (2 * abs(numerator) + denominator) // (2 * denominator)
    return -size if numerator < 0 else size


def _scaled(text: object, decimals: int, field: str) -> int:
    """Plain decimal text as an integer of its smallest unit; the length is looked at before any digit."""
    if not isinstance(text, str) or len(text) > _LONGEST_DECIMAL:
        raise InvalidInput(
            field, f"must be plain decimal text of at most {_LONGEST_DECIMAL} characters", text
        )
    found = _DECIMAL.fullmatch(text)
    if found is None:
        raise InvalidInput(field, "must be plain decimal text such as 12.50", text)
    sign, whole, fraction = found.group(1), found.group(2), found.group(3) or ""
    if len(fraction) > decimals:
        raise InvalidInput(field, f"has more than {decimals} decimals", text)
    return int(sign + whole + fraction.ljust(decimals, "0"))
