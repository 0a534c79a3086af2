"""Leaving early or late: what a departure means for the stay, and what a late check-out costs."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import ClassVar

import attrs

from booking_core.domain.catalog.desk import LateFee
from booking_core.domain.catalog.schedule import clock_text
from booking_core.domain.catalog.tenant import Venue
from booking_core.domain.kernel.errors import BookingError, InvalidInput
from booking_core.domain.kernel.money import Money, Percentage
from booking_core.domain.kernel.period import Period, Stay, from_epoch
from booking_core.domain.kernel.zone import wall_epoch
from booking_core.domain.reservations.extra import Extra

LATE = "late-check-out"
"""The code of what staying longer costs."""


class LateCheckOutRefused(BookingError):
    """The house does not let guests stay that long."""

    code: ClassVar[str] = "LATE_CHECK_OUT_REFUSED"


class Leaving(StrEnum):
    """When a guest leaves, against what was booked."""

    EARLY = "early"
    ON_TIME = "on_time"
    LATE = "late"


@attrs.frozen(kw_only=True)
class Departure:
    """A departure: the stay and period as they turned out, and the nights given up.

    The lanes are free from the end of the period; what the nights given up cost is a modification of the
    quote to `stay` (`reprice`), under the policy it was sold with.
    """

    leaving: Leaving
    stay: Stay
    period: Period
    given_up: tuple[date, ...]


def departure_of(stay: Stay, period: Period, at: datetime, venue: Venue) -> Departure:
    """What leaving at an instant means for a booked stay and its period.

    The night before the date of departure is the last one used; whoever leaves on the day they came, or before
    they were due, has used the first. Raises InvalidInput for a departure before the arrival.
    """
    at = at.replace(microsecond=0)
    if at <= period.start:
        raise InvalidInput("at", "lies before the arrival", at)
    last = min(max(at.astimezone(venue.zone).date(), stay.check_in + timedelta(days=1)), stay.check_out)
    used = Stay(stay.check_in, last)
    given_up = tuple(night for night in stay.dates() if night >= last)
    leaving = Leaving.LATE if at > period.end else Leaving.EARLY if given_up else Leaving.ON_TIME
    return Departure(leaving=leaving, stay=used, period=Period(period.start, at), given_up=given_up)


@attrs.frozen(kw_only=True)
class LateCheckOut:
    """A late check-out: until when, and the charge (None: free of charge)."""

    until: datetime
    extra: Extra | None


def late_check_out(
    fees: Sequence[LateFee],
    *,
    check_out: date,
    minute: int,
    night: Money,
    venue: Venue,
) -> LateCheckOut:
    """Staying until `minute` of the check-out date; `night` is the price of the last night.

    The earliest time of the fees that is late enough counts; the room itself must be free that long, which
    the evaluator says. Raises LateCheckOutRefused.
    """
    until = from_epoch(wall_epoch(check_out, minute, venue.zone))
    if minute <= venue.check_out:
        return LateCheckOut(until=until, extra=None)
    tier = next((fee for fee in sorted(fees, key=lambda fee: fee.until) if minute <= fee.until), None)
    if tier is None:
        raise LateCheckOutRefused(f"nobody can stay until {clock_text(minute)}", minute=minute)
    price = night.percent(tier.fee) if isinstance(tier.fee, Percentage) else tier.fee
    if not price:
        return LateCheckOut(until=until, extra=None)
    text = f"late check-out until {clock_text(minute)}"
    return LateCheckOut(until=until, extra=Extra(code=LATE, text=text, price=price, levies=tier.levies))
