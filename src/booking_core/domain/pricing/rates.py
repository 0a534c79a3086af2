"""What is charged before discounts, fees and taxes: by date and weekday, for nights and for services."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import ClassVar

import attrs

from booking_core.domain.kernel.errors import BookingError, InvalidInput
from booking_core.domain.kernel.money import Money, Percentage
from booking_core.domain.kernel.period import LONGEST_STAY_NIGHTS, Period
from booking_core.domain.pricing.checks import (
    checked_code,
    checked_count,
    checked_distinct,
    checked_price,
    checked_reduction,
)
from booking_core.domain.pricing.lines import Line, LineKind, lines_of, spread, sum_by_night
from booking_core.domain.pricing.request import LARGEST_PARTY, OLDEST_CHILD, PriceRequest

DAYS_OF_WEEK = 7
MINUTES_OF_HOUR = 60
LARGEST_INCREMENT_MINUTES = 24 * MINUTES_OF_HOUR


class NoRate(BookingError):
    """Nothing says what this date costs, so nothing can be sold on it."""

    code: ClassVar[str] = "NO_RATE"
    retry_action: ClassVar[str | None] = "CHOOSE_OTHER_DATES"

    def __init__(self, day: date) -> None:
        super().__init__(f"there is no rate for {day.isoformat()}", date=day.isoformat())


@attrs.frozen(kw_only=True)
class Season:
    """A price for the dates [start, end), on the given weekdays (0 = Monday; none given means all)."""

    name: str
    start: date
    end: date
    amount: Money
    weekdays: frozenset[int] = frozenset()

    def __attrs_post_init__(self) -> None:
        """Refuse empty seasons and days that no week has."""
        checked_code(self.name, "season")
        if self.end <= self.start:
            raise InvalidInput("end", "must lie after the start of the season", self.end)
        for weekday in self.weekdays:
            checked_count(weekday, 0, DAYS_OF_WEEK - 1, "weekdays")

    def covers(self, day: date) -> bool:
        """Whether the price holds on that date."""
        return self.start <= day < self.end and (not self.weekdays or day.weekday() in self.weekdays)


def _own_weekdays(prices: Mapping[int, Money]) -> Mapping[int, Money]:
    return dict(prices)


def _own_dates(prices: Mapping[date, Money]) -> Mapping[date, Money]:
    return dict(prices)


@attrs.frozen(kw_only=True)
class RateCalendar:
    """The price of each date: its own, else the season's, else the weekday's, else the base price.

    Of the seasons that cover a date the first counts. Without any price the date is not for sale (NoRate).
    """

    currency: str
    base: Money | None = None
    by_weekday: Mapping[int, Money] = attrs.field(factory=dict, converter=_own_weekdays)
    seasons: tuple[Season, ...] = ()
    by_date: Mapping[date, Money] = attrs.field(factory=dict, converter=_own_dates)

    @classmethod
    def flat(cls, amount: Money) -> "RateCalendar":
        """The same price every day."""
        return cls(currency=amount.currency, base=amount)

    def __attrs_post_init__(self) -> None:
        """Refuse negative prices, foreign currencies and days that no week has."""
        for weekday in self.by_weekday:
            checked_count(weekday, 0, DAYS_OF_WEEK - 1, "by_weekday")
        amounts = [
            *self.by_weekday.values(),
            *(season.amount for season in self.seasons),
            *self.by_date.values(),
        ]
        for amount in amounts if self.base is None else [self.base, *amounts]:
            checked_price(amount, "rate", self.currency)

    def rate_on(self, day: date) -> tuple[Money, str]:
        """The price of a date and where it comes from; raises NoRate."""
        if day in self.by_date:
            return self.by_date[day], "rate of the date"
        for season in self.seasons:
            if season.covers(day):
                return season.amount, f"season {season.name}"
        if day.weekday() in self.by_weekday:
            return self.by_weekday[day.weekday()], "rate of the weekday"
        if self.base is not None:
            return self.base, "base rate"
        raise NoRate(day)


@attrs.frozen
class ChildPrice:
    """What a child up to and including an age costs (per night, or per booking for a service)."""

    up_to_age: int
    amount: Money


@attrs.frozen
class LengthOfStay:
    """Cheaper nights from a length on: a percentage of the room rate, or an amount per unit and night."""

    from_nights: int
    off: Percentage | Money

    @property
    def in_words(self) -> str:
        """`10 %`, or `15.00 USD per unit and night`."""
        return f"{self.off} per unit and night" if isinstance(self.off, Money) else f"{self.off} %"


def split_party(request: PriceRequest, children: Sequence[ChildPrice]) -> tuple[int, list[ChildPrice]]:
    """Adults, and the price band of each child; a child older than every band counts as an adult."""
    bands = sorted(children, key=lambda band: band.up_to_age)
    found = [next((band for band in bands if age <= band.up_to_age), None) for age in request.child_ages]
    return request.adults + found.count(None), [band for band in found if band is not None]


def _checked_children(children: Sequence[ChildPrice], currency: str) -> None:
    for band in children:
        checked_count(band.up_to_age, 0, OLDEST_CHILD, "up_to_age")
        checked_price(band.amount, "child price", currency)
    checked_distinct((band.up_to_age for band in children), "up_to_age")


@attrs.frozen(kw_only=True)
class NightlyRate:
    """The price of a unit per night, for a number of adults; more adults and children pay extra.

    Without `extra_adult` any number of adults pays the same. The longest length reached decides the
    reduction.
    """

    calendar: RateCalendar
    included_adults: int = 2
    extra_adult: Money | None = None
    children: tuple[ChildPrice, ...] = ()
    lengths: tuple[LengthOfStay, ...] = ()

    def __attrs_post_init__(self) -> None:
        """Refuse negative prices, foreign currencies, and ages and lengths that repeat."""
        checked_count(self.included_adults, 0, LARGEST_PARTY, "included_adults")
        if self.extra_adult is not None:
            checked_price(self.extra_adult, "extra_adult", self.currency)
        _checked_children(self.children, self.currency)
        for length in self.lengths:
            checked_count(length.from_nights, 1, LONGEST_STAY_NIGHTS, "from_nights")
            if isinstance(length.off, Money):
                checked_price(length.off, "length of stay", self.currency)
            else:
                checked_reduction(length.off, "length of stay")
        checked_distinct((length.from_nights for length in self.lengths), "from_nights")

    @property
    def currency(self) -> str:
        """The currency of every price in it."""
        return self.calendar.currency

    def lines(self, request: PriceRequest, nights: Sequence[date]) -> tuple[Line, ...]:
        """The subtotal of some nights of the stay; the length that counts is that of the whole stay."""
        rates = tuple(self._night(night, request.quantity) for night in nights)
        guests = tuple(line for night in nights for line in self._extra_guests(night, request))
        return rates + guests + self._length_of_stay(rates, request)

    def _night(self, night: date, quantity: int) -> Line:
        amount, source = self.calendar.rate_on(night)
        return Line(
            kind=LineKind.RATE, code="rate", source=source, night=night, amount=amount.times(quantity)
        )

    def _extra_guests(self, night: date, request: PriceRequest) -> list[Line]:
        adults, bands = split_party(request, self.children)
        extra = max(0, adults - self.included_adults * request.quantity)
        lines = [
            Line(
                kind=LineKind.EXTRA_GUEST,
                code=f"child-{band.up_to_age}",
                source=f"child up to {band.up_to_age} years",
                night=night,
                amount=band.amount,
            )
            for band in bands
        ]
        if extra and self.extra_adult is not None:
            source = f"{extra} extra adults at {self.extra_adult}"
            amount = self.extra_adult.times(extra)
            lines.insert(
                0,
                Line(
                    kind=LineKind.EXTRA_GUEST, code="extra-adult", source=source, night=night, amount=amount
                ),
            )
        return [line for line in lines if line.amount]

    def _length_of_stay(self, rates: tuple[Line, ...], request: PriceRequest) -> tuple[Line, ...]:
        length = len(request.nights)
        reached = [step for step in self.lengths if step.from_nights <= length]
        if not reached:
            return ()
        step = max(reached, key=lambda reached_step: reached_step.from_nights)
        by_night = sum_by_night(rates, self.currency)
        if isinstance(step.off, Money):
            off = step.off.times(request.quantity)
            reductions = {night: -min(off, rate) for night, rate in by_night.items() if min(off, rate)}
        else:
            reductions = spread(-Money.total(by_night.values(), self.currency).percent(step.off), by_night)
        return lines_of(
            reductions,
            Line(
                kind=LineKind.LENGTH_OF_STAY,
                code=f"from-{step.from_nights}-nights",
                source=f"{step.in_words} off from {step.from_nights} nights on",
                amount=Money.zero(self.currency),
            ),
        )


class PricedBy(StrEnum):
    """What a service price is multiplied by: nothing, people, units, or units and hours."""

    BOOKING = "booking"
    PERSON = "person"
    UNIT = "unit"
    HOUR = "hour"


@attrs.frozen(kw_only=True)
class ServicePrice:
    """The price of an appointment, rental, tour or class, going by the date on which it begins.

    Per hour, time is elapsed time and every started increment counts; an increment costs its part of the
    hourly price, and the sum is rounded half-up. Child prices apply per person only.
    """

    calendar: RateCalendar
    per: PricedBy = PricedBy.BOOKING
    children: tuple[ChildPrice, ...] = ()
    increment_minutes: int = MINUTES_OF_HOUR

    def __attrs_post_init__(self) -> None:
        """Refuse negative prices, foreign currencies and increments that never end."""
        checked_count(self.increment_minutes, 1, LARGEST_INCREMENT_MINUTES, "increment_minutes")
        _checked_children(self.children, self.currency)
        if self.children and self.per is not PricedBy.PERSON:
            raise InvalidInput("children", "have prices of their own only where the price is per person")

    @property
    def currency(self) -> str:
        """The currency of every price in it."""
        return self.calendar.currency

    def lines(self, request: PriceRequest, period: Period) -> tuple[Line, ...]:
        """The subtotal of the booking."""
        price, source = self.calendar.rate_on(request.begins_on)
        amount, multiplied = self._multiplied(price, request, period)
        rate = Line(kind=LineKind.RATE, code="rate", source=f"{source}, {multiplied}", amount=amount)
        _, bands = split_party(request, self.children)
        return (
            rate,
            *(
                Line(
                    kind=LineKind.EXTRA_GUEST,
                    code=f"child-{band.up_to_age}",
                    source=f"child up to {band.up_to_age} years",
                    amount=band.amount,
                )
                for band in bands
                if band.amount
            ),
        )

    def _multiplied(self, price: Money, request: PriceRequest, period: Period) -> tuple[Money, str]:
        if self.per is PricedBy.PERSON:
            adults, _ = split_party(request, self.children)
            return price.times(adults), f"{adults} people at {price}"
        if self.per is PricedBy.UNIT:
            return price.times(request.quantity), f"{request.quantity} units at {price}"
        if self.per is PricedBy.HOUR:
            increment = timedelta(minutes=self.increment_minutes)
            minutes = -(-period.duration // increment) * self.increment_minutes
            amount = price.times(request.quantity * minutes).portion(1, MINUTES_OF_HOUR)
            return amount, f"{request.quantity} units for {minutes} minutes at {price} an hour"
        return price, "per booking"
