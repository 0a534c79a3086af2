"""A quote: the lines of a price, its totals, its terms, until when it holds, and its fingerprint."""

from collections.abc import Iterable
from datetime import date, datetime

import attrs

from booking_core.domain.kernel.money import Money
from booking_core.domain.pricing.fingerprint import fingerprint
from booking_core.domain.pricing.lines import DISCOUNTS, SUBTOTAL, Line, LineKind
from booking_core.domain.pricing.policy import PolicySnapshot
from booking_core.domain.pricing.request import PriceRequest

ROUNDING = (
    "integer minor units; each percentage is rounded half-up (ties away from zero) once, on its whole base,"
    " and then spread over the nights by largest remainder, so that the lines sum to the totals"
)
"""How amounts are rounded. It is part of every quote, so that a recalculation years later can follow it."""


@attrs.frozen(kw_only=True)
class Totals:
    """The quote in sums. `total` is what the guest pays; `included` (taxes and fees) is inside it already."""

    subtotal: Money
    discounts: Money
    fees: Money
    taxes: Money
    penalties: Money
    included: Money
    total: Money


@attrs.frozen(kw_only=True)
class Subtotal:
    """All lines of one rule as one: `AAA -60.70`."""

    kind: LineKind
    code: str
    source: str
    amount: Money
    included: bool


@attrs.frozen(kw_only=True)
class Quote:
    """The price of a request under a tariff, and the cancellation policy it is sold with.

    It holds from `made_at` until just before `expires_at`. Booked with it, the price stays, whatever rates do
    later.
    """

    tariff: str
    currency: str
    request: PriceRequest
    lines: tuple[Line, ...]
    policy: PolicySnapshot | None
    made_at: datetime
    expires_at: datetime
    rounding: str = ROUNDING

    @property
    def total(self) -> Money:
        """What the guest pays in all."""
        return Money.total((line.amount for line in self.lines if not line.included), self.currency)

    @property
    def totals(self) -> Totals:
        """The sums by kind; they add up to the total."""
        added = [line for line in self.lines if not line.included]
        return Totals(
            subtotal=self._sum(line for line in added if line.kind in SUBTOTAL),
            discounts=self._sum(line for line in added if line.kind in DISCOUNTS),
            fees=self._sum(line for line in added if line.kind is LineKind.FEE),
            taxes=self._sum(line for line in added if line.kind is LineKind.TAX),
            penalties=self._sum(line for line in added if line.kind is LineKind.PENALTY),
            included=self._sum(line for line in self.lines if line.included),
            total=self.total,
        )

    @property
    def summary(self) -> tuple[Subtotal, ...]:
        """One entry per rule, in the order of the lines: what a bill shows when it does not list nights."""
        groups: dict[tuple[LineKind, str, str, bool], list[Line]] = {}
        for line in self.lines:
            groups.setdefault((line.kind, line.code, line.source, line.included), []).append(line)
        return tuple(
            Subtotal(kind=kind, code=code, source=source, included=included, amount=self._sum(lines))
            for (kind, code, source, included), lines in groups.items()
        )

    @property
    def first_night(self) -> Money:
        """What the first night costs with its share of discounts, fees and taxes; else the total."""
        nights = self.request.nights
        return self.price_of(nights[0]) if nights else self.total

    def price_of(self, *nights: date) -> Money:
        """What these nights cost with their shares; lines of the whole booking belong to no night."""
        return self._sum(line for line in self.lines if line.night in nights and not line.included)

    def is_expired(self, at: datetime) -> bool:
        """Whether it no longer holds at an instant."""
        return at >= self.expires_at

    @property
    def fingerprint(self) -> str:
        """The SHA-256 (hex) of what is sold, at which price and under which terms, whenever it was quoted."""
        return fingerprint(self.tariff, self.currency, self.request, self.lines, self.policy, self.rounding)

    def _sum(self, lines: Iterable[Line]) -> Money:
        return Money.total((line.amount for line in lines), self.currency)
