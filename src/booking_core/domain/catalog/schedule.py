"""When a resource is open, in the venue's local time: weekly hours, date overrides, closed dates, holidays."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise
from typing import Self

import attrs

from booking_core.domain.kernel.errors import InvalidInput

DAY_MINUTES = 24 * 60
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
"""Names on the wire; in code a weekday is its index, 0 = Monday."""
MOST_WINDOWS_A_DAY = 48
MOST_DATES = 5_000
_CLOCK = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])")


def minute_of_day(text: str, field: str = "time") -> int:
    """Minutes since midnight of `HH:MM`; `24:00` is the end of the day."""
    match = _CLOCK.fullmatch(text) if isinstance(text, str) else None
    minute = int(match[1]) * 60 + int(match[2]) if match else DAY_MINUTES + 1
    if minute > DAY_MINUTES:
        raise InvalidInput(field, "must be a time of day as HH:MM", text)
    return minute


def clock_text(minute: int) -> str:
    """`HH:MM` of minutes since midnight; readings of the next day start again at 00:00."""
    if minute > DAY_MINUTES:
        minute -= DAY_MINUTES
    return f"{minute // 60:02}:{minute % 60:02}"


@attrs.frozen(order=True)
class Window:
    """One opening of a day in minutes since its local midnight; `end` beyond 1440 reaches into the next day."""

    start: int
    end: int

    def __attrs_post_init__(self) -> None:
        """Refuse windows that do not begin on their day, or are empty, reversed or longer than a day."""
        if not (0 <= self.start < DAY_MINUTES and self.start < self.end <= self.start + DAY_MINUTES):
            raise InvalidInput(
                "windows", "begin on their day and last 1…1440 minutes", f"{self.start}-{self.end}"
            )

    @classmethod
    def of(cls, start: str, end: str, field: str = "windows") -> Self:
        """From `HH:MM` texts; an end at or before the start means the next day ("22:00" to "02:00")."""
        first, last = minute_of_day(start, field), minute_of_day(end, field)
        if first == DAY_MINUTES:
            raise InvalidInput(field, "cannot open at 24:00", start)
        if first == last:
            raise InvalidInput(field, "opens and closes at the same time", f"{start}-{end}")
        return cls(first, last if last > first else last + DAY_MINUTES)

    def __str__(self) -> str:
        """`09:00-17:00`."""
        return f"{clock_text(self.start)}-{clock_text(self.end)}"


Windows = tuple[Window, ...]
ALL_DAY = (Window(0, DAY_MINUTES),)


@attrs.frozen(kw_only=True, cache_hash=True)
class Schedule:
    """Weekly hours with exceptions. An override replaces a date's hours; closed dates and holidays have none.

    An override wins over a closed date, which wins over a holiday, which wins over the week.
    """

    weekly: tuple[Windows, ...]
    overrides: Mapping[date, Windows] = attrs.field(factory=dict, hash=False)
    closed_dates: frozenset[date] = frozenset()
    keeps_holidays: bool = False

    @classmethod
    def of(
        cls,
        weekly: Mapping[int, Iterable[Window]],
        *,
        overrides: Mapping[date, Iterable[Window]] | None = None,
        closed_dates: Iterable[date] = (),
        keeps_holidays: bool = False,
    ) -> Self:
        """A checked schedule; raises InvalidInput naming the weekday or date whose windows overlap."""
        if not set(weekly) <= set(range(7)):
            raise InvalidInput("weekly", "weekdays are 0 (Monday) to 6 (Sunday)", sorted(weekly))
        days = tuple(_in_order(weekly.get(n, ()), f"weekly.{WEEKDAYS[n]}") for n in range(7))
        _refuse_spill_over(days)
        exceptions = {
            day: _in_order(windows, f"overrides.{day}") for day, windows in (overrides or {}).items()
        }
        closed = frozenset(closed_dates)
        if len(exceptions) > MOST_DATES or len(closed) > MOST_DATES:
            raise InvalidInput("overrides", f"more than {MOST_DATES} exceptional dates", len(exceptions))
        return cls(
            weekly=days,
            overrides=dict(sorted(exceptions.items())),
            closed_dates=closed,
            keeps_holidays=keeps_holidays,
        )

    @classmethod
    def always(cls) -> Self:
        """Open around the clock, every day."""
        return cls(weekly=(ALL_DAY,) * 7)

    def windows_on(self, day: date, holidays: frozenset[date] = frozenset()) -> Windows:
        """The windows that begin on a date."""
        windows = self.overrides.get(day)
        if windows is not None:
            return windows
        if day in self.closed_dates or (self.keeps_holidays and day in holidays):
            return ()
        return self.weekly[day.weekday()]


def _in_order(windows: Iterable[Window], field: str) -> Windows:
    ordered = tuple(sorted(windows))
    if len(ordered) > MOST_WINDOWS_A_DAY:
        raise InvalidInput(field, f"more than {MOST_WINDOWS_A_DAY} windows a day", len(ordered))
    for earlier, later in pairwise(ordered):
        if later.start < earlier.end:
            raise InvalidInput(field, "windows overlap", f"{earlier} and {later}")
    return ordered


def _refuse_spill_over(days: tuple[Windows, ...]) -> None:
    for n, windows in enumerate(days):
        tomorrow = days[(n + 1) % 7]
        if windows and tomorrow and windows[-1].end - DAY_MINUTES > tomorrow[0].start:
            raise InvalidInput(
                f"weekly.{WEEKDAYS[n]}", "windows overlap", f"{windows[-1]} and {tomorrow[0]} of the next day"
            )
