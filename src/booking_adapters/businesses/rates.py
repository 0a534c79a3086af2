"""What a tariff of a file charges before discounts, fees and taxes: by date, season, weekday, or always the same."""

from datetime import date, timedelta
from enum import StrEnum

from booking_adapters.businesses.amounts import amount_of, read_amount, read_percent
from booking_adapters.businesses.dates import read_date, read_dates
from booking_adapters.businesses.hours import weekdays_of
from booking_adapters.businesses.sections import Section
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.money import Money
from booking_core.domain.pricing.rates import (
    ChildPrice,
    LengthOfStay,
    NightlyRate,
    PricedBy,
    RateCalendar,
    Season,
    ServicePrice,
)

A_DAY = timedelta(days=1)
FIRST_YEAR, LAST_YEAR = 1970, 2199
_FIELDS = {"from_nights": "lengths", "length of stay": "lengths", "up_to_age": "children"}
_SEASON = {"start": "from", "end": "until", "name": "name"}


class Per(StrEnum):
    """What a price is for."""

    NIGHT = "night"
    BOOKING = "booking"
    PERSON = "person"
    UNIT = "unit"
    HOUR = "hour"


def read_rate(section: Section, currency: str, today: date) -> NightlyRate | ServicePrice | None:
    """The rate that the fields of a tariff describe, or None where something in them is wrong."""
    per = section.choice("per", Per)
    calendar = _calendar(section, currency, today)
    children = tuple(
        child for inner in section.tables("children") if (child := _child(section, inner, currency))
    )
    if per is None or calendar is None:
        return None
    if per is Per.NIGHT:
        return _nightly(section, calendar, children)
    increment = section.whole("increment_minutes")
    if increment is not None and per is not Per.HOUR:
        section.wrong("is for prices per hour", "increment_minutes")
    given = {} if increment is None else {"increment_minutes": increment}
    return section.made(
        lambda: ServicePrice(calendar=calendar, per=PricedBy(per.value), children=children, **given),
        names=_FIELDS,
    )


def _nightly(
    section: Section, calendar: RateCalendar, children: tuple[ChildPrice, ...]
) -> NightlyRate | None:
    included = section.whole("included_adults")
    extra = read_amount(section, "extra_adult", calendar.currency)
    lengths = tuple(
        each for inner in section.tables("lengths") if (each := _length(section, inner, calendar.currency))
    )
    given = {} if included is None else {"included_adults": included}
    return section.made(
        lambda: NightlyRate(
            calendar=calendar, extra_adult=extra, children=children, lengths=lengths, **given
        ),
        names=_FIELDS,
    )


def _calendar(section: Section, currency: str, today: date) -> RateCalendar | None:
    base = read_amount(section, "base", currency)
    by_weekday = _by_weekday(section, currency)
    seasons = [_season(section, inner, currency, today) for inner in section.tables("seasons")]
    by_date = _by_date(section, currency, today)
    if not section.is_good:
        return None
    if base is None and not (by_weekday or seasons or by_date):
        section.wrong("is required, unless there are prices by weekdays, seasons or dates", "base")
        return None
    return section.made(
        lambda: RateCalendar(
            currency=currency,
            base=base,
            by_weekday=by_weekday,
            seasons=tuple(each for each in seasons if each),
            by_date=by_date,
        )
    )


def _by_weekday(section: Section, currency: str) -> dict[int, Money]:
    table = section.table("weekdays")
    prices: dict[int, Money] = {}
    for name in table.names() if table else ():
        assert table is not None
        price = amount_of(table, table.take(name), currency, name)
        days = weekdays_of(name)
        if days is None:
            table.wrong("weekdays read like MO, MO-FR or SA,SU", name)
        for day in days or ():
            if day in prices:
                table.wrong("names a weekday that is given twice", name)
            if price is not None:
                prices[day] = price
    if table:
        section.absorb(table)
    return prices


def _by_date(section: Section, currency: str, today: date) -> dict[date, Money]:
    table = section.table("dates")
    prices: dict[date, Money] = {}
    for name in table.names() if table else ():
        assert table is not None
        price = amount_of(table, table.take(name), currency, name)
        for day in table.made(lambda: tuple(read_dates(name, today)), name) or ():  # noqa: B023 - called at once
            if day in prices:
                table.wrong(f"{day} is given twice", name)
            if price is not None:
                prices[day] = price
    if table:
        section.absorb(table)
    return prices


def _season(section: Section, inner: Section, currency: str, today: date) -> Season | None:
    name = inner.text("name")
    first, last = read_day(inner, "from", today), read_day(inner, "until", today)
    amount = read_amount(inner, "price", currency)
    if amount is None and inner.is_good:
        inner.wrong("is required", "price")
    weekdays: set[int] = set()
    for index, text in enumerate(inner.texts("weekdays")):
        days = weekdays_of(text)
        if days is None:
            inner.wrong("weekdays read like MO, MO-FR or SA,SU", "weekdays", index)
        weekdays.update(days or ())
    inner.finish()
    section.absorb(inner)
    if not inner.is_good or amount is None or first is None or last is None:
        return None
    season = inner.made(
        lambda: Season(name=name, start=first, end=last + A_DAY, amount=amount, weekdays=frozenset(weekdays)),
        names=_SEASON,
    )
    section.absorb(inner)
    return season


def read_day(section: Section, name: str, today: date) -> date | None:
    """A date that is required, or None and a note."""
    if not section.has(name):
        section.wrong("is required", name)
        return None
    value = section.take(name)

    def day() -> date:
        found = read_date(value, today)
        if not FIRST_YEAR <= found.year <= LAST_YEAR:
            raise InvalidInput(name, f"must lie in {FIRST_YEAR}…{LAST_YEAR}", value)
        return found

    return section.made(day, name)


def _child(section: Section, inner: Section, currency: str) -> ChildPrice | None:
    age, amount = inner.whole("up_to_age"), read_amount(inner, "price", currency)
    for name, value in (("up_to_age", age), ("price", amount)):
        if value is None and inner.is_good:
            inner.wrong("is required", name)
    inner.finish()
    section.absorb(inner)
    return None if age is None or amount is None else ChildPrice(age, amount)


def _length(section: Section, inner: Section, currency: str) -> LengthOfStay | None:
    nights = inner.whole("from_nights")
    percent, amount = read_percent(inner), read_amount(inner, "amount", currency)
    if nights is None and inner.is_good:
        inner.wrong("is required", "from_nights")
    if (percent is None) == (amount is None) and inner.is_good:
        inner.wrong("needs percent or amount, and not both")
    inner.finish()
    section.absorb(inner)
    off = amount if percent is None else percent
    return None if nights is None or off is None else LengthOfStay(nights, off)
