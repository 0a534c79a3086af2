"""Dates as a file writes them: `2026-12-24`, `today`, `today+14`, and ranges `2026-12-24..2026-12-26`."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from booking_core.domain.kernel.errors import InvalidDates

LONGEST_RANGE_DAYS = 1_100
_RELATIVE = re.compile(r"today(?:([+-]\d{1,4}))?")


def read_date(value: object, today: date) -> date:
    """A date of its own kind or as text; raises InvalidDates."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str):
        relative = _RELATIVE.fullmatch(value)
        if relative:
            return today + timedelta(days=int(relative[1] or 0))
        try:
            return datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 - a date has no zone
        except ValueError:
            pass
    raise InvalidDates("date", "must be a date as YYYY-MM-DD or today+14", value)


def read_dates(value: object, today: date) -> Iterator[date]:
    """The date, or every date of an inclusive range; raises InvalidDates."""
    first, dots, last = value.partition("..") if isinstance(value, str) else (value, "", "")
    start = read_date(first, today)
    end = read_date(last, today) if dots else start
    if not 0 <= (end - start).days <= LONGEST_RANGE_DAYS:
        raise InvalidDates(
            "date", f"a range must run forward and for at most {LONGEST_RANGE_DAYS} days", value
        )
    return (start + timedelta(days=n) for n in range((end - start).days + 1))
