"""What n guests would pay for n nights, before anybody chooses a room, a plan or a code."""

from datetime import date, datetime

import attrs

from booking_core.domain.kernel.money import Money
from booking_core.domain.kernel.period import Stay
from booking_core.domain.pricing.price import price
from booking_core.domain.pricing.request import PriceRequest
from booking_core.domain.pricing.tariff import Tariff


@attrs.frozen(kw_only=True)
class Estimate:
    """A total with its averages, which are rounded half-up for display and are no parts of it."""

    total: Money
    per_night: Money
    per_guest: Money
    per_guest_night: Money


def estimate(tariff: Tariff, *, guests: int, nights: int, arriving: date, at: datetime) -> Estimate:
    """What adults in one unit pay from a date on, fees and taxes included; raises what `price` raises."""
    request = PriceRequest.for_stay(Stay.of_nights(arriving, nights), adults=guests)
    total = price(request, tariff, at).total
    return Estimate(
        total=total,
        per_night=total.portion(1, nights),
        per_guest=total.portion(1, guests),
        per_guest_night=total.portion(1, guests * nights),
    )
