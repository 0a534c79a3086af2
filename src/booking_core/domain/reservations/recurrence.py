"""On which dates something recurs: the part of RFC 5545's recurrence rules that businesses use, in local dates.

Every other Tuesday is every other Tuesday on the wall, whatever the clock does in between: a rule gives dates, and the
venue's wall clock makes instants of them.
"""

import calendar
from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum

import attrs

from booking_core.domain.kernel.errors import InvalidInput

MOST_OCCURRENCES = 366
"""A year of days: more in one series is a mistake, or belongs into another one."""
FARTHEST = timedelta(days=3_660)
"""How long after the first date the last one may lie."""
LARGEST_INTERVAL = 366
DAYS_OF_WEEK = 7
MOST_WEEKS_OF_MONTH = 5
MOST_DAYS_OF_MONTH = 31


class Frequency(StrEnum):
    """What the interval counts."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


@attrs.frozen(order=True)
class NthWeekday:
    """The second Tuesday of a month is `NthWeekday(2, 1)`, the last Friday `NthWeekday(-1, 4)`."""

    nth: int
    weekday: int

    def __attrs_post_init__(self) -> None:
        """Refuse what no month has."""
        if not 1 <= abs(self.nth) <= MOST_WEEKS_OF_MONTH:
            raise InvalidInput(
                "recurrence", "a month has a first to fifth, or last to fifth last, weekday", self.nth
            )
        if not 0 <= self.weekday < DAYS_OF_WEEK:
            raise InvalidInput("recurrence", "weekdays are 0 (Monday) to 6 (Sunday)", self.weekday)

    def in_month(self, days: int, first_weekday: int) -> int | None:
        """The day of a month that has so many days and begins on a weekday; None where it has no such day."""
        first = 1 + (self.weekday - first_weekday) % DAYS_OF_WEEK
        if self.nth > 0:
            day = first + (self.nth - 1) * DAYS_OF_WEEK
        else:
            last = first + (days - first) // DAYS_OF_WEEK * DAYS_OF_WEEK
            day = last + (self.nth + 1) * DAYS_OF_WEEK
        return day if 1 <= day <= days else None


@attrs.frozen(kw_only=True)
class Recurrence:
    """Every `interval` days, weeks or months; ends after `count` dates, or with the last one up to `until`.

    Weekly rules name `weekdays` (0 = Monday; none: the first date's), and weeks begin on Monday. Monthly rules name
    days of the month (`month_days`, -1 is the last) or weekdays in it (`nth_weekdays`), and mean the first date's day
    where they name nothing. A month that lacks a day is passed over.
    """

    frequency: Frequency
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    nth_weekdays: tuple[NthWeekday, ...] = ()
    count: int | None = None
    until: date | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse rules without an end, and parts that do not belong together."""
        if not 1 <= self.interval <= LARGEST_INTERVAL:
            raise InvalidInput("recurrence", f"the interval is 1…{LARGEST_INTERVAL}", self.interval)
        if (self.count is None) == (self.until is None):
            raise InvalidInput("recurrence", "ends after a count, or with a date: one of them")
        if self.count is not None and not 1 <= self.count <= MOST_OCCURRENCES:
            raise InvalidInput("recurrence", f"has 1…{MOST_OCCURRENCES} dates", self.count)
        self._check_parts()

    def _check_parts(self) -> None:
        if self.weekdays and self.frequency is not Frequency.WEEKLY:
            raise InvalidInput(
                "recurrence", "weekdays without a number are for weekly rules", self.frequency.value
            )
        if (self.month_days or self.nth_weekdays) and self.frequency is not Frequency.MONTHLY:
            raise InvalidInput("recurrence", "days of the month are for monthly rules", self.frequency.value)
        if self.month_days and self.nth_weekdays:
            raise InvalidInput("recurrence", "names days of the month or weekdays in it, not both")
        if not all(0 <= each < DAYS_OF_WEEK for each in self.weekdays):
            raise InvalidInput("recurrence", "weekdays are 0 (Monday) to 6 (Sunday)", str(self.weekdays))
        if not all(1 <= abs(each) <= MOST_DAYS_OF_MONTH for each in self.month_days):
            raise InvalidInput("recurrence", "days of a month are 1…31 or -1…-31", str(self.month_days))

    def dates(self, first: date) -> tuple[date, ...]:
        """Every date in order, `first` among them.

        Raises InvalidInput where the rule does not meet `first`, has more than 366 dates, or does not come to its count
        within ten years.
        """
        found: list[date] = []
        last = min(self.until or date.max, first + FARTHEST)
        for day in self._days(first, last):
            if len(found) == (self.count or MOST_OCCURRENCES + 1):
                break
            found.append(day)
        if not found or found[0] != first:
            raise InvalidInput("recurrence", "does not include the first date", first)
        if len(found) > MOST_OCCURRENCES or (self.until is not None and self.until > first + FARTHEST):
            raise InvalidInput(
                "recurrence", f"has more than {MOST_OCCURRENCES} dates, or lasts over ten years"
            )
        if self.count is not None and len(found) < self.count:
            raise InvalidInput("recurrence", "does not come to its count within ten years", self.count)
        return tuple(found)

    def _days(self, first: date, last: date) -> Iterator[date]:
        """The dates from `first` to `last`, without counting them."""
        if self.frequency is Frequency.MONTHLY:
            days = self._monthly(first, last)
        elif self.frequency is Frequency.WEEKLY:
            days = self._weekly(first, last)
        else:
            steps = (last - first).days // self.interval
            days = (first + timedelta(days=n * self.interval) for n in range(steps + 1))
        return (day for day in days if first <= day <= last)

    def _weekly(self, first: date, last: date) -> Iterator[date]:
        monday = first - timedelta(days=first.weekday())
        weekdays = sorted(set(self.weekdays)) or [first.weekday()]
        weeks = (last - monday).days // DAYS_OF_WEEK
        for week in range(0, weeks + 1, self.interval):
            yield from (monday + timedelta(days=week * DAYS_OF_WEEK + weekday) for weekday in weekdays)

    def _monthly(self, first: date, last: date) -> Iterator[date]:
        months = (last.year - first.year) * 12 + last.month - first.month
        for passed in range(0, months + 1, self.interval):
            year, month = divmod(first.year * 12 + first.month - 1 + passed, 12)
            yield from (date(year, month + 1, day) for day in self._days_of(year, month + 1, first.day))

    def _days_of(self, year: int, month: int, usual: int) -> list[int]:
        """The days that the rule means in one month."""
        first_weekday, days = calendar.monthrange(year, month)
        if self.nth_weekdays:
            meant = {each.in_month(days, first_weekday) for each in self.nth_weekdays}
            return sorted(day for day in meant if day is not None)
        named = self.month_days or (usual,)
        counted = {day if day > 0 else days + 1 + day for day in named}
        return sorted(day for day in counted if 1 <= day <= days)
