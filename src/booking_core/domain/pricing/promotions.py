"""What is taken off the subtotal: rate plans such as AAA, and promotion codes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import attrs

from booking_core.domain.kernel.errors import BookingError
from booking_core.domain.kernel.money import Money, Percentage
from booking_core.domain.kernel.period import LONGEST_STAY_NIGHTS, Period
from booking_core.domain.pricing.checks import checked_code, checked_count, checked_price, checked_reduction
from booking_core.domain.pricing.lines import Amounts, Line, LineKind, add_amounts, lines_of, spread
from booking_core.domain.pricing.policy import PolicySnapshot

MOST_USES = 1_000_000_000


@attrs.frozen
class AmountOff:
    """A fixed amount off: once per booking, or per unit and night. It never takes more than there is."""

    amount: Money
    per_night: bool = False


Discount = Percentage | AmountOff


def is_given_once(discount: Discount | None) -> bool:
    """Whether the discount is one amount for the booking, which more nights do not earn again."""
    return isinstance(discount, AmountOff) and not discount.per_night


@attrs.frozen(kw_only=True)
class RatePlan:
    """Terms that a guest may book under: a discount on the subtotal, its own cancellation policy, or both."""

    code: str
    discount: Discount | None = None
    policy: PolicySnapshot | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse discounts that would charge, or take more than all."""
        checked_code(self.code, "rate plan")
        if self.discount is not None:
            _check(self.discount)


@attrs.frozen(kw_only=True)
class Promotion:
    """A discount for those who know a code.

    It counts when booked within `valid`, fewer than `uses` times before, with a subtotal (before any
    discount) of at least `minimum` and at least `minimum_nights`. Only when `stackable` may it meet another
    code or a rate plan's discount. Capital and small letters of the code are the same.
    """

    code: str
    discount: Discount
    valid: Period | None = None
    uses: int | None = None
    minimum: Money | None = None
    minimum_nights: int = 0
    stackable: bool = False

    def __attrs_post_init__(self) -> None:
        """Refuse discounts that would charge, or take more than all, and unbounded limits."""
        checked_code(self.code, "promotion")
        _check(self.discount)
        if self.uses is not None:
            checked_count(self.uses, 0, MOST_USES, "uses")
        if self.minimum is not None:
            checked_price(self.minimum, "minimum")
        checked_count(self.minimum_nights, 0, LONGEST_STAY_NIGHTS, "minimum_nights")

    def answers_to(self, code: str) -> bool:
        """Whether that is its code."""
        return self.code.casefold() == code.casefold()

    def problem_at(self, at: datetime, uses: Mapping[str, int]) -> "PromotionProblem | None":
        """Why it is not open at an instant, with so many uses of each code before; None if it is."""
        if self.valid is not None and not self.valid.contains(at):
            return PromotionProblem.NOT_VALID_NOW
        if self.uses is not None and uses.get(self.code, 0) >= self.uses:
            return PromotionProblem.USED_UP
        return None


class PromotionProblem(StrEnum):
    """Why a code does not count."""

    UNKNOWN = "unknown"
    NOT_VALID_NOW = "not_valid_now"
    USED_UP = "used_up"
    BELOW_MINIMUM = "below_minimum"
    STAY_TOO_SHORT = "stay_too_short"
    NOT_COMBINABLE = "not_combinable"


class PromotionRefused(BookingError):
    """A promotion code does not count for this booking; the same booking without it can be made."""

    code: ClassVar[str] = "PROMOTION_REFUSED"
    retry_action: ClassVar[str | None] = "REMOVE_CODE"

    def __init__(self, promotion: str, problem: PromotionProblem) -> None:
        super().__init__(f"promotion code {promotion}: {problem}", promotion=promotion, problem=problem.value)
        self.problem = problem


@attrs.frozen(kw_only=True)
class Redemption:
    """The facts that decide whether codes count. `honoured` codes were agreed earlier and keep counting."""

    at: datetime
    subtotal: Money
    nights: int
    with_plan_discount: bool
    uses: Mapping[str, int]
    honoured: tuple[str, ...] = ()

    def of(self, codes: Sequence[str], promotions: Sequence[Promotion]) -> tuple[Promotion, ...]:
        """The promotions behind the codes, in the order given; raises PromotionRefused."""
        found = []
        for code in codes:
            promotion = next((known for known in promotions if known.answers_to(code)), None)
            if promotion is None:
                raise PromotionRefused(code, PromotionProblem.UNKNOWN)
            problem = self._problem(promotion, alone=len(codes) == 1 and not self.with_plan_discount)
            if problem is not None:
                raise PromotionRefused(promotion.code, problem)
            found.append(promotion)
        return tuple(found)

    def _problem(self, promotion: Promotion, *, alone: bool) -> PromotionProblem | None:
        is_honoured = any(promotion.answers_to(code) for code in self.honoured)
        problem = None if is_honoured else promotion.problem_at(self.at, self.uses)
        if problem is not None:
            return problem
        if promotion.minimum is not None and self.subtotal < promotion.minimum:
            return PromotionProblem.BELOW_MINIMUM
        if self.nights < promotion.minimum_nights:
            return PromotionProblem.STAY_TOO_SHORT
        if not promotion.stackable and not alone:
            return PromotionProblem.NOT_COMBINABLE
        return None


def discount_lines(left: Amounts, discount: Discount, quantity: int, template: Line) -> tuple[Line, ...]:
    """The discount on what is left of each night, as negative lines like the template.

    A percentage is rounded once, on the sum, and then spread; an amount per booking is spread as well, so
    that a night given back later takes its part of the discount with it.
    """
    currency = template.amount.currency
    total = Money.total(left.values(), currency)
    if isinstance(discount, Percentage):
        return lines_of(spread(-total.percent(discount), left), template)
    if not discount.per_night:
        return lines_of(spread(-min(discount.amount, total), left), template)
    off = discount.amount.times(quantity)
    each = {night: -min(off, amount) for night, amount in left.items()}
    return lines_of({night: amount for night, amount in each.items() if amount}, template)


Reduction = tuple[LineKind, str, Discount]
"""A discount with the kind and code of its lines."""


def reductions(plan: RatePlan | None, promotions: Sequence[Promotion]) -> tuple[Reduction, ...]:
    """The discounts in the order in which they apply: the plan's, then each code's."""
    planned = () if plan is None or plan.discount is None else ((LineKind.PLAN, plan.code, plan.discount),)
    return (*planned, *((LineKind.PROMOTION, each.code, each.discount) for each in promotions))


def all_discounts(
    subtotal: Amounts, steps: Sequence[Reduction], *, quantity: int, currency: str
) -> tuple[Line, ...]:
    """The lines of all discounts, each on what the previous ones left."""
    left, lines = dict(subtotal), list[Line]()
    for kind, code, discount in steps:
        base = "what earlier discounts left" if lines else "the subtotal"
        source = f"{_in_words(discount)} {base}"
        template = Line(kind=kind, code=code, source=source, amount=Money.zero(currency))
        taken = discount_lines(left, discount, quantity, template)
        left = add_amounts(left, {line.night: line.amount for line in taken})
        lines += taken
    return tuple(lines)


def _in_words(discount: Discount) -> str:
    if isinstance(discount, Percentage):
        return f"{discount} % off"
    return f"{discount.amount} per {'unit and night' if discount.per_night else 'booking'} off"


def _check(discount: Discount) -> None:
    if isinstance(discount, Percentage):
        checked_reduction(discount, "discount")
    else:
        checked_price(discount.amount, "discount")
