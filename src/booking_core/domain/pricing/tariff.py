"""Everything that decides a price, for one thing that is sold: rates, plans, promotions, levies, policy."""

from collections.abc import Iterator
from datetime import timedelta

import attrs

from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.money import CurrencyMismatch, Money
from booking_core.domain.pricing.checks import checked_code, checked_distinct
from booking_core.domain.pricing.policy import PolicySnapshot
from booking_core.domain.pricing.promotions import AmountOff, Discount, Promotion, RatePlan
from booking_core.domain.pricing.rates import NightlyRate, ServicePrice
from booking_core.domain.pricing.taxes import Fixed, Levy, check_levies

SHORTEST_QUOTE = timedelta(seconds=1)
LONGEST_QUOTE = timedelta(days=366)


@attrs.frozen(kw_only=True)
class Tariff:
    """The price rules of one room type or service, in one currency.

    `policy` is the cancellation policy of those who book without a rate plan, or under one without its own;
    `quote_ttl` is how long a quote holds. Raises InvalidInput for anything that could not be priced later.
    """

    code: str
    rate: NightlyRate | ServicePrice
    plans: tuple[RatePlan, ...] = ()
    promotions: tuple[Promotion, ...] = ()
    levies: tuple[Levy, ...] = ()
    policy: PolicySnapshot | None = None
    quote_ttl: timedelta = timedelta(minutes=30)

    def __attrs_post_init__(self) -> None:
        """Refuse foreign currencies, codes that repeat, and prices per night of what has no nights."""
        checked_code(self.code, "tariff")
        checked_distinct((plan.code for plan in self.plans), "rate plan")
        checked_distinct((promotion.code for promotion in self.promotions), "promotion")
        check_levies(self.levies)
        for amount in self._amounts():
            if amount.currency != self.currency:
                raise CurrencyMismatch(self.currency, amount.currency)
        if isinstance(self.rate, ServicePrice) and self._asks_for_nights():
            raise InvalidInput("tariff", "charges per night what is not sold by the night", self.code)
        if not SHORTEST_QUOTE <= self.quote_ttl <= LONGEST_QUOTE:
            raise InvalidInput("quote_ttl", "must be between 1 second and 366 days", self.quote_ttl)

    @property
    def currency(self) -> str:
        """The currency of every amount in it."""
        return self.rate.currency

    def plan(self, code: str | None) -> RatePlan | None:
        """The rate plan of that code, None for none; raises InvalidInput if there is no such plan."""
        if code is None:
            return None
        for plan in self.plans:
            if plan.code == code:
                return plan
        raise InvalidInput("rate_plan", f"does not exist for {self.code}", code)

    def has_plan(self, code: str | None) -> bool:
        """Whether it can be booked under a plan of that code, None for none."""
        return code is None or any(plan.code == code for plan in self.plans)

    def promotion(self, code: str) -> Promotion | None:
        """The promotion behind a code."""
        return next((each for each in self.promotions if each.answers_to(code)), None)

    def policy_under(self, plan: RatePlan | None) -> PolicySnapshot | None:
        """The cancellation policy of those who book under a plan."""
        return self.policy if plan is None or plan.policy is None else plan.policy

    def _discounts(self) -> Iterator[Discount]:
        yield from (plan.discount for plan in self.plans if plan.discount is not None)
        yield from (promotion.discount for promotion in self.promotions)

    def _amounts(self) -> Iterator[Money]:
        yield from (discount.amount for discount in self._discounts() if isinstance(discount, AmountOff))
        yield from (promotion.minimum for promotion in self.promotions if promotion.minimum is not None)
        yield from (levy.charge.amount for levy in self.levies if isinstance(levy.charge, Fixed))

    def _asks_for_nights(self) -> bool:
        return (
            any(isinstance(discount, AmountOff) and discount.per_night for discount in self._discounts())
            or any(isinstance(levy.charge, Fixed) and levy.charge.per.is_nightly for levy in self.levies)
            or any(promotion.minimum_nights for promotion in self.promotions)
        )
