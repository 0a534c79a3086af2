"""The lines of a quote, each for one night or for the whole booking, and how a sum is spread over nights."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

import attrs

from booking_core.domain.kernel.money import Money

Night = date | None
"""A night of the stay, or None for what belongs to the booking as a whole."""
Amounts = Mapping[Night, Money]
"""Sums by night."""


class LineKind(StrEnum):
    """What a line is, in the order of a bill: subtotal (the first three), discounts, levies, penalties."""

    RATE = "rate"
    EXTRA_GUEST = "extra_guest"
    LENGTH_OF_STAY = "length_of_stay"
    PLAN = "plan"
    PROMOTION = "promotion"
    FEE = "fee"
    TAX = "tax"
    PENALTY = "penalty"


SUBTOTAL = frozenset({LineKind.RATE, LineKind.EXTRA_GUEST, LineKind.LENGTH_OF_STAY})
DISCOUNTS = frozenset({LineKind.PLAN, LineKind.PROMOTION})


@attrs.frozen(kw_only=True)
class Line:
    """One amount and where it comes from.

    `code` names the rule (`AAA`, `city-tax`), `source` says in plain technical English how the amount came
    about (`12 % of the rate before discount`). An `included` line shows what the price already contains; it
    adds nothing to the total.
    """

    kind: LineKind
    code: str
    source: str
    amount: Money
    night: Night = None
    included: bool = False


def sum_by_night(lines: Iterable[Line], currency: str) -> dict[Night, Money]:
    """What the lines come to, night by night."""
    sums: dict[Night, Money] = {}
    for line in lines:
        sums[line.night] = sums.get(line.night, Money.zero(currency)) + line.amount
    return sums


def add_amounts(one: Amounts, other: Amounts) -> dict[Night, Money]:
    """Two sums by night as one."""
    added = dict(one)
    for night, amount in other.items():
        added[night] = added[night] + amount if night in added else amount
    return added


def spread(amount: Money, over: Amounts) -> dict[Night, Money]:
    """An amount over nights in proportion to what they cost; the parts sum to the amount.

    `over` holds no negative amounts; where all are zero, there is nothing to spread by and the amount must be
    zero.
    """
    if not amount:
        return {}
    parts = amount.allocate([part.amount_minor for part in over.values()])
    return {night: part for night, part in zip(over, parts, strict=True) if part}


def lines_of(amounts: Amounts, template: Line) -> tuple[Line, ...]:
    """One line like the template for each night."""
    return tuple(attrs.evolve(template, night=night, amount=amount) for night, amount in amounts.items())


def in_order(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Lines as a bill lists them: by kind, then rule by rule as they first appear, then by night."""
    found = tuple(lines)
    kinds = list(LineKind)
    rules = list(dict.fromkeys((line.kind, line.code) for line in found))
    return tuple(
        sorted(
            found,
            key=lambda line: (
                kinds.index(line.kind),
                rules.index((line.kind, line.code)),
                line.night or date.min,
            ),
        )
    )
