"""Fees and taxes: fixed amounts per something, and percentages of a stated base, on top or included.

A levy (a fee or a tax) may be levied on levies that come before it in the tariff. Gross is primary: an
included percentage is carved out of the price as shown (7 % inside 107.00 is 7.00), so no net price ever has
to exist.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Literal

import attrs

from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.money import Money, Percentage
from booking_core.domain.pricing.checks import (
    WHOLE,
    checked_code,
    checked_count,
    checked_distinct,
    checked_price,
)
from booking_core.domain.pricing.lines import Amounts, Line, LineKind, Night, add_amounts, lines_of, spread
from booking_core.domain.pricing.request import PriceRequest

OLDEST_EXEMPT = 18


class Per(StrEnum):
    """What a fixed levy is multiplied by."""

    BOOKING = "booking"
    UNIT = "unit"
    NIGHT = "night"
    UNIT_NIGHT = "unit_night"
    PERSON = "person"
    PERSON_NIGHT = "person_night"

    @property
    def is_nightly(self) -> bool:
        """Whether it is charged for each night."""
        return self in {Per.NIGHT, Per.UNIT_NIGHT, Per.PERSON_NIGHT}


class Base(StrEnum):
    """What a percentage is taken of: the subtotal before or after discounts, or only the levies it names."""

    BEFORE_DISCOUNT = "before_discount"
    AFTER_DISCOUNT = "after_discount"
    LEVIES_ONLY = "levies_only"


@attrs.frozen
class Fixed:
    """An amount per booking, unit, night or person; children younger than `from_age` do not count."""

    amount: Money
    per: Per
    from_age: int = 0

    def __attrs_post_init__(self) -> None:
        """Refuse amounts that pay the guest."""
        checked_price(self.amount, "levy")
        checked_count(self.from_age, 0, OLDEST_EXEMPT, "from_age")

    def multiplier(self, request: PriceRequest) -> int:
        """How many times the amount is charged, per night or per booking."""
        if self.per in {Per.PERSON, Per.PERSON_NIGHT}:
            return request.adults + sum(age >= self.from_age for age in request.child_ages)
        return request.quantity if self.per in {Per.UNIT, Per.UNIT_NIGHT} else 1

    def __str__(self) -> str:
        """`15.00 USD per unit night`."""
        return f"{self.amount} per {self.per.replace('_', ' ')}"


@attrs.frozen
class Percent:
    """A percentage of a base, and of the levies named in `also_on`."""

    rate: Percentage
    base: Base
    also_on: tuple[str, ...] = ()

    def __str__(self) -> str:
        """`12 % of subtotal before discount`."""
        bases = [] if self.base is Base.LEVIES_ONLY else [f"subtotal {self.base.replace('_', ' ')}"]
        return f"{self.rate} % of {' and '.join([*bases, *self.also_on])}"


@attrs.frozen(kw_only=True)
class Levy:
    """A fee or a tax. `included` says that the price shown already contains it."""

    code: str
    charge: Fixed | Percent
    kind: Literal[LineKind.FEE, LineKind.TAX]
    included: bool = False

    @classmethod
    def fee(cls, code: str, charge: Fixed | Percent, *, included: bool = False) -> "Levy":
        """Something the business asks for: `Levy.fee("resort-fee", Fixed(Money(1500, "USD"), Per.NIGHT))`."""
        return cls(code=code, charge=charge, kind=LineKind.FEE, included=included)

    @classmethod
    def tax(cls, code: str, charge: Fixed | Percent, *, included: bool = False) -> "Levy":
        """Something the state asks for: `Levy.tax("vat", Percent(Percentage.of(7), Base.AFTER_DISCOUNT))`."""
        return cls(code=code, charge=charge, kind=LineKind.TAX, included=included)

    @property
    def source(self) -> str:
        """Where its lines come from."""
        return f"{self.charge}{', included in the price' if self.included else ''}"


def check_levies(levies: Sequence[Levy]) -> None:
    """Refuse levies that repeat a code, look ahead, or cannot be told apart from the price."""
    checked_distinct((levy.code for levy in levies), "levy")
    earlier: dict[str, Levy] = {}
    carved_bases = {levy.charge.base for levy in levies if levy.included and isinstance(levy.charge, Percent)}
    if carved_bases >= {Base.BEFORE_DISCOUNT, Base.AFTER_DISCOUNT}:
        raise InvalidInput("levies", "included percentages must agree on a base before or after discount")
    for levy in levies:
        checked_code(levy.code, "levy")
        if isinstance(levy.charge, Percent):
            for code in levy.charge.also_on:
                _check_also_on(levy, levy.charge, earlier.get(code), code)
            checked_distinct(levy.charge.also_on, "also_on")
        earlier[levy.code] = levy


def _check_also_on(levy: Levy, charge: Percent, other: Levy | None, code: str) -> None:
    if other is None:
        raise InvalidInput("also_on", f"{levy.code} may only name levies that come before it", code)
    if other.included and not levy.included and charge.base is not Base.LEVIES_ONLY:
        raise InvalidInput(
            "also_on", f"{code} is already inside the subtotal that {levy.code} is levied on", code
        )
    if other.included and levy.included and isinstance(other.charge, Fixed):
        raise InvalidInput(
            "also_on", f"{code} is a fixed part of the price; {levy.code} cannot compound on it", code
        )


Part = str | None
"""A part of the gross price: a levy that is added to it, or None for the subtotal."""


@attrs.frozen(kw_only=True)
class Levied:
    """What levies are raised on: the subtotal by night, before and after discounts, and the nights.

    `once` is False for nights that are added to an existing booking: what is due per booking was charged
    before.
    """

    request: PriceRequest
    nights: Sequence[date]
    before_discount: Amounts
    after_discount: Amounts
    currency: str
    once: bool = True

    def lines(self, levies: Sequence[Levy]) -> tuple[Line, ...]:
        """The fees and taxes. Each percentage is rounded half-up once, on its whole base, and then spread."""
        raised: dict[str, Amounts] = {}
        lines: list[Line] = []
        shares = carved_shares(levies)
        for levy in levies:
            charge = levy.charge
            if isinstance(charge, Fixed):
                raised[levy.code] = dict(self._fixed(charge))
            else:
                base = self._base(charge, raised)
                amount = (
                    self._carved(shares[levy.code], carved_base(levies), raised)
                    if levy.included
                    else Money.total(base.values(), self.currency).percent(charge.rate)
                )
                raised[levy.code] = spread(amount, base)
            template = Line(
                kind=levy.kind,
                code=levy.code,
                source=levy.source,
                amount=Money.zero(self.currency),
                included=levy.included,
            )
            lines += lines_of(raised[levy.code], template)
        return tuple(lines)

    def _fixed(self, charge: Fixed) -> Iterator[tuple[Night, Money]]:
        amount = charge.amount.times(charge.multiplier(self.request))
        if amount and charge.per.is_nightly:
            yield from ((night, amount) for night in self.nights)
        elif amount and self.once:
            yield None, amount

    def _subtotal(self, base: Base) -> Amounts:
        return self.before_discount if base is Base.BEFORE_DISCOUNT else self.after_discount

    def _base(self, charge: Percent, raised: Mapping[str, Amounts]) -> Amounts:
        base: Amounts = {} if charge.base is Base.LEVIES_ONLY else self._subtotal(charge.base)
        for code in charge.also_on:
            base = add_amounts(base, raised[code])
        return base

    def _carved(self, shares: Mapping[Part, Fraction], base: Base, raised: Mapping[str, Amounts]) -> Money:
        carved = Fraction(0)
        for part, share in shares.items():
            amounts = self._subtotal(base) if part is None else raised[part]
            carved += share * Money.total(amounts.values(), self.currency).amount_minor
        return Money(1, self.currency).portion(carved.numerator, carved.denominator)


def carved_base(levies: Sequence[Levy]) -> Base:
    """The subtotal that the included percentages sit in: after discounts, unless they say before."""
    bases = {levy.charge.base for levy in levies if levy.included and isinstance(levy.charge, Percent)}
    return Base.BEFORE_DISCOUNT if Base.BEFORE_DISCOUNT in bases else Base.AFTER_DISCOUNT


def carved_shares(levies: Sequence[Levy]) -> Mapping[str, Mapping[Part, Fraction]]:
    """For each included percentage, which share of each part of the gross price it is.

    A part of net price n that carries included levies of n·c₁, n·c₂, … shows as n·(1 + c₁ + c₂ + …), so levy
    i is cᵢ ÷ (1 + Σc) of what is shown. A levy on an included levy multiplies: cᵢ = rate · (1 + cⱼ).
    """
    parts: list[Part] = [None, *(levy.code for levy in levies if not levy.included)]
    of_net: dict[str, dict[Part, Fraction]] = {}
    for levy in levies:
        charge = levy.charge
        if levy.included and isinstance(charge, Percent):
            rate = Fraction(charge.rate.parts_per_million, WHOLE.parts_per_million)
            of_net[levy.code] = {part: rate * _times_on(charge, part, of_net) for part in parts}
    gross = {part: 1 + sum((shares[part] for shares in of_net.values()), Fraction(0)) for part in parts}
    return {
        code: {part: share / gross[part] for part, share in shares.items() if share}
        for code, shares in of_net.items()
    }


def _times_on(charge: Percent, part: Part, of_net: Mapping[str, Mapping[Part, Fraction]]) -> Fraction:
    direct = charge.base is not Base.LEVIES_ONLY if part is None else part in charge.also_on
    return direct + sum((of_net[code][part] for code in charge.also_on if code in of_net), Fraction(0))
