"""From a schedule in local time to the spans of instants in which a resource is open."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Self
from zoneinfo import ZoneInfo

import attrs

from booking_core.domain.catalog.schedule import Schedule
from booking_core.domain.kernel.zone import midnight, wall_epoch
from booking_core.domain.reservations.calendar import Span, merged

LONGEST_RANGE_DAYS = 1_150
"""More days than any period may span, with the longest service at its end and the days around."""


@attrs.frozen(eq=False)
class Openings:
    """`windows` are the openings one by one (candidates start anew in each); `spans` have adjoining ones joined.

    `limits` are, window by window, the ends of the spans that the windows lie in: until when a booking may last.
    """

    windows: Sequence[Span]
    spans: Sequence[Span]
    limits: Sequence[int]

    @classmethod
    def of(cls, windows: Sequence[Span]) -> Self:
        """From sorted, disjoint windows."""
        spans = merged(windows)
        ends = iter(spans)
        end = -1
        limits = []
        for opens, _ in windows:
            while opens >= end:
                end = next(ends)[1]
            limits.append(end)
        return cls(windows, spans, limits)

    def covers(self, start: int, end: int) -> bool:
        """Whether the resource is open throughout [start, end)."""
        span = span_at(self.spans, start)
        return span is not None and end <= span[1]

    def ends_well(self, end: int) -> bool:
        """Whether somebody is there to take a car back at `end`: from opening to closing time, both included."""
        return self.covers(end - 1, end) or self.window_at(end) is not None

    def window_at(self, moment: int) -> Span | None:
        """The window that the moment lies in."""
        return span_at(self.windows, moment)


def span_at(spans: Sequence[Span], moment: int) -> Span | None:
    """The one of these sorted, disjoint spans that contains the moment."""
    index = bisect_right(spans, (moment, 2**62)) - 1
    if index >= 0 and moment < spans[index][1]:
        return spans[index]
    return None


@lru_cache(maxsize=2_048)
def openings(
    schedule: Schedule, place: ZoneInfo, first: date, last: date, holidays: frozenset[date] = frozenset()
) -> Openings:
    """The openings that begin on the local dates `first` to `last`, both included.

    A window means what the wall clock says, on days of 23 and 25 hours too: its ends are converted, never its length.
    """
    assert (last - first).days <= LONGEST_RANGE_DAYS, "callers bound their range"
    windows: list[Span] = []
    day = first
    while day <= last:
        todays = schedule.windows_on(day, holidays)
        if todays:
            start_of_day, changes = midnight(day, place)
            for window in todays:
                if changes:
                    start, end = wall_epoch(day, window.start, place), wall_epoch(day, window.end, place)
                else:
                    start, end = start_of_day + window.start * 60, start_of_day + window.end * 60
                if windows and start < windows[-1][1]:  # yesterday's window reaches into this one
                    start = windows[-1][1]
                if start < end:
                    windows.append((start, end))
        day += timedelta(days=1)
    return Openings.of(windows)
