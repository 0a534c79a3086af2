"""A world for tests: a clock that is set by hand, ids that repeat, and holidays from a list."""

import random
import threading
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.period import epoch, instant

MONDAY_MORNING = datetime(2026, 3, 2, 6, tzinfo=UTC)
"""When the clock of a test starts unless it says otherwise."""


class FixedClock:
    """The Clock port under a test's control: time passes only when the test says so."""

    def __init__(self, at: datetime = MONDAY_MORNING) -> None:
        self._at = instant(at, "at")

    def now(self) -> datetime:
        """The instant it was set to."""
        return self._at

    def set(self, at: datetime) -> None:
        """Jump to an aware instant, also backwards; raises InvalidDates for a naive one."""
        self._at = instant(at, "at")

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        self.set(self._at + by)


class SeededIds:
    """The IdGenerator port repeatable: UUIDv7 in rising order, the same ones for the same seed.

    The time in them is `at` and counts up by a fraction of a millisecond per id; the rest comes from the seed.
    """

    def __init__(self, seed: int = 0, at: datetime = MONDAY_MORNING) -> None:
        self._lock = threading.Lock()
        self._random = random.Random(seed)  # noqa: S311 - repeatable on purpose
        self._ticks = epoch(at) * 1000 << 12

    def new(self) -> UUID:
        """The next id."""
        with self._lock:
            self._ticks += 1
            return uuid_v7(self._ticks >> 12, self._ticks & 0xFFF, self._random.getrandbits(62))


class ListedHolidays:
    """The Holidays port over calendars written down in the test."""

    def __init__(self, calendars: Mapping[str, Collection[date]]) -> None:
        self._calendars = {name: frozenset(days) for name, days in calendars.items()}

    def between(self, calendar: str, first: date, last: date) -> frozenset[date]:
        """The listed days of a calendar from `first` to `last`, both included; raises InvalidInput."""
        if calendar not in self._calendars:
            raise InvalidInput("holidays", "no such calendar of public holidays", calendar)
        return frozenset(day for day in self._calendars[calendar] if first <= day <= last)


def uuid_v7(milliseconds: int, counter: int, rest: int) -> UUID:
    """The layout of RFC 9562 section 5.7: 48 bits of time, 12 of a counter, 62 of anything."""
    return UUID(int=milliseconds << 80 | 0x7 << 76 | counter << 64 | 0b10 << 62 | rest)
