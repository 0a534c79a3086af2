"""Times, dates and text as they come over the wire, read to the letter and written without detours."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from functools import lru_cache

from booking_core.domain.kernel.errors import InvalidDates
from booking_core.domain.kernel.period import from_epoch, instant

_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?([Zz]|[ +-][0-9]{2}:[0-9]{2})?"
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DAY_SECONDS = 86_400
_ORDINAL_1970 = date(1970, 1, 1).toordinal()
_MINUTES = tuple(f"T{minute // 60:02}:{minute % 60:02}:00Z" for minute in range(24 * 60))


def instant_of(text: str, field: str = "") -> datetime:
    """The UTC instant of an RFC 3339 date-time; raises InvalidDates, for one without an offset too."""
    match = _INSTANT.fullmatch(text)
    if match is None:
        raise InvalidDates(field, "must be a date-time such as 2026-03-02T10:00:00+01:00", text)
    if match[1] is None:
        raise InvalidDates(field, "must carry a UTC offset (naive date-times are refused)", text)
    if match[1].startswith(" "):
        raise InvalidDates(field, "must carry a UTC offset (in an address the + is written %2B)", text)
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError:
        raise InvalidDates(field, "is not on the calendar or the clock", text) from None
    return instant(moment, field)


def date_of(text: str, field: str = "") -> date:
    """The date of `YYYY-MM-DD`; raises InvalidDates."""
    if not _DATE.fullmatch(text):
        raise InvalidDates(field, "must be a date such as 2026-03-02", text)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidDates(field, "is not on the calendar", text) from None


def instant_text(moment: datetime) -> str:
    """`2026-03-02T10:00:00Z`."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def printable(text: str) -> str:
    """The text without control characters (but for tabs and line ends) and without halves of surrogate pairs."""
    kept = "".join(each for each in text if each >= " " or each in "\t\n\r")
    return kept.encode("utf-8", "ignore").decode("utf-8")


def starts_as_json(ranges: Iterable[range]) -> str:
    """A JSON list of instants, of ranges of epoch seconds in ascending order."""
    return f"[{','.join(text for each in ranges for text in _day_by_day(each))}]"


def _day_by_day(starts: range) -> Iterator[str]:
    """A range's instants, separated by commas: one slice of the table of minutes per day, no work per instant."""
    position, size = 0, len(starts)
    step_minutes, odd = divmod(starts.step, 60)
    while position < size:
        start = starts[position]
        day, second = divmod(start, _DAY_SECONDS)
        here = min(size - position, -(-(_DAY_SECONDS - second) // starts.step))
        if second % 60 or (odd and here > 1):
            here = 1
            yield f'"{instant_text(from_epoch(start))}"'
        else:
            minute = second // 60
            date_text = _day_text(day)
            clocks = _MINUTES[minute : minute + here * max(step_minutes, 1) : max(step_minutes, 1)]
            yield f'"{date_text}' + f'","{date_text}'.join(clocks) + '"'
        position += here


@lru_cache(maxsize=4_096)
def _day_text(day: int) -> str:
    return date.fromordinal(_ORDINAL_1970 + day).isoformat()
