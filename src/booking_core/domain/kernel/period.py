"""Time as the trade sees it: half-open periods of instants and half-open stays of local dates."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Self

import attrs

from booking_core.domain.kernel.errors import InvalidDates

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
LONGEST_PERIOD = timedelta(days=1100)
LONGEST_STAY_NIGHTS = 1098


def instant(value: datetime, field: str = "instant") -> datetime:
    """The same moment in UTC; refuses naive values and moments outside 1970…2200."""
    if not isinstance(value, datetime):
        raise InvalidDates(field, "must be a date and time", value)
    if value.tzinfo is None or value.utcoffset() is None:
        raise InvalidDates(field, "must carry a UTC offset (naive date-times are refused)", value)
    try:
        moment = value.astimezone(UTC)
    except OverflowError:
        raise InvalidDates(field, "lies outside 1970…2200", value) from None
    if not EARLIEST <= moment < LATEST:
        raise InvalidDates(field, "lies outside 1970…2200", value)
    return moment


def epoch(moment: datetime) -> int:
    """Whole seconds since 1970 of an aware instant (fractions are dropped)."""
    return int(moment.timestamp())


def from_epoch(seconds: int) -> datetime:
    """The UTC instant of whole seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)


@attrs.frozen(order=True)
class Period:
    """Half-open [start, end) of aware UTC instants in whole seconds, at most about three years long."""

    start: datetime
    end: datetime

    @classmethod
    def between(cls, start: datetime, end: datetime) -> Self:
        """A period from outside values; raises InvalidDates naming `start` or `end`."""
        start, end = instant(start, "start"), instant(end, "end")
        for field, value in (("start", start), ("end", end)):
            if value.microsecond:
                raise InvalidDates(field, "must be in whole seconds", value)
        if end <= start:
            raise InvalidDates("end", "must lie after the start", end)
        if end - start > LONGEST_PERIOD:
            raise InvalidDates("end", f"lies more than {LONGEST_PERIOD.days} days after the start", end)
        return cls(start, end)

    @classmethod
    def of_epoch(cls, start: int, end: int) -> Self:
        """A period from whole epoch seconds that are known to be valid."""
        return cls(from_epoch(start), from_epoch(end))

    @property
    def duration(self) -> timedelta:
        """Elapsed time."""
        return self.end - self.start

    def overlaps(self, other: "Period") -> bool:
        """Whether some instant lies in both."""
        return self.start < other.end and other.start < self.end

    def without(self, other: "Period") -> tuple["Period", ...]:
        """What is left of it outside another: up to two pieces, in order."""
        if not self.overlaps(other):
            return (self,)
        before = (Period(self.start, other.start),) if self.start < other.start else ()
        return (*before, Period(other.end, self.end)) if other.end < self.end else before

    def contains(self, moment: datetime) -> bool:
        """Whether the instant lies inside; the end does not."""
        return self.start <= moment < self.end

    def widened(self, before: timedelta, after: timedelta) -> "Period":
        """This period with buffers on both sides."""
        return Period(self.start - before, self.end + after)


@attrs.frozen(order=True)
class Stay:
    """Half-open [check_in, check_out) of local dates: a guest leaving on the 18th leaves that night free."""

    check_in: date
    check_out: date

    @classmethod
    def between(cls, check_in: date, check_out: date) -> Self:
        """A stay from outside values; raises InvalidDates naming `check_in` or `check_out`."""
        for field, value in (("check_in", check_in), ("check_out", check_out)):
            if not isinstance(value, date) or isinstance(value, datetime):
                raise InvalidDates(field, "must be a date", value)
            if not EARLIEST.date() < value < LATEST.date():
                raise InvalidDates(field, "lies outside 1970…2200", value)
        if check_out <= check_in:
            raise InvalidDates("check_out", "must lie after check_in", check_out)
        if (check_out - check_in).days > LONGEST_STAY_NIGHTS:
            raise InvalidDates("check_out", f"lies more than {LONGEST_STAY_NIGHTS} nights later", check_out)
        return cls(check_in, check_out)

    @classmethod
    def of_nights(cls, check_in: date, nights: int) -> Self:
        """The stay of that many nights."""
        if not 0 < nights <= LONGEST_STAY_NIGHTS:
            raise InvalidDates("nights", f"must be 1…{LONGEST_STAY_NIGHTS}", nights)
        return cls.between(check_in, check_in + timedelta(days=nights))

    @property
    def nights(self) -> int:
        """How many nights are slept."""
        return (self.check_out - self.check_in).days

    def dates(self) -> Iterator[date]:
        """The date of each night, first to last."""
        return (self.check_in + timedelta(days=n) for n in range(self.nights))
