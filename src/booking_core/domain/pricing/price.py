"""The one function that prices: a request under a tariff at an instant makes a quote."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType

from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.money import Money
from booking_core.domain.kernel.period import Period, Stay, instant
from booking_core.domain.pricing.lines import Line, add_amounts, in_order, sum_by_night
from booking_core.domain.pricing.promotions import (
    Redemption,
    Reduction,
    all_discounts,
    is_given_once,
    reductions,
)
from booking_core.domain.pricing.quote import Quote
from booking_core.domain.pricing.rates import NightlyRate, ServicePrice
from booking_core.domain.pricing.request import PriceRequest
from booking_core.domain.pricing.tariff import Tariff
from booking_core.domain.pricing.taxes import Levied

NO_USES: Mapping[str, int] = MappingProxyType({})


def price(
    request: PriceRequest,
    tariff: Tariff,
    at: datetime,
    *,
    code_uses: Mapping[str, int] = NO_USES,
    honoured: tuple[str, ...] = (),
) -> Quote:
    """What the request costs under the tariff when asked at an instant. Equal arguments make equal quotes.

    `code_uses` says how often other bookings used each promotion code; codes in `honoured` were agreed in an
    earlier quote and count whatever their window and number of uses. Raises NoRate, PromotionRefused, and
    InvalidInput for an unknown rate plan or a stay priced by a service tariff (or the other way round).
    """
    at = instant(at, "at")
    subtotal = _subtotal(request, tariff, request.nights)
    plan = tariff.plan(request.rate_plan)
    redemption = Redemption(
        at=at,
        subtotal=Money.total((line.amount for line in subtotal), tariff.currency),
        nights=len(request.nights),
        with_plan_discount=plan is not None and plan.discount is not None,
        uses=code_uses,
        honoured=honoured,
    )
    discounts = reductions(plan, redemption.of(request.codes, tariff.promotions))
    return Quote(
        tariff=tariff.code,
        currency=tariff.currency,
        request=request,
        lines=in_order(_completed(subtotal, discounts, request, tariff)),
        policy=tariff.policy_under(plan),
        made_at=at,
        expires_at=at + tariff.quote_ttl,
    )


def added_nights(
    request: PriceRequest, tariff: Tariff, nights: Sequence[date], at: datetime, code_uses: Mapping[str, int]
) -> tuple[Line, ...]:
    """The lines of nights that join a booking: rates, the plan, taxes and nightly fees as of an instant.

    Plan and codes of the booking count for them while they are still given. What is given or due once per booking was
    settled when it was made.
    """
    if not nights:
        return ()
    plan = tariff.plan(request.rate_plan) if tariff.has_plan(request.rate_plan) else None
    promotions = filter(None, map(tariff.promotion, request.codes))
    steps = reductions(plan, [each for each in promotions if each.problem_at(at, code_uses) is None])
    discounts = [step for step in steps if not is_given_once(step[2])]
    return _completed(_subtotal(request, tariff, nights), discounts, request, tariff, added=nights)


def _subtotal(request: PriceRequest, tariff: Tariff, nights: Sequence[date]) -> tuple[Line, ...]:
    """What some nights of a stay, or a whole period, cost before discounts, fees and taxes."""
    if isinstance(tariff.rate, NightlyRate) and isinstance(request.span, Stay):
        return tariff.rate.lines(request, nights)
    if isinstance(tariff.rate, ServicePrice) and isinstance(request.span, Period):
        return tariff.rate.lines(request, request.span)
    sold = "by the night" if isinstance(tariff.rate, NightlyRate) else "by the period"
    raise InvalidInput("span", f"does not fit: {tariff.code} is sold {sold}", type(request.span).__name__)


def _completed(
    subtotal: tuple[Line, ...],
    discounts: Sequence[Reduction],
    request: PriceRequest,
    tariff: Tariff,
    added: Sequence[date] | None = None,
) -> tuple[Line, ...]:
    """The subtotal, then discounts, fees and taxes; of a whole booking, or of nights added to one."""
    currency = tariff.currency
    before = sum_by_night(subtotal, currency)
    taken = all_discounts(before, discounts, quantity=request.quantity, currency=currency)
    levied = Levied(
        request=request,
        nights=request.nights if added is None else added,
        before_discount=before,
        after_discount=add_amounts(before, sum_by_night(taken, currency)),
        currency=currency,
        once=added is None,
    )
    return (*subtotal, *taken, *levied.lines(tariff.levies))
