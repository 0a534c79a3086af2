"""What it costs: rates, plans, promotions, fees and taxes in a tariff; `price` turns a request into a quote.

quote = price(PriceRequest.for_stay(stay, adults=2, rate_plan="AAA"), tariff, at)
change = reprice(quote, longer, tariff, at, starts_at=check_in)
"""

from booking_core.domain.pricing.estimate import Estimate, estimate
from booking_core.domain.pricing.honour import PriceChanged, check_displayed, honour
from booking_core.domain.pricing.lines import Line, LineKind
from booking_core.domain.pricing.policy import PolicySnapshot
from booking_core.domain.pricing.price import price
from booking_core.domain.pricing.promotions import (
    AmountOff,
    Promotion,
    PromotionProblem,
    PromotionRefused,
    RatePlan,
)
from booking_core.domain.pricing.quote import Quote, Subtotal, Totals
from booking_core.domain.pricing.rates import (
    ChildPrice,
    LengthOfStay,
    NightlyRate,
    NoRate,
    PricedBy,
    RateCalendar,
    Season,
    ServicePrice,
)
from booking_core.domain.pricing.reprice import Repricing, reprice
from booking_core.domain.pricing.request import PriceRequest
from booking_core.domain.pricing.tariff import Tariff
from booking_core.domain.pricing.taxes import Base, Fixed, Levy, Per, Percent

__all__ = [
    "AmountOff",
    "Base",
    "ChildPrice",
    "Estimate",
    "Fixed",
    "LengthOfStay",
    "Levy",
    "Line",
    "LineKind",
    "NightlyRate",
    "NoRate",
    "Per",
    "Percent",
    "PolicySnapshot",
    "PriceChanged",
    "PriceRequest",
    "PricedBy",
    "Promotion",
    "PromotionProblem",
    "PromotionRefused",
    "Quote",
    "RateCalendar",
    "RatePlan",
    "Repricing",
    "Season",
    "ServicePrice",
    "Subtotal",
    "Tariff",
    "Totals",
    "check_displayed",
    "estimate",
    "honour",
    "price",
    "reprice",
]
