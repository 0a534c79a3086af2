"""What the use cases need of calendars outside. No call is made inside a transaction."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Protocol
from zoneinfo import ZoneInfo

import attrs

from booking_core.domain.calendars.busy import BusyTime
from booking_core.domain.calendars.entry import CalendarEntry
from booking_core.domain.calendars.subscription import Seen
from booking_core.domain.kernel.errors import BookingError
from booking_core.domain.kernel.period import Period


class CalendarUnavailable(BookingError):
    """The calendar could not be reached, or its server refuses it: the same request may succeed later."""

    code: ClassVar[str] = "CALENDAR_UNAVAILABLE"
    retryable: ClassVar[bool] = True
    retry_action: ClassVar[str | None] = "TRY_AGAIN"


@attrs.frozen(kw_only=True)
class FeedContent:
    """What a calendar says about a window, and what to remember so that it need not say so again.

    `titles` are what it calls busy times, by their references.
    """

    busy: tuple[BusyTime, ...]
    seen: Seen
    titles: Mapping[str, str] = attrs.field(factory=dict)


class CalendarWriter(Protocol):
    """Writes calendars for others to read."""

    def write(self, name: str, entries: Sequence[CalendarEntry]) -> bytes:
        """A calendar of that name; the same entries give the same bytes."""
        ...


class CalendarFeed(Protocol):
    """Reads outside calendars. Every call ends within a stated time and a stated size."""

    def accept(self, url: str) -> str:
        """The address, where it may be kept to be read later; raises InvalidInput. Nothing is asked."""
        ...

    def read(self, url: str, *, known: Seen, window: Period, zone: ZoneInfo) -> FeedContent | None:
        """What it is busy with inside a window, or None where nothing has changed since what is `known`.

        Dates and floating times are read on the wall of `zone`. Raises CalendarUnavailable, InvalidInput where the
        address leads to a place that is not asked, and BadFile for what is no calendar or too much of one.
        """
        ...
